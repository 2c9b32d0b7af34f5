/** The operations of models as tfjs computes them, on any of its backends. */
import * as tf from "@tensorflow/tfjs";
import type { Parts, PlainActivation, TrainingAlgebra } from "./algebra.ts";
import { type BatchNormLayer, LEAKY_SLOPE } from "./layers.ts";

/** A tensor of tfjs, on whichever backend is in use. */
export type Tensor = tf.Tensor;

/** Models computed with tfjs. Every operation has a gradient, of the first order. Call them within a tidy. */
export type TensorOps = TrainingAlgebra<Tensor>;

/** The operations as tfjs has them: they run on every backend. */
export const plainOps: TensorOps = {
  dense: (x, kernel, bias, activation) => activate(tf.add(tf.matMul(x, kernel), bias), activation),
  conv2d: (x, kernel, bias, stride, activation) =>
    activate(tf.add(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, "same"), bias), activation),
  conv2dTranspose: (x, kernel, bias, [height, width], stride, activation) => {
    const shape: [number, number, number, number] = [x.shape[0]!, height, width, kernel.shape[2]!];
    const result = tf.conv2dTranspose(x as tf.Tensor4D, kernel as tf.Tensor4D, shape, stride, "same");
    return activate(tf.add(result, bias), activation);
  },
  activate,
  batchNorm: (x, layer, parameters) =>
    normalize(x, layer, parameters, parameters[`${layer.name}/mean`]!, parameters[`${layer.name}/variance`]!),
  sigmoidCrossEntropy: (logits, targets) =>
    tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tf.log1p(tf.exp(tf.neg(tf.abs(logits))))),

  add: (a, b) => tf.add(a, b),
  sub: (a, b) => tf.sub(a, b),
  mul: (a, b) => tf.mul(a, b),
  div: (a, b) => tf.div(a, b),
  maximum: (a, b) => tf.maximum(a, b),
  minimum: (a, b) => tf.minimum(a, b),
  whereLess: (a, limit, below, otherwise) => tf.where(tf.less(stopGradient(a), limit), below, otherwise),
  neg: (x) => tf.neg(x),
  abs: (x) => tf.abs(x),
  square: (x) => tf.square(x),
  sqrt: (x) => tf.sqrt(x),
  exp: (x) => tf.exp(x),
  expm1: (x) => tf.expm1(x),
  log: (x) => tf.log(x),
  sigmoid: (x) => tf.sigmoid(x),
  tanh: (x) => tf.tanh(x),
  softplus: (x) => tf.softplus(x),

  round: (x) => tf.floor(tf.add(stopGradient(x), 0.5)),
  floor: (x) => tf.floor(stopGradient(x)),

  constant: (values, shape) => tf.tensor(Float32Array.from(values), [...shape], "float32"),
  slice: (x, from, to) => {
    const last = x.shape.length - 1;
    return tf.slice(x, [...new Array(last).fill(0), from], [...x.shape.slice(0, -1), to - from]);
  },
  concat: (parts) => tf.concat([...parts], -1),
  matMul: (a, b) => tf.matMul(a, b),
  lookup: (table, rows) => tf.gather(table, tf.cast(stopGradient(rows), "int32")),
  argMin: (x) => tf.cast(tf.argMin(stopGradient(x), -1), "float32"),
  sumLast: (x) => tf.sum(x, -1),
  logSumExpLast: (x) => tf.logSumExp(x, -1),
  sumEach: (x) => tf.sum(x, x.shape.slice(1).map((_, i) => i + 1)),
  meanLast: (x) => tf.mean(x, -1, true),
  reshape: (x, shape) => tf.reshape(x, [x.shape[0]!, ...shape]),
  flatten: (x) => tf.reshape(x, [x.shape[0]!, x.size / x.shape[0]!]),
  spread: (value, like, shape) => tf.add(tf.fill([like.shape[0]!, ...shape], 0), value),

  count: (x) => x.shape[0]!,
  size: (x) => x.size,
  total: (x) => tf.sum(x),
  sumBatch: (x) => tf.sum(x, 0),
  shape: (x, shape) => tf.reshape(x, [...shape]),
  logSumExp: (x, axis) => tf.logSumExp(x, axis),
  transpose: (x) => tf.transpose(x),
  concatBatch: (parts) => parts.length === 1 ? parts[0]! : tf.concat([...parts], 0),
  splitBatch: (x, sizes) => sizes.length === 1 ? [x] : tf.split(x, [...sizes]),
  minLast: (x) => tf.min(x, -1),
  stopGradient,
  straightThrough: (x, value) => tf.customGrad(() => ({ value: value.clone(), gradFunc: (dy: Tensor) => dy }))(x),
  scaleGradient: (x) => {
    let factor: Tensor | undefined;
    const gradFunc = (dy: Tensor) => {
      const scaled = tf.mul(dy, factor!);
      factor!.dispose();
      return scaled;
    };
    const value = tf.customGrad(() => ({ value: x.clone(), gradFunc }))(x);
    return { value, scaleBy: (given) => void (factor = tf.keep(given.clone())) }; // outlives the forward pass
  },
  withBatchStatistics(updates) {
    return withBatchStatistics(this, updates);
  },
};

function withBatchStatistics(ops: TensorOps, updates: Record<string, Tensor>): TensorOps {
  return {
    ...ops,
    batchNorm: (x, layer, parameters) => {
      const axes = x.shape.slice(0, -1).map((_, axis) => axis);
      const mean = tf.mean(x, axes);
      const variance = tf.mean(tf.square(tf.sub(x, mean)), axes);
      const blend = (part: string, now: Tensor) => {
        const name = `${layer.name}/${part}`;
        updates[name] = tf.add(tf.mul(parameters[name]!, layer.momentum), tf.mul(now, 1 - layer.momentum));
      };
      blend("mean", mean);
      blend("variance", variance);
      return normalize(x, layer, parameters, mean, variance);
    },
  };
}

function normalize(
  x: Tensor,
  { name, epsilon }: BatchNormLayer,
  parameters: Parts<Tensor>,
  mean: Tensor,
  variance: Tensor,
): Tensor {
  const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(normal, parameters[`${name}/scale`]!), parameters[`${name}/offset`]!);
}

/** Computed from a constant, as far as gradients can see. */
function stopGradient(x: Tensor): Tensor {
  return tf.customGrad(() => ({ value: x.clone(), gradFunc: (dy: Tensor) => dy }))(tf.scalar(0));
}

function activate(x: Tensor, activation: PlainActivation): Tensor {
  switch (activation) {
    case "linear":
      return x;
    case "relu":
      return tf.relu(x);
    case "leakyRelu":
      return tf.leakyRelu(x, LEAKY_SLOPE);
    case "elu":
      return tf.elu(x);
    case "silu":
      return tf.mul(x, tf.sigmoid(x));
    case "tanh":
      return tf.tanh(x);
  }
}
