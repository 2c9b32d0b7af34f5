// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** The build of the islands and of shared boards' pages, where it is out of date. */
import { LatentboardError } from "../../errors.ts";
import { buildIsStale, markBuilt } from "./build_stamp.ts";

/**
 * Every process of a start goes by this lock, the serving part of deno.lock. deno.json names no lock and keeps packages
 * under "scopes": `deno task` would otherwise fetch all of them, training and tests included, before a word is said.
 */
export const SERVE_LOCK = "serve.lock";

/**
 * Builds in a process of its own, which may start esbuild.
 *
 * @throws {LatentboardError} `unavailable` when the build fails
 */
export async function buildIslands(): Promise<void> {
  if (!await buildIsStale()) return;
  console.log("Building the pages' scripts …");
  const started = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-P=build", `--lock=${SERVE_LOCK}`, "dev.ts", "build"],
    stdin: "null",
  }).spawn().status;
  if (!success) throw new LatentboardError("unavailable", "The build failed: the lines above say why");
  await markBuilt();
  console.log(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
