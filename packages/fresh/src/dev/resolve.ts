import type { Plugin } from "esbuild";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** A file in Deno's package cache: `…/npm/<registry>/<name>/<version>/…`. */
const CACHED = /^(.*[\\/]npm[\\/][^\\/]+[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/]\d[^\\/]*)[\\/]/;

/** What an import names: a package, and a path within it. */
const BARE = /^(?:npm:\/?)?(?:@[^/]+\/)?[^./][^/]*(\/.*)?$/;

/**
 * Resolves imports as this very process does, so by the same import map, lock file and package cache, and without a
 * node_modules folder.
 */
export const denoResolver: Plugin = {
  name: "deno",
  setup(build) {
    build.onResolve({ filter: BARE }, async ({ path, importer, kind, pluginData }) => {
      if (pluginData === "inner" || kind === "entry-point") return;
      const file = locate(path, importer);
      if (file === null) return;
      if (file.startsWith("npm:")) {
        return { errors: [{ text: `Cannot bundle "${path}": the lock file in use lacks it, run "deno install"` }] };
      }
      const [, resolveDir, name = ""] = CACHED.exec(file) ?? [];
      if (resolveDir === undefined) return { path: file };
      // esbuild picks the browser's file. A package may import itself by name where it declares exports
      const subpath = BARE.exec(path)?.[1] ?? "";
      const options = { kind, resolveDir, pluginData: "inner" };
      const byExports = await build.resolve(name.replace("\\", "/") + subpath, options);
      return byExports.errors.length === 0 ? byExports : await build.resolve(`.${subpath || "/"}`, options);
    });
  },
};

/** The file that an import leads to on the server, `npm:` where its package is unknown, null where it leads nowhere. */
function locate(path: string, importer: string): string | null {
  try {
    if (CACHED.test(importer)) return createRequire(importer).resolve(path);
    const url = import.meta.resolve(path);
    return url.startsWith("npm:") ? url : url.startsWith("file:") ? fileURLToPath(url) : null;
  } catch {
    return null;
  }
}
