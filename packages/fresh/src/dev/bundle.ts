import type { Message } from "esbuild";
import { basename, extname } from "node:path";
import { uniqueName } from "../snapshot.ts";
import { SCRIPTS_PATH } from "../urls.ts";
import type { ResolvedBuildConfig } from "./config.ts";
import { sha256 } from "./files.ts";
import { denoResolver, ownModule } from "./resolve.ts";

/** The browser's side of a build. */
export interface Bundle {
  /** Hash of every script. */
  buildId: string;
  /** URL path of the runtime. */
  clientEntry: string;
  /** The islands files with their chunks' URL paths. */
  islands: { name: string; path: string; chunk: string }[];
  /** Scripts by URL path. */
  scripts: Map<string, Uint8Array>;
}

/** Stands in the scripts for the build's id, until their hash is known. */
const PLACEHOLDER = "fresh-build-id-x";

/**
 * Bundles the runtime and the islands for the browser.
 *
 * @param salt What else the build's id depends on.
 */
export async function bundle(config: ResolvedBuildConfig, islands: string[], salt: string): Promise<Bundle> {
  const development = config.mode === "development";
  const runtime = ownModule(development ? "client/live_reload.ts" : "client/boot.ts");
  const taken = new Set<string>(["fresh-runtime"]);
  const named = islands.map((path) => ({ path, name: uniqueName(basename(path, extname(path)), taken) }));
  const entryPoints: Record<string, string> = { "fresh-runtime": runtime };
  for (const { name, path } of named) entryPoints[name] = path;

  const esbuild = await import("esbuild");
  try {
    const result = await esbuild.build({
      entryPoints,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      target: config.target,
      minify: !development,
      ...sourceMaps(config),
      jsx: "automatic",
      jsxImportSource: "preact",
      define: { FRESH_BUILD_ID: JSON.stringify(PLACEHOLDER), "process.env.NODE_ENV": JSON.stringify(config.mode) },
      absWorkingDir: config.root,
      outdir: "/",
      write: false,
      logLevel: "silent",
      plugins: [denoResolver],
    });
    await report(esbuild, result.warnings);
    const outputs = result.outputFiles
      .map(({ path, text }) => ({ name: path.replace(/^.*[\\/]/, ""), text }))
      .toSorted((a, b) => a.name < b.name ? -1 : 1);
    const all = outputs.map(({ name, text }) => name + text).join("");
    const buildId = (await sha256(new TextEncoder().encode(all + salt)))
      .slice(0, PLACEHOLDER.length);
    const prefix = `${SCRIPTS_PATH}/${buildId}/`;
    const encoder = new TextEncoder();
    return {
      buildId,
      clientEntry: `${prefix}fresh-runtime.js`,
      islands: named.map((file) => ({
        ...file,
        chunk: `${prefix}${file.name}.js`,
      })),
      scripts: new Map(outputs.map(({ name, text }) => [
        prefix + name,
        encoder.encode(text.replaceAll(PLACEHOLDER, buildId)),
      ])),
    };
  } finally {
    await esbuild.stop();
  }
}

async function report({ formatMessages }: typeof import("esbuild"), warnings: Message[]): Promise<void> {
  const texts = await formatMessages(warnings, { kind: "warning" });
  // deno-lint-ignore no-console -- tells the developer what to look at
  for (const text of texts) console.warn(text);
}

function sourceMaps({ mode, sourceMap }: ResolvedBuildConfig) {
  if (mode === "development") return { sourcemap: "linked" as const };
  return {
    ...(sourceMap?.kind !== undefined && { sourcemap: sourceMap.kind }),
    ...(sourceMap?.sourceRoot && { sourceRoot: sourceMap.sourceRoot }),
    ...(sourceMap?.sourcesContent !== undefined && { sourcesContent: sourceMap.sourcesContent }),
  };
}
