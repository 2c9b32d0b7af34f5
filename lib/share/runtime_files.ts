/** onnxruntime-web's part of a shared board, kept in the home once it was fetched. */
import { join } from "node:path";
import deno from "../../deno.json" with { type: "json" };
import { LatentboardError } from "../errors.ts";
import { writeFileAtomic } from "../system/files.ts";

/**
 * The files of onnxruntime-web by the names that they have in a shared board. Its smallest build: WebAssembly alone,
 * without WebGPU and WebNN, whose binaries are two times as large.
 */
export const RUNTIME_FILES: Readonly<Record<string, string>> = {
  "ort.js": "ort.wasm.bundle.min.mjs",
  "ort.wasm": "ort-wasm-simd-threaded.wasm",
};

/** The version of onnxruntime-web that is shared. */
export const RUNTIME_VERSION: string = deno.scopes["./"]["onnxruntime-web"].replace(/^.*@/, "");

/** Where a home keeps the files. */
export function runtimeFolder(home: string): string {
  return join(home, "cache", `onnxruntime-web-${RUNTIME_VERSION}`);
}

/** Whether a home has them. */
export async function hasRuntime(folder: string): Promise<boolean> {
  const found = await Promise.all(
    Object.keys(RUNTIME_FILES).map((name) => Deno.stat(join(folder, name)).catch(() => null)),
  );
  return !found.includes(null);
}

/**
 * Copies them from the package.
 *
 * @param packageFolder the unpacked package
 * @param folder where they go
 */
export async function copyRuntime(packageFolder: string, folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, source] of Object.entries(RUNTIME_FILES)) {
    await writeFileAtomic(join(folder, name), await Deno.readFile(join(packageFolder, "dist", source)));
  }
}

let fetching: Promise<void> | undefined;

/**
 * Fetches the files where a home lacks them; all who ask meanwhile wait for the same fetch.
 *
 * @param folder of {@linkcode runtimeFolder}
 * @param fetchThem resolves with the exit code of `deno task share --prepare`
 * @throws {LatentboardError} `unavailable` when they can't be fetched
 */
export async function ensureRuntime(folder: string, fetchThem: () => Promise<{ code: number }>): Promise<void> {
  if (await hasRuntime(folder)) return;
  fetching ??= fetchThem().then(({ code }) => {
    if (code !== 0) throw unfetched();
  }).finally(() => fetching = undefined);
  await fetching;
}

/**
 * Checks that a board can be shared.
 *
 * @throws {LatentboardError} `unavailable` when a home lacks the files
 */
export async function requireRuntime(folder: string): Promise<void> {
  if (!await hasRuntime(folder)) throw unfetched();
}

function unfetched(): LatentboardError {
  return new LatentboardError(
    "unavailable",
    'The runtime of shared boards could not be fetched: "deno task share --prepare" says why',
  );
}
