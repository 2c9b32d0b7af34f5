/** The order of the runs that wait, kept in `<home>/runs/queue.json`. */
import { join } from "node:path";
import { writeFileAtomic } from "../system/files.ts";

/** The queue of a home. */
export class RunQueueFile {
  readonly #path: string;

  /** @param home the user's folder */
  constructor(home: string) {
    this.#path = join(home, "runs", "queue.json");
  }

  /** The waiting runs as they were written last, first to last. */
  async read(): Promise<string[]> {
    try {
      const { order } = JSON.parse(await Deno.readTextFile(this.#path)) as { order: string[] };
      return order;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return [];
      throw error;
    }
  }

  /** Keeps an order. */
  async write(order: readonly string[]): Promise<void> {
    await writeFileAtomic(this.#path, JSON.stringify({ order }) + "\n");
  }
}
