/**
 * The operations that models are written in. lib/vae computes them with tfjs (ops.ts), lib/onnx records them as nodes of
 * a graph, so that the graph that is trained, the one that is exported and the one that is evaluated are one text.
 *
 * Pictures are `[batch, height, width, channels]`, features `[batch, features]`. Shapes in arguments are without the
 * batch. Operands broadcast from the last dimension.
 */
import type { ActivationName, BatchNormLayer } from "./layers.ts";

/** Values by name: parameters, the outputs of a graph. */
export type Parts<T> = Readonly<Record<string, T>>;

/** An activation that is a function of one number. */
export type PlainActivation = Exclude<ActivationName, "gated">;

/** Operations on values of type T. Padding is TensorFlow's "same". */
export interface Algebra<T> {
  /** `activation(x · kernel + bias)`: `x` is `[batch, in]`, `kernel` `[in, out]`, `bias` `[out]`. */
  dense(x: T, kernel: T, bias: T, activation: PlainActivation): T;
  /** `kernel` is `[height, width, in, out]`, `bias` `[out]`. */
  conv2d(x: T, kernel: T, bias: T, stride: number, activation: PlainActivation): T;
  /** `kernel` is `[height, width, out, in]`; `size` is the `[height, width]` that comes out. */
  conv2dTranspose(
    x: T,
    kernel: T,
    bias: T,
    size: readonly [number, number],
    stride: number,
    activation: PlainActivation,
  ): T;
  /** The activation alone. */
  activate(x: T, activation: PlainActivation): T;
  /** Normalises each channel by the running statistics among the parameters, then scales and shifts. */
  batchNorm(x: T, layer: BatchNormLayer, parameters: Parts<T>): T;
  /**
   * `max(l, 0) - l x + log(1 + exp(-|l|))` for each logit: the cross-entropy of `sigmoid(l)` and the target, with no
   * overflow and no logarithm of 0 for any logit. Targets are 0 to 1, of the same shape, and need no gradient.
   */
  sigmoidCrossEntropy(logits: T, targets: T): T;

  add(a: T, b: T | number): T;
  sub(a: T, b: T | number): T;
  mul(a: T, b: T | number): T;
  div(a: T, b: T | number): T;
  maximum(a: T, b: number): T;
  minimum(a: T, b: number): T;
  /** Where `a` is below the limit the first, elsewhere the second. No gradient goes through `a`. */
  whereLess(a: T, limit: number, below: T, otherwise: T): T;
  neg(x: T): T;
  abs(x: T): T;
  square(x: T): T;
  sqrt(x: T): T;
  exp(x: T): T;
  /** `exp(x) - 1`, exact near 0. */
  expm1(x: T): T;
  log(x: T): T;
  sigmoid(x: T): T;
  tanh(x: T): T;
  /** `log(1 + exp(x))`. */
  softplus(x: T): T;

  /** To the nearest whole number, halves up. No gradient. */
  round(x: T): T;
  /** No gradient. */
  floor(x: T): T;

  /** Numbers that are fixed; they have no batch. */
  constant(values: ArrayLike<number>, shape: readonly number[]): T;
  /** Part of the last dimension, from the first index up to before the other. */
  slice(x: T, from: number, to: number): T;
  /** Joined along the last dimension. */
  concat(parts: readonly T[]): T;
  /** The last dimension of `a` against the second last of `b`. */
  matMul(a: T, b: T): T;
  /** Rows of a table `[rows, size]` by their numbers, `[…]` to `[…, size]`. No gradient goes into the numbers. */
  lookup(table: T, rows: T): T;
  /** The index of the smallest number of the last dimension, which falls away; the first where several are. */
  argMin(x: T): T;
  /** The sum over the last dimension, which falls away. */
  sumLast(x: T): T;
  /** The logarithm of the sum of exponentials over the last dimension, which falls away. */
  logSumExpLast(x: T): T;
  /** The sum over all but the batch, `[batch]`. */
  sumEach(x: T): T;
  /** The mean over the last dimension, which stays with length 1. */
  meanLast(x: T): T;
  /** `[batch, …]` in another shape. */
  reshape(x: T, shape: readonly number[]): T;
  /** `[height, width, channels]` as `[features]`, row by row with the channels innermost. */
  flatten(x: T): T;
  /** One parameter, spread over `[batch, …shape]` with the batch of another value. */
  spread(value: T, like: T, shape: readonly number[]): T;
}

/** What the losses of training need besides: operations across the batch, and on gradients. Shapes have the batch. */
export interface TrainingAlgebra<T> extends Algebra<T> {
  /** The first dimension's length. */
  count(x: T): number;
  /** How many numbers there are. */
  size(x: T): number;
  /** The sum of all numbers, a scalar. */
  total(x: T): T;
  /** The sum over the batch. */
  sumBatch(x: T): T;
  /** In any shape. */
  shape(x: T, shape: readonly number[]): T;
  /** The logarithm of the sum of exponentials over a dimension, which falls away. */
  logSumExp(x: T, axis: number): T;
  /** A matrix with its dimensions swapped. */
  transpose(x: T): T;
  /** Joined along the batch. */
  concatBatch(parts: readonly T[]): T;
  /** Cut along the batch. */
  splitBatch(x: T, sizes: readonly number[]): T[];
  /** The smallest number of the last dimension, which falls away. */
  minLast(x: T): T;
  /** The value alone, without gradient. */
  stopGradient(x: T): T;
  /** A value that stands in for `x`: its gradient goes to `x` (Bengio et al. 2013). */
  straightThrough(x: T, value: T): T;
  /** `x` whose gradient is multiplied by a factor that is known only later, but before gradients are computed. */
  scaleGradient(x: T): { readonly value: T; scaleBy(factor: T): void };
  /** These operations with batch normalisation by the batch's own statistics, whose running means become updates. */
  withBatchStatistics(updates: Record<string, T>): TrainingAlgebra<T>;
}
