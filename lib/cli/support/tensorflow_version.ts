// deno-lint-ignore-file no-console -- its output is read by the doctor
/**
 * Opens libtensorflow and prints what it says of itself, in a process of its own: a library for another processor ends
 * the process that opens it, and it does not get on with a software WebGPU adapter beside it.
 */
import { join } from "node:path";
import { readSettings } from "../../settings.ts";
import { type Placement, startTensorFlow } from "../../tensorflow/mod.ts";

/** What is printed, as JSON. */
export interface TensorFlowReport {
  /** Such as `2.21.0`. */
  readonly version: string;
  /** What it computes on. */
  readonly placement: Placement;
}

if (import.meta.main) {
  const { home, tensorflow } = readSettings({ home: Deno.args[0] });
  const { version, placement } = await startTensorFlow({
    cache: join(home, "cache", "tensorflow"),
    download: false,
    folder: tensorflow,
  });
  console.log(JSON.stringify({ version, placement } satisfies TensorFlowReport));
}
