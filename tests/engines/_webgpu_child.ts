// deno-lint-ignore-file no-console -- prints for the test that started it
/**
 * Trains on webgpu in a process of its own and prints the losses: Mesa's software adapter brings an LLVM along that
 * does not get on with TensorFlow's in one process.
 */
import { startWebGpu } from "../../lib/engines/webgpu.ts";
import { epochLosses, MODELS, smallSample } from "./_epoch.ts";

await startWebGpu();
console.log(JSON.stringify(await epochLosses(await smallSample(), MODELS[Deno.args[0] as keyof typeof MODELS])));
