/** One uploaded dataset: its pictures page by page, and changes to labels. */
import { type Signal, signal } from "@preact/signals";
import type { DatasetChange, DatasetDetail, DatasetPage, DatasetPicture } from "../../protocol_runs.ts";
import { errorText, send, sendJson } from "../requests.ts";

const PAGE = 200;

/** The controller of one dataset. */
export class DatasetSession {
  readonly detail: Signal<DatasetDetail>;
  /** The label whose pictures are shown; undefined for all. */
  readonly label: Signal<string | undefined> = signal();
  readonly pictures: Signal<readonly DatasetPicture[]> = signal([]);
  /** Pictures under the label, on all pages. */
  readonly total = signal(0);
  readonly picked: Signal<ReadonlySet<string>> = signal(new Set());
  readonly problem = signal("");
  /** Rises with every change. */
  readonly version = signal(0);
  #request = 0;

  constructor(detail: DatasetDetail) {
    this.detail = signal(detail);
  }

  /** Opens a dataset that was uploaded earlier. */
  static async open(name: string): Promise<DatasetSession> {
    const response = await send(`/api/datasets/${encodeURIComponent(name)}`);
    return new DatasetSession(await response.json() as DatasetDetail);
  }

  /** Shows the pictures of a label, or all. */
  async show(label: string | undefined): Promise<void> {
    this.label.value = label;
    this.picked.value = new Set();
    await this.#read(0, PAGE);
  }

  /** Shows further pictures. */
  async showMore(): Promise<void> {
    const { length } = this.pictures.peek();
    if (length > 0 && length < this.total.peek()) await this.#read(length, PAGE);
  }

  /** Picks a picture, or lets go of it. */
  toggle(id: string): void {
    const picked = new Set(this.picked.peek());
    if (!picked.delete(id)) picked.add(id);
    this.picked.value = picked;
  }

  /** Renames a label; two of one name become one. */
  async rename(from: string, to: string): Promise<void> {
    if (from === to || to === "") return;
    await this.#change({ rename: [{ from, to }] }, () => {
      if (this.label.peek() === from) this.label.value = to;
    });
  }

  /** Gives pictures another label. */
  async move(ids: readonly string[], to: string): Promise<void> {
    if (ids.length > 0) await this.#change({ move: [{ ids, to }] });
  }

  /** Takes pictures out. */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#change({ remove: ids });
  }

  /** Keeps one of each group of the same picture. */
  async removeDuplicates(): Promise<void> {
    await this.remove(this.detail.peek().duplicates.flatMap((group) => group.slice(1)));
  }

  /** Where a picture's thumbnail is. */
  thumbnail(id: string): string {
    return `/api/datasets/${encodeURIComponent(this.detail.peek().name)}/pictures/${id}/thumbnail.png?size=96`;
  }

  async #change(change: DatasetChange, changed?: () => void): Promise<void> {
    await this.#attempt(async () => {
      const path = `/api/datasets/${encodeURIComponent(this.detail.peek().name)}`;
      this.detail.value = await sendJson<DatasetDetail>(path, change, { method: "PATCH" });
      this.picked.value = new Set();
      this.version.value++;
      changed?.();
      const label = this.label.peek();
      if (label !== undefined && !this.detail.peek().labelCounts.some(({ name }) => name === label)) {
        this.label.value = undefined;
      }
    });
    await this.#read(0, Math.max(PAGE, this.pictures.peek().length));
  }

  async #read(offset: number, count: number): Promise<void> {
    const request = ++this.#request;
    await this.#attempt(async () => {
      const found: DatasetPicture[] = [];
      let total = 0;
      for (let from = offset; from < offset + count; from += PAGE) {
        const query = new URLSearchParams({ offset: String(from), limit: String(PAGE) });
        const label = this.label.peek();
        if (label !== undefined) query.set("label", label);
        const name = encodeURIComponent(this.detail.peek().name);
        const page = await (await send(`/api/datasets/${name}/pictures?${query}`)).json() as DatasetPage;
        found.push(...page.pictures);
        total = page.total;
        if (found.length + offset >= total) break;
      }
      if (request !== this.#request) return;
      this.pictures.value = offset === 0 ? found : [...this.pictures.peek(), ...found];
      this.total.value = total;
    });
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.problem.value = "";
    } catch (error) {
      this.problem.value = errorText(error);
    }
  }
}
