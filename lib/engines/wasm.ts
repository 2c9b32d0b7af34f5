/** The wasm engine: XNNPACK compiled to WebAssembly, one thread, on any processor. */
import * as tf from "@tensorflow/tfjs";
import { fileURLToPath } from "node:url";
import { registerWasmKernels } from "./wasm_kernels.ts";

/**
 * Makes wasm the backend of tfjs.
 *
 * @throws {Error} when WebAssembly can't be compiled here
 */
export async function startWasm(): Promise<void> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  // The .wasm files are beside the main module.
  setWasmPaths(fileURLToPath(new URL(".", import.meta.resolve("@tensorflow/tfjs-backend-wasm"))));
  registerWasmKernels();
  if (!await tf.setBackend("wasm")) throw new Error("tfjs's wasm backend can't be started");
}
