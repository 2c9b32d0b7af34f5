/** The runs of a list: read again while the page is seen, filtered, put into order, deleted and restored. */
import { signal } from "@preact/signals";
import type { RunPage, RunQueue, RunState, RunSummary } from "../../protocol_runs.ts";
import { errorText, send, sendJson } from "../requests.ts";
import { Toasts } from "../toasts.ts";

const REFRESH_MS = 2000;
/** Typing pauses this long before the list is asked for. */
const TYPING_MS = 200;
const PAGE = 100;

/** Orders of the list. */
export const ORDERS = [["newest", "Newest first"], ["oldest", "Oldest first"], ["best", "Best first"]] as const;

/** The controller of the list. */
export class RunListSession {
  readonly page = signal<RunPage>({ runs: [], total: 0 });
  readonly text = signal("");
  readonly state = signal<RunState | "">("");
  readonly order = signal<typeof ORDERS[number][0]>("newest");
  readonly picked = signal<readonly string[]>([]);
  readonly problem = signal("");
  readonly toasts = new Toasts();
  #shown = PAGE;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request = 0;

  constructor(page: RunPage) {
    this.page.value = page;
  }

  /** Keeps the list up to date until the returned function is called. */
  follow(): () => void {
    const tick = async () => {
      if (document.visibilityState === "visible") await this.read();
      this.#timer = setTimeout(tick, REFRESH_MS);
    };
    this.#timer = setTimeout(tick, REFRESH_MS);
    return () => clearTimeout(this.#timer);
  }

  /** Changes what is shown, and reads it. */
  search(change: () => void): void {
    change();
    const request = ++this.#request;
    setTimeout(() => request === this.#request && void this.read(), TYPING_MS);
  }

  /** Shows further runs. */
  async showMore(): Promise<void> {
    this.#shown += PAGE;
    await this.read();
  }

  /** Reads the list. */
  async read(): Promise<void> {
    const query = new URLSearchParams({ order: this.order.peek(), limit: String(this.#shown) });
    if (this.text.peek() !== "") query.set("text", this.text.peek());
    if (this.state.peek() !== "") query.set("state", this.state.peek());
    const request = ++this.#request;
    try {
      const page = await (await send(`/api/runs?${query}`)).json() as RunPage;
      if (request === this.#request) this.page.value = page;
      this.problem.value = "";
    } catch (error) {
      this.problem.value = errorText(error);
    }
  }

  /** Deletes a run; the note takes it back. */
  async remove({ id, title }: RunSummary): Promise<void> {
    await this.#attempt(async () => {
      await send(`/api/runs/${id}`, { method: "DELETE" });
      this.picked.value = this.picked.peek().filter((other) => other !== id);
      this.toasts.show(`Deleted ${title}`, { action: { text: "Undo", run: () => void this.#restore(id) } });
    });
  }

  /** Moves a waiting run by one place. */
  async reorder(id: string, by: -1 | 1): Promise<void> {
    await this.#attempt(async () => {
      const { order } = await (await send("/api/queue")).json() as RunQueue;
      const from = order.indexOf(id);
      const to = from + by;
      if (from < 0 || to < 0 || to >= order.length) return;
      await sendJson("/api/queue", { order: order.toSpliced(from, 1).toSpliced(to, 0, id) }, { method: "PUT" });
    });
  }

  async #restore(id: string): Promise<void> {
    await this.#attempt(async () => void await send(`/api/runs/${id}/restore`, { method: "POST" }));
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      await this.read();
    } catch (error) {
      this.toasts.show(errorText(error));
    }
  }
}
