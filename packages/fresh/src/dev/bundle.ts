import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runtimeUrl } from "../runtime/asset.ts";
import type { ResolvedBuildConfig } from "./builder.ts";
import { pathBelow, type ServedFile, sha256 } from "./files.ts";
import { denoResolver } from "./resolve.ts";

/** The browser's side of a build: its id, the islands files with their chunks' URL paths, and all scripts. */
export interface Bundle {
  buildId: string;
  islands: { name: string; path: string; chunk: string }[];
  scripts: ServedFile[];
}

/** Bundles the runtime and the islands for the browser; the build's id depends on the static files too. */
export async function bundle(
  { mode, target, root }: ResolvedBuildConfig,
  islands: string[],
  statics: ServedFile[],
): Promise<Bundle> {
  const development = mode === "development";
  const runtime = fileURLToPath(new URL(`../client/${development ? "live_reload" : "boot"}.ts`, import.meta.url));
  const named = islands.map((path) => ({
    path,
    name: pathBelow(join(root, "islands"), path).replace(/\.\w+$/, "").replaceAll(/^(?=\d)|\W+/g, "_"),
  }));
  const esbuild = await import("esbuild");
  try {
    const { warnings, outputFiles } = await esbuild.build({
      entryPoints: Object.fromEntries([["fresh-runtime", runtime], ...named.map(({ name, path }) => [name, path])]),
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      target,
      minify: !development,
      sourcemap: development && "linked",
      jsx: "automatic",
      jsxImportSource: "preact",
      define: { "process.env.NODE_ENV": JSON.stringify(mode) },
      absWorkingDir: root,
      outdir: "/",
      write: false,
      logLevel: "silent",
      plugins: [denoResolver],
    });
    // deno-lint-ignore no-console -- tells the developer what to look at
    for (const text of await esbuild.formatMessages(warnings, { kind: "warning" })) console.warn(text);
    const outputs = outputFiles.map(({ path, contents }) => ({ url: basename(path), bytes: contents }));
    const parts = [...outputs, ...statics].toSorted((a, b) => a.url < b.url ? -1 : 1)
      .flatMap(({ url, bytes }) => [url, bytes as Uint8Array<ArrayBuffer>]);
    const buildId = (await sha256(await new Blob(parts).bytes())).slice(0, 16);
    const prefix = dirname(runtimeUrl(buildId));
    return {
      buildId,
      islands: named.map(({ name, path }) => ({ name, path, chunk: `${prefix}/${name}.js` })),
      scripts: outputs.map(({ url, bytes }) => ({ url: `${prefix}/${url}`, bytes })),
    };
  } finally {
    await esbuild.stop();
  }
}
