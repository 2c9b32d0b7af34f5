/**
 * Optimizers: Adam, AdamW, gradient descent with momentum and RMSProp. Where TensorFlow trains, each update is one
 * fused op that changes the weight in place; elsewhere the same formulas run op by op.
 *
 * What changes by step reaches the update as tensors, so that a captured step does not freeze at the first one.
 */
import * as tf from "@tensorflow/tfjs";
import {
  applyAdam,
  applyGradientDescent,
  applyMomentum,
  applyRmsProp,
  type Tensor,
  type Variable,
} from "../tensorflow/mod.ts";

/** Which optimizer, and what stays the same over a run. */
export type Optimizer =
  | AdamOptimizer
  | AdamWOptimizer
  | SgdOptimizer
  | RmsPropOptimizer;

/** Adam (Kingma and Ba 2015), epsilon added after the bias correction as PyTorch does. */
export interface AdamOptimizer {
  /** Names the optimizer. */
  readonly kind: "adam";
  /** Decay of the mean gradient, 0 to 1; 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the mean square, 0 to 1; 0.999 by default. */
  readonly beta2?: number;
  /** Keeps the division finite; 1e-8 by default. */
  readonly epsilon?: number;
}

/** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
export interface AdamWOptimizer extends Omit<AdamOptimizer, "kind"> {
  /** Names the optimizer. */
  readonly kind: "adamw";
  /** The share of a weight that is taken away each step, times the learning rate; 0.01 by default. */
  readonly weightDecay?: number;
}

/** Gradient descent, with momentum when it is above 0. */
export interface SgdOptimizer {
  /** Names the optimizer. */
  readonly kind: "sgd";
  /** The share of the last update that is kept, 0 to 1; 0 by default. */
  readonly momentum?: number;
}

/** RMSProp (Hinton, lecture 6e), with epsilon under the root as TensorFlow has it. */
export interface RmsPropOptimizer {
  /** Names the optimizer. */
  readonly kind: "rmsprop";
  /** Decay of the mean square, 0 to 1; 0.9 by default. */
  readonly decay?: number;
  /** The share of the last update that is kept, 0 to 1; 0 by default. */
  readonly momentum?: number;
  /** Keeps the division finite; 1e-7 by default. */
  readonly epsilon?: number;
}

/** What an update is given anew each step. */
export interface UpdateScalars {
  /** The learning rate, with Adam's bias correction folded in. */
  readonly rate: number;
  /** Epsilon, with Adam's bias correction folded in. */
  readonly epsilon: number;
  /** The share by which weights shrink before the update; 0 without weight decay. */
  readonly shrink: number;
}

/** {@linkcode UpdateScalars} as scalar tensors. */
export type UpdateTensors = { readonly [K in keyof UpdateScalars]: Tensor };

/**
 * The names of what an optimizer remembers of each weight, in the order that {@linkcode applyUpdate} takes them.
 *
 * @param optimizer which optimizer
 */
export function slotNames(optimizer: Optimizer): readonly string[] {
  switch (optimizer.kind) {
    case "adam":
    case "adamw":
      return ["m", "v"];
    case "sgd":
      return (optimizer.momentum ?? 0) > 0 ? ["velocity"] : [];
    case "rmsprop":
      return ["square", "velocity"];
  }
}

/**
 * The scalars of one update: a pure function of the step, so that a resumed run needs no more than its number.
 *
 * Adam's bias correction is done here in double precision: the step `rate·m̂/(√v̂ + ε)` with `m̂ = m/(1 − β₁ᵗ)` and
 * `v̂ = v/(1 − β₂ᵗ)` equals `rate'·m/(√v + ε')` with `rate' = rate·√(1 − β₂ᵗ)/(1 − β₁ᵗ)` and `ε' = ε·√(1 − β₂ᵗ)`.
 *
 * @param optimizer which optimizer
 * @param learningRate the rate that the schedule gives for this step
 * @param step updates made before this one
 */
