/** TensorFlow for the tests: started once a process, or absent with the reason why. */
import { startTensorFlow, type TensorFlowEngine } from "../../lib/tensorflow/mod.ts";

const folder = Deno.env.get("LATENTBOARD_TENSORFLOW");
const cache = ".latentboard/cache/tensorflow";

/** The engine, or null where no libtensorflow can be had without a download. */
export const engine: TensorFlowEngine | null = await startTensorFlow({
  folder: folder || undefined,
  cache,
  download: false,
  intraOpThreads: 2,
  interOpThreads: 2,
}).catch(() => null);

/** Whether tests that need TensorFlow are to be skipped. */
export const ignore = engine === null;

/** The engine, for tests that are not skipped. */
export function tensorflow(): TensorFlowEngine {
  if (!engine) throw new Error("This test needs libtensorflow and should have been skipped");
  return engine;
}

/** The process's resident memory in MB. */
export function residentMegabytes(): number {
  return Deno.memoryUsage().rss / 2 ** 20;
}
