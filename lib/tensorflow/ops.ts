/** Ops that tfjs lacks, or that TensorFlow has in one piece. They run on every backend of tfjs. */
import * as tf from "@tensorflow/tfjs";
import { attribute } from "./attributes.ts";
import { activeEngine } from "./backend.ts";
import { philoxNormal } from "./philox.ts";
import type { Tensor } from "./types.ts";

/** An input of type uint8 as float32, its values unchanged (0 to 255). */
export function toFloat(bytes: Tensor): Tensor {
  const engine = activeEngine();
  if (!engine) return bytes.toFloat();
  return engine.op("Cast", { DstT: attribute.type("float32") }, [bytes])[0]!;
}

/**
 * Normal noise that depends on nothing but the seed; the same numbers on every engine, but for the last bits.
 *
 * @param shape Its shape.
 * @param seed int32 `[2]`, a run's seed and the step's number for instance.
 * @returns float32 of that shape, with mean 0 and standard deviation 1.
 */
export function statelessNormal(
  shape: readonly number[],
  seed: Tensor,
): Tensor {
  const engine = activeEngine();
  if (engine) {
    const size = tf.tensor1d([...shape], "int32");
    return engine.op("StatelessRandomNormal", {
      dtype: attribute.type("float32"),
    }, [size, seed])[0]!;
  }
  const [run = 0, step = 0] = seed.dataSync();
  const count = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(philoxNormal(run, step, count), [...shape]);
}
