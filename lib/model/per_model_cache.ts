/** What is found out about a model once, and kept as long as it stays the same model. */
import type { ModelDocument } from "./format.ts";

/** One value a model; a model that was replaced gets a new one, and a failure is not kept. */
export class PerModelCache<T> {
  readonly #known = new Map<string, { readonly stamp: string; readonly value: Promise<T> }>();

  /**
   * The value of a model.
   *
   * @param files what the value depends on, such as `map.bin`
   * @param find finds it out, when it is not known yet
   */
  async get(document: ModelDocument, files: readonly string[], find: () => Promise<T>): Promise<T> {
    const stamp = files.map((name) => document.files[name]?.sha256).join();
    const known = this.#known.get(document.name);
    if (known?.stamp === stamp) return await known.value;
    const value = find();
    this.#known.set(document.name, { stamp, value });
    try {
      return await value;
    } catch (error) {
      if (this.#known.get(document.name)?.value === value) this.#known.delete(document.name);
      throw error;
    }
  }
}
