/** The noise of training: a function of seed and step, so that a resumed run continues with the noise it would have had. */
import * as tf from "@tensorflow/tfjs";
import { philox } from "../latent/mod.ts";
import { activeEngine, attribute, type Tensor } from "../tensorflow/mod.ts";

/**
 * Standard-normal noise that depends on the seed alone; the same numbers on every engine, but for the last bits.
 *
 * @param shape of the result
 * @param seed int32 `[2]`, the run's seed and the number of the step
 * @returns float32 of that shape
 */
export function statelessNormal(shape: readonly number[], seed: Tensor): Tensor {
  const engine = activeEngine();
  if (engine) {
    const attributes = { dtype: attribute.type("float32") };
    return engine.op("StatelessRandomNormal", attributes, [tf.tensor1d([...shape], "int32"), seed])[0]!;
  }
  const [run = 0, step = 0] = seed.dataSync();
  return tf.tensor(philoxNormal(run, step, tf.util.sizeFromShape([...shape])), [...shape]);
}

/**
 * The numbers of TensorFlow's StatelessRandomNormal: Philox4x32-10, then Box-Muller.
 *
 * @param seed the run's seed, a 32-bit integer
 * @param step the number of the step, a 32-bit integer
 * @param count how many numbers
 */
export function philoxNormal(seed: number, step: number, count: number): Float32Array {
  // TensorFlow's GenerateKey: one block under a fixed key gives the key and the counter's upper half.
  const sign = (word: number) => word < 0 ? -1 : 0;
  const [key0, key1, upper0, upper1] = philox([seed, sign(seed), step, sign(step)], [0x3ec8f720, 0x02461e29]);
  const result = new Float32Array(count);
  for (let start = 0, index = 0; start < count; start += 4, index++) {
    const block = philox([index, 0, upper0, upper1], [key0, key1]);
    for (let pair = 0; pair < 4; pair += 2) {
      const radius = Math.sqrt(-2 * Math.log(Math.max(unitInterval(block[pair]!), 1e-7)));
      const angle = 2 * Math.PI * unitInterval(block[pair + 1]!);
      if (start + pair < count) result[start + pair] = Math.sin(angle) * radius;
      if (start + pair + 1 < count) result[start + pair + 1] = Math.cos(angle) * radius;
    }
  }
  return result;
}

/** A float of 23 random bits, 0 to 1 without 1. */
function unitInterval(word: number): number {
  return (word & 0x7fffff) / 0x800000;
}