export function updateScalars(optimizer: Optimizer, learningRate: number, step: number): UpdateScalars {
  switch (optimizer.kind) {
    case "adam":
    case "adamw": {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimizer;
      const correction = Math.sqrt(1 - beta2 ** (step + 1));
      return {
        rate: learningRate * correction / (1 - beta1 ** (step + 1)),
        epsilon: epsilon * correction,
        shrink: optimizer.kind === "adamw" ? learningRate * (optimizer.weightDecay ?? 0.01) : 0,
      };
    }
    case "sgd":
      return { rate: learningRate, epsilon: 0, shrink: 0 };
    case "rmsprop":
      return { rate: learningRate, epsilon: optimizer.epsilon ?? 1e-7, shrink: 0 };
  }
}

/**
 * Updates one weight and what the optimizer remembers of it.
 *
 * @param optimizer which optimizer
 * @param weight the weight, changed in place
 * @param slots its slots, in the order of {@linkcode slotNames}, changed in place
 * @param scalars what {@linkcode updateScalars} gave for this step
 * @param gradient the gradient of the loss, of the weight's shape
 */
export function applyUpdate(
  optimizer: Optimizer,
  weight: Variable,
  slots: readonly Variable[],
  scalars: UpdateTensors,
  gradient: Tensor,
): void {
  const { rate, epsilon, shrink } = scalars;
  const [first, second] = slots as [Variable, Variable];
  switch (optimizer.kind) {
    case "adam":
    case "adamw": {
      const { beta1 = 0.9, beta2 = 0.999 } = optimizer;
      if (optimizer.kind === "adamw") weight.assign(weight.read().mul(tf.sub(1, shrink)));
      const zero = tf.scalar(0); // the bias is corrected already
      const settings = { learningRate: rate, epsilon, beta1Power: zero, beta2Power: zero };
      applyAdam(
        weight,
        { m: first, v: second },
        { ...settings, beta1: tf.scalar(beta1), beta2: tf.scalar(beta2) },
        gradient,
      );
      return;
    }
    case "sgd":
      if (slots.length === 0) applyGradientDescent(weight, { learningRate: rate }, gradient);
      else applyMomentum(weight, first, { learningRate: rate, momentum: tf.scalar(optimizer.momentum!) }, gradient);
      return;
    case "rmsprop":
      applyRmsProp(
        weight,
        { meanSquare: first, accumulator: second },
        {
          learningRate: rate,
          epsilon,
          decay: tf.scalar(optimizer.decay ?? 0.9),
          momentum: tf.scalar(optimizer.momentum ?? 0),
        },
        gradient,
      );
  }
}

/**
 * The Euclidean norm of all gradients taken together.
 *
 * @param gradients any shapes
 * @returns a scalar
 */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  return tf.addN(gradients.map((gradient) => gradient.square().sum())).sqrt();
}

/**
 * Scales gradients down so that their global norm is at most a limit (Pascanu, Mikolov and Bengio 2013).
 *
 * @param gradients any shapes
 * @param norm their {@linkcode globalNorm}
 * @param limit a scalar above 0
 */
export function clipByGlobalNorm(gradients: readonly Tensor[], norm: Tensor, limit: Tensor): Tensor[] {
  const scale = limit.div(tf.maximum(norm, limit));
  return gradients.map((gradient) => gradient.mul(scale));
}

/**
 * Moves a running average of a weight: `average ← average + (1 − decay)·(weight − average)`.
 *
 * @param average changed in place
 * @param weight the weight after its update
 * @param blend a scalar, 1 − decay
 */
export function applyAverage(average: Variable, weight: Variable, blend: Tensor): void {
  const before = average.read();
  average.assign(before.add(weight.read().sub(before).mul(blend)));
}

/**
 * The share of the new weight in its running average. It starts high, so that the average forgets the first weights
 * soon: `1 − min(decay, (1 + step)/(10 + step))`, as TensorFlow's ExponentialMovingAverage has it.
 *
 * @param decay 0 to 1, such as 0.999
 * @param step updates made before this one
 */
export function averageBlend(decay: number, step: number): number {
  return 1 - Math.min(decay, (1 + step) / (10 + step));
}
