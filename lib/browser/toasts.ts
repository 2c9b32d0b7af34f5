/** Short notes at the edge of the page: what was done, where it went, and how to take it back. */
import { type Signal, signal } from "@preact/signals";

/** One note. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly link?: { readonly href: string; readonly text: string } | undefined;
  readonly action?: { readonly text: string; readonly run: () => void } | undefined;
}

/** The notes that are shown, oldest first. */
export type ToastList = Signal<readonly Toast[]>;

/** Long enough to read a sentence and reach its button by keyboard. */
const SHOWN_MS = 12_000;
const MOST = 3;

/** The page's notes. Each leaves after a while or when it is dismissed. */
export class Toasts {
  readonly list: ToastList = signal([]);
  #next = 1;

  /** Shows a note; the oldest makes room when there are too many. */
  show(text: string, more: Omit<Toast, "id" | "text"> = {}): void {
    const id = this.#next++;
    this.list.value = [...this.list.peek(), { id, text, ...more }].slice(-MOST);
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  /** Takes a note away; does nothing when it has gone already. */
  dismiss(id: number): void {
    this.list.value = this.list.peek().filter((toast) => toast.id !== id);
  }
}
