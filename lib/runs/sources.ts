/** Which pictures a run may be started on from a browser: known datasets, those of the home, and folders under the roots. */
import { isAbsolute, join, relative } from "node:path";
import { NAMED_SOURCES } from "../dataset/sources.ts";
import { LatentboardError } from "../errors.ts";

/** The rules of a server. */
export class SourceRules {
  readonly #home: string;
  readonly #roots: readonly string[];

  /**
   * @param home the user's folder, whose `datasets` may be used by name
   * @param data the shipped data folder
   * @param roots further folders, from `--data-root`
   */
  constructor(home: string, data: string, roots: readonly string[]) {
    this.#home = home;
    this.#roots = [data, join(home, "datasets"), ...roots];
  }

  /**
   * Checks a configuration's `data.source`.
   *
   * @throws {LatentboardError} `forbidden` when it lies outside the roots, `not-found` when it isn't there
   */
  async check(source: string): Promise<void> {
    if (NAMED_SOURCES.includes(source)) return;
    const own = /^[\w-][\w.-]*$/.test(source) ? join(this.#home, "datasets", source) : undefined;
    if (own !== undefined && await realPath(own) !== undefined) return;
    await this.resolve(source);
  }

  /**
   * The real path of a folder or file under the roots.
   *
   * @throws {LatentboardError} `forbidden` when it lies outside, `not-found` when it isn't there
   */
  async resolve(path: string): Promise<string> {
    if (isAbsolute(path)) {
      const real = await realPath(path).catch((error) => {
        if (error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied) return path;
        throw error;
      });
      if (real === undefined) {
        throw new LatentboardError("not-found", `There is no ${path} on the server`, { field: "data.source" });
      }
      for (const root of this.#roots) {
        const realRoot = await realPath(root).catch(() => undefined);
        if (realRoot === undefined) continue;
        const inside = relative(realRoot, real);
        if (inside === "" || (!inside.startsWith("..") && !isAbsolute(inside))) return real;
      }
    }
    throw new LatentboardError(
      "forbidden",
      `"${path}" is no dataset of this server: upload it, or start Latentboard with --data-root <folder>`,
      { field: "data.source" },
    );
  }
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
