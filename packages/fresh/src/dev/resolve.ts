import type { ImportKind, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { createRequire } from "node:module";
import { join } from "node:path";
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
      const [, dir, name] = CACHED.exec(file) ?? [];
      if (dir === undefined || name === undefined) return { path: file };
      const subpath = BARE.exec(path)?.[1] ?? "";
      return await resolveIn(dir, name.replace("\\", "/"), subpath, kind, build);
    });
  },
};

/** The file that an import leads to on the server, `npm:` where its package is unknown, null where it leads nowhere. */
function locate(path: string, importer: string): string | null {
  try {
    if (CACHED.test(importer)) return createRequire(importer).resolve(path);
    const url = import.meta.resolve(path);
    if (url.startsWith("npm:")) return url;
    return url.startsWith("file:") ? fileURLToPath(url) : null;
  } catch {
    return null;
  }
}

/** Lets esbuild pick the browser's file, by the package's exports or main fields. */
async function resolveIn(
  resolveDir: string,
  name: string,
  subpath: string,
  kind: ImportKind,
  build: PluginBuild,
): Promise<OnResolveResult> {
  const options = { kind, resolveDir, pluginData: "inner" };
  // A package may import itself by name where it declares exports
  const byExports = await build.resolve(name + subpath, options);
  return byExports.errors.length === 0 ? byExports : await build.resolve(`.${subpath || "/"}`, options);
}

/** Path of a module of this package. */
export function ownModule(path: string): string {
  return join(fileURLToPath(new URL("..", import.meta.url)), path);
}
