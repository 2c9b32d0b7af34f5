/** Short notes at the edge of the page: what was done, where it is, and how to undo it. */
import { type Signal, signal } from "@preact/signals";

/** One note. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly link?: { readonly href: string; readonly text: string } | undefined;
  readonly action?: { readonly text: string; readonly run: () => void } | undefined;
}

/** Long enough to read a sentence and reach its button by keyboard. */
const SHOWN_MS = 12_000;
const MAX_TOASTS = 3;

/** The page's notes, oldest first; each is dismissed after a while. */
export class Toasts {
  readonly list: Signal<readonly Toast[]> = signal([]);
  #nextId = 1;

  /** Shows a note; the oldest one goes when there are too many. */
  show(text: string, more: Omit<Toast, "id" | "text"> = {}): void {
    const id = this.#nextId++;
    this.list.value = [...this.list.peek(), { id, text, ...more }].slice(-MAX_TOASTS);
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.list.value = this.list.peek().filter((toast) => toast.id !== id);
  }
}
