/** tfjs on its pure JavaScript backend, and what tests need to read tensors. */
import * as tf from "@tensorflow/tfjs";
import type { ParameterValues, Tensor } from "../../lib/vae/mod.ts";

await tf.setBackend("cpu");
await tf.ready();

export { tf };

/** Parameters as tensors, with numbers of their own. */
export function tensorsOf(values: ParameterValues): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, data }]) => [name, tf.tensor(data.slice(), [...shape], "float32")]),
  );
}

/** A tensor's numbers. */
export function numbersOf(tensor: Tensor): number[] {
  return [...tensor.dataSync()];
}

/** Numbers between -1 and 1 that look random and are always the same. */
export function wave(count: number, phase = 0): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898 + phase * 78.233));
}
