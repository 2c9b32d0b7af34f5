/** The operations that layers and losses are made of, so that a backend with fused ones can hand in its own. */
import * as tf from "@tensorflow/tfjs";
import type { ActivationName } from "./config_schema.ts";
import { LEAKY_SLOPE } from "./layers.ts";

/** A tensor of tfjs, on whichever backend is in use. */
export type Tensor = tf.Tensor;

/** An activation that is a function of one number. */
export type PlainActivation = Exclude<ActivationName, "gated">;

/**
 * What the VAE's layers and losses run on. Every operation has a gradient, of the first order. Pictures are
 * `[batch, height, width, channels]`, padding is TensorFlow's "same".
 */
export interface VaeOps {
  /** `activation(x · kernel + bias)`: `x` is `[batch, in]`, `kernel` `[in, out]`, `bias` `[out]`. */
  dense(x: Tensor, kernel: Tensor, bias: Tensor, activation: PlainActivation): Tensor;
  /** `kernel` is `[height, width, in, out]`, `bias` `[out]`. */
  conv2d(x: Tensor, kernel: Tensor, bias: Tensor, stride: number, activation: PlainActivation): Tensor;
  /** `kernel` is `[height, width, out, in]`; `size` is the `[height, width]` that comes out. */
  conv2dTranspose(
    x: Tensor,
    kernel: Tensor,
    bias: Tensor,
    size: readonly [number, number],
    stride: number,
    activation: PlainActivation,
  ): Tensor;
  /** The activation alone. */
  activate(x: Tensor, activation: PlainActivation): Tensor;
  /**
   * `max(l, 0) - l x + log(1 + exp(-|l|))` for each logit: the cross-entropy of `sigmoid(l)` and the target, with no
   * overflow and no logarithm of 0 for any logit. Targets are 0 to 1, of the same shape, and need no gradient.
   */
  sigmoidCrossEntropy(logits: Tensor, targets: Tensor): Tensor;
}

/** The operations as tfjs has them: they run on every backend. */
export const plainOps: VaeOps = {
  dense: (x, kernel, bias, activation) => activate(tf.add(tf.matMul(x, kernel), bias), activation),
  conv2d: (x, kernel, bias, stride, activation) =>
    activate(tf.add(tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, "same"), bias), activation),
  conv2dTranspose: (x, kernel, bias, [height, width], stride, activation) => {
    const shape: [number, number, number, number] = [x.shape[0]!, height, width, kernel.shape[2]!];
    const result = tf.conv2dTranspose(x as tf.Tensor4D, kernel as tf.Tensor4D, shape, stride, "same");
    return activate(tf.add(result, bias), activation);
  },
  activate,
  sigmoidCrossEntropy: (logits, targets) =>
    tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tf.log1p(tf.exp(tf.neg(tf.abs(logits))))),
};

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
