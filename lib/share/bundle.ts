/** The scripts of shared boards, made by the build: the page, its worker and the style sheet. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";
import { BUNDLE_FOLDER } from "./bundle_files.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Bundles the page of shared boards into {@linkcode BUNDLE_FOLDER}.
 *
 * @param styleSheets the app's, in their order
 */
export async function bundleSharedBoard(styleSheets: readonly string[]): Promise<void> {
  const esbuild = await import("esbuild");
  await Deno.remove(BUNDLE_FOLDER, { recursive: true }).catch(() => {}); // parts of earlier builds have other names
  try {
    await esbuild.build({
      entryPoints: {
        board: join(ROOT, "components", "share", "page.tsx"),
        worker: join(ROOT, "lib", "share", "browser", "worker.ts"),
      },
      bundle: true,
      splitting: true, // what few visitors use, such as UMAP and the encoders of videos, is fetched when it is used
      format: "esm",
      platform: "browser",
      target: "es2022",
      minify: true,
      jsx: "automatic",
      jsxImportSource: "preact",
      absWorkingDir: ROOT,
      outdir: BUNDLE_FOLDER,
      logLevel: "warning",
      plugins: [packages],
    });
    const imports = styleSheets.map((name) => `@import "./${name}.css";`).join("\n");
    await esbuild.build({
      stdin: { contents: imports, loader: "css", resolveDir: join(ROOT, "static", "css") },
      bundle: true,
      target: "es2022",
      minify: true,
      absWorkingDir: ROOT,
      outfile: join(BUNDLE_FOLDER, "board.css"),
      logLevel: "warning",
    });
  } finally {
    await esbuild.stop();
  }
}

/** Resolves packages as this process does, by deno.json and Deno's cache. */
const packages: Plugin = {
  name: "packages",
  setup(build) {
    build.onResolve({ filter: /^node:zlib$/ }, () => ({ path: join(ROOT, "lib", "share", "browser", "zlib.ts") }));
    // sharp resizes pictures on the server; in the browser they are resized by a canvas before they get that far
    build.onResolve({ filter: /^sharp$/ }, ({ path }) => ({ path, external: true }));
    build.onResolve({ filter: /^[^./]/ }, ({ path, importer, kind, namespace }) => {
      if (kind === "entry-point" || namespace === INTEROP) return;
      const file = locate(path, importer);
      return path === "gifenc" ? { path: file, namespace: INTEROP } : { path: file };
    });
    // Deno and Node give a CommonJS module as a whole for its default import, esbuild its `default`
    build.onLoad({ filter: /.*/, namespace: INTEROP }, ({ path }) => ({
      contents: `module.exports = { ...require(${JSON.stringify(path)}) };`,
      resolveDir: ROOT,
    }));
  },
};

const INTEROP = "commonjs-default";

function locate(name: string, importer: string): string {
  try {
    const url = import.meta.resolve(name);
    if (url.startsWith("file:")) return fileURLToPath(url);
  } catch { /* not of deno.json: a package of another package */ }
  return createRequire(importer).resolve(name);
}
