/** The wasm engine: XNNPACK compiled to WebAssembly, one thread, on any processor. */
import * as tf from "@tensorflow/tfjs";
import { fileURLToPath } from "node:url";
import { registerWasmKernels } from "./wasm_kernels.ts";

const PACKAGE = "@tensorflow/tfjs-backend-wasm";

/**
 * Makes wasm the backend of tfjs.
 *
 * @throws {Error} when WebAssembly can't be compiled here
 */
export async function startWasm(): Promise<void> {
  const { setWasmPaths } = await import("@tensorflow/tfjs-backend-wasm");
  setWasmPaths(fileURLToPath(new URL(".", import.meta.resolve(PACKAGE)))); // its files lie beside its main module
  registerWasmKernels();
  if (!await tf.setBackend("wasm")) throw new Error("tfjs's wasm backend can't be started");
}
