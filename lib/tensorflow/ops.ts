/**
 * Ops that tfjs lacks, or that TensorFlow has in one piece where tfjs takes several.
 *
 * Each runs on every backend of tfjs and has the same value and gradient everywhere; on TensorFlow
 * it is faster (docs/training-performance.md says by how much).
 */
import * as tf from "@tensorflow/tfjs";
import { attribute, type UnnamedAttribute } from "./attributes.ts";
import { activeEngine } from "./backend.ts";
import { elementCount } from "./data_types.ts";
import { philoxNormal } from "./philox.ts";
import type { Tensor } from "./types.ts";

/** An input of type uint8 as float32, its values unchanged (0 to 255). */
export function toFloat(bytes: Tensor): Tensor {
  return raw("Cast", { DstT: attribute.type("float32") }, bytes) ?? bytes.toFloat();
}

/**
 * Normal noise that depends on nothing but the seed; the same numbers on every engine, but for the last bits.
 *
 * @param shape Its shape.
 * @param seed int32 `[2]`, a run's seed and the step's number for instance.
 * @returns float32 of that shape, with mean 0 and standard deviation 1.
 */
export function statelessNormal(shape: readonly number[], seed: Tensor): Tensor {
  const engine = activeEngine();
  if (engine) {
    const attributes = { dtype: attribute.type("float32") };
    return engine.op("StatelessRandomNormal", attributes, [tf.tensor1d([...shape], "int32"), seed])[0]!;
  }
  const [run = 0, step = 0] = seed.dataSync();
  return tf.tensor(philoxNormal(run, step, elementCount(shape)), [...shape]);
}

/**
 * Adds a bias to the last dimension. Its gradient is one reduction.
 *
 * @param x `[…, channels]`.
 * @param bias `[channels]`.
 */
export function biasAdd(x: Tensor, bias: Tensor): Tensor {
  if (!activeEngine()) return x.add(bias);
  const op = tf.customGrad((...inputs) => {
    const [x, bias] = inputs as Tensor[];
    return {
      value: raw("BiasAdd", {}, x!, bias!)!,
      gradFunc: (dy: Tensor) => [dy, raw("BiasAddGrad", {}, dy)!],
    };
  });
  return op(x, bias);
}

/** `max(x, 0)`. Its gradient is one op. */
export function relu(x: Tensor): Tensor {
  if (!activeEngine()) return tf.relu(x);
  return activation(x, "Relu", {}, (dy, _, y) => raw("ReluGrad", {}, dy, y)!);
}

/** `max(x, slope·x)` for a slope from 0 to 1. Its gradient is one op. */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  if (!activeEngine()) return tf.leakyRelu(x, slope);
  const attributes = { alpha: attribute.float(slope) };
  return activation(x, "LeakyRelu", attributes, (dy, x) => raw("LeakyReluGrad", attributes, dy, x)!);
}

/** The hyperbolic tangent. Its gradient is one op. */
export function tanh(x: Tensor): Tensor {
  if (!activeEngine()) return tf.tanh(x);
  return activation(x, "Tanh", {}, (dy, _, y) => raw("TanhGrad", {}, y, dy)!);
}

/**
 * The binary cross-entropy of each logit, in nats: `max(l, 0) − l·x + log(1 + exp(−|l|))`, which is
 * finite for every finite logit.
 *
 * @param logits Of any shape.
 * @param targets Of the same shape, from 0 to 1; no gradient goes into them.
 * @returns Of the same shape. Its gradient is `sigmoid(l) − x`.
 */
export function sigmoidCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const op = tf.customGrad((...inputs) => {
    const [logits, save] = inputs as unknown as [Tensor, tf.GradSaveFunc];
    save([logits, targets]);
    return {
      value: logits.relu().sub(logits.mul(targets)).add(logits.abs().neg().exp().log1p()),
      gradFunc: (dy: Tensor, saved: Tensor[]) => saved[0]!.sigmoid().sub(saved[1]!).mul(dy),
    };
  });
  return op(logits);
}

/** An activation of TensorFlow with TensorFlow's own gradient. */
function activation(
  x: Tensor,
  name: string,
  attributes: Readonly<Record<string, UnnamedAttribute>>,
  gradient: (dy: Tensor, x: Tensor, y: Tensor) => Tensor,
): Tensor {
  const op = tf.customGrad((...inputs) => {
    const [x, save] = inputs as unknown as [Tensor, tf.GradSaveFunc];
    const y = raw(name, attributes, x)!;
    save([x, y]);
    return { value: y, gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(dy, saved[0]!, saved[1]!) };
  });
  return op(x);
}

/** Runs an op of TensorFlow, if tfjs computes on it. */
function raw(
  name: string,
  attributes: Readonly<Record<string, UnnamedAttribute>>,
  ...inputs: Tensor[]
): Tensor | undefined {
  return activeEngine()?.op(name, attributes, inputs)[0];
}
