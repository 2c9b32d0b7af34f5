/** Things of the home that were deleted and can be put back: moved to `<home>/trash`, and gone after a day. */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { UNDO_MS } from "../protocol.ts";
import { exists } from "./files.ts";

/** The deleted things of one kind. */
export class Trash {
  readonly #folder: string;

  /**
   * @param home the user's folder
   * @param kind names the folder that they lie in, such as `runs`
   */
  constructor(home: string, kind: string) {
    this.#folder = join(home, "trash", kind);
  }

  /** Moves a folder here; what was deleted under that name before is gone. */
  async take(path: string, name: string): Promise<void> {
    await Deno.mkdir(this.#folder, { recursive: true });
    const target = join(this.#folder, name);
    await Deno.remove(target, { recursive: true }).catch(ignoreMissing);
    await Deno.rename(path, target);
    await Deno.utime(target, new Date(), new Date());
  }

  /**
   * Moves a folder back.
   *
   * @throws {LatentboardError} `gone` when it is not here, `conflict` when its place is taken
   */
  async restore(path: string, name: string): Promise<void> {
    const source = join(this.#folder, name);
    if (!await exists(source)) {
      throw new LatentboardError("gone", `"${name}" can't be put back: it was deleted too long ago, or never was`);
    }
    if (await exists(path)) {
      throw new LatentboardError("conflict", `"${name}" can't be put back: there is another one by that name`);
    }
    await Deno.rename(source, path);
  }

  /** Removes what has been here for {@linkcode UNDO_MS}. */
  async empty(): Promise<void> {
    try {
      for await (const { name } of Deno.readDir(this.#folder)) {
        const path = join(this.#folder, name);
        const { mtime } = await Deno.stat(path);
        if (Date.now() - (mtime?.getTime() ?? 0) > UNDO_MS) await Deno.remove(path, { recursive: true });
      }
    } catch (error) {
      ignoreMissing(error);
    }
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
