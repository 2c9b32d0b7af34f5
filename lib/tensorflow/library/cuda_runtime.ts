/** Asks CUDA's runtime whether it can use a card, before TensorFlow does, which can't go on without it afterwards. */

const SYMBOLS = {
  cudaSetDevice: { parameters: ["i32"], result: "i32" }, // int device
  cudaMemGetInfo: { parameters: ["buffer", "buffer"], result: "i32" }, // size_t* free, size_t* total
  cudaGetErrorString: { parameters: ["i32"], result: "pointer" }, // cudaError_t error
} as const;

/** The name of CUDA's runtime among its libraries. */
const RUNTIME = /(^|\/)libcudart\.so\.\d+$/;

/**
 * Opens a card by CUDA's runtime, and leaves it open for TensorFlow.
 *
 * @param libraries CUDA's libraries; without the runtime among them nothing is asked
 * @param index the card's number
 * @returns the runtime's own words where it fails
 */
export function cudaFault(libraries: readonly string[], index: number): string | undefined {
  const runtime = libraries.find((path) => RUNTIME.test(path));
  if (runtime === undefined) return undefined;
  let symbols: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
  try {
    ({ symbols } = Deno.dlopen(runtime, SYMBOLS)); // stays open, as the card does
  } catch {
    return undefined; // TensorFlow misses it too, and it is named then
  }
  const bytes = [new BigUint64Array(1), new BigUint64Array(1)] as const;
  const error = symbols.cudaSetDevice(index) || symbols.cudaMemGetInfo(...bytes);
  if (error === 0) return undefined;
  const text = symbols.cudaGetErrorString(error);
  return text === null ? `CUDA error ${error}` : Deno.UnsafePointerView.getCString(text);
}
