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
import type { OptimizerConfig } from "../vae/config_schema.ts";

/** What changes by step in an update. */
export interface UpdateScalars {
  /** The learning rate, with Adam's bias correction folded in. */
  readonly rate: number;
  /** Epsilon, with Adam's bias correction folded in. */
  readonly epsilon: number;
  /** The share of each weight that is taken away before the update; 0 without weight decay. */
  readonly weightDecay: number;
}

/** {@linkcode UpdateScalars} as scalar tensors. */
export type UpdateTensors = { readonly [K in keyof UpdateScalars]: Tensor };

/** The names of an optimizer's slots per weight, in the order that {@linkcode applyUpdate} takes them. */
export function slotNames({ kind, momentum }: OptimizerConfig): readonly string[] {
  switch (kind) {
    case "adam":
    case "adamw":
      return ["m", "v"];
    case "sgd":
      return [];
    case "momentum":
      return momentum > 0 ? ["velocity"] : [];
    case "rmsprop":
      return ["square", "velocity"];
  }
}

/**
 * The scalars of one update: a pure function of the step, so that a resumed run needs no more than its number.
 *
 * Adam's bias correction is done here in double precision: the step `rate·m̂/(√v̂ + ε)` with `m̂ = m/(1 − β₁ᵗ)` and
 * `v̂ = v/(1 − β₂ᵗ)` equals `rate'·m/(√v + ε')` with `rate' = rate·√(1 − β₂ᵗ)/(1 − β₁ᵗ)` and `ε' = ε·√(1 − β₂ᵗ)`.
 * Epsilon is added after the correction, as PyTorch does (Kingma and Ba 2015; AdamW: Loshchilov and Hutter 2019).
 *
 * @param learningRate the schedule's rate at this step
 * @param step updates made before this one
 */
export function updateScalars(config: OptimizerConfig, learningRate: number, step: number): UpdateScalars {
  const { kind, beta1, beta2, epsilon } = config;
  if (kind !== "adam" && kind !== "adamw") return { rate: learningRate, epsilon, weightDecay: 0 };
  const correction = Math.sqrt(1 - beta2 ** (step + 1));
  return {
    rate: learningRate * correction / (1 - beta1 ** (step + 1)),
    epsilon: epsilon * correction,
    weightDecay: kind === "adamw" ? learningRate * config.weightDecay : 0,
  };
}

/**
 * Updates one weight and its slots in place. RMSProp (Hinton, lecture 6e) has epsilon under the root, as TensorFlow has
 * it.
 *
 * @param slots in the order of {@linkcode slotNames}
 */
export function applyUpdate(
  optimizer: OptimizerConfig,
  weight: Variable,
  slots: readonly Variable[],
  { rate, epsilon, weightDecay }: UpdateTensors,
  gradient: Tensor,
): void {
  const [first, second] = slots as [Variable, Variable];
  const { kind, beta1, beta2, decay, momentum } = optimizer;
  switch (kind) {
    case "adam":
    case "adamw": {
      if (kind === "adamw") weight.assign(weight.read().mul(tf.sub(1, weightDecay)));
      const zero = tf.scalar(0); // the bias is corrected already
      const powers = { beta1Power: zero, beta2Power: zero, beta1: tf.scalar(beta1), beta2: tf.scalar(beta2) };
      return applyAdam(weight, { m: first, v: second }, { learningRate: rate, epsilon, ...powers }, gradient);
    }
    case "sgd":
    case "momentum":
      if (first === undefined) return applyGradientDescent(weight, { learningRate: rate }, gradient);
      return applyMomentum(weight, first, { learningRate: rate, momentum: tf.scalar(momentum) }, gradient);
    case "rmsprop": {
      const settings = { learningRate: rate, epsilon, decay: tf.scalar(decay), momentum: tf.scalar(momentum) };
      return applyRmsProp(weight, { meanSquare: first, accumulator: second }, settings, gradient);
    }
  }
}

/**
 * The Euclidean norm of all gradients together, a scalar.
 */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  return tf.addN(gradients.map((gradient) => gradient.square().sum())).sqrt();
}

/**
 * Scales gradients down so that their global norm is at most a limit (Pascanu, Mikolov and Bengio 2013).
 *
 * @param norm their {@linkcode globalNorm}
 * @param limit a scalar above 0
 */
export function clipByGlobalNorm(gradients: readonly Tensor[], norm: Tensor, limit: Tensor): Tensor[] {
  const scale = limit.div(tf.maximum(norm, limit));
  return gradients.map((gradient) => gradient.mul(scale));
}

/**
 * Moves the EMA of a weight in place: `ema ← ema + (1 − decay)·(weight − ema)`.
 *
 * @param weight after its update
 * @param blend a scalar, 1 − decay
 */
export function applyEma(ema: Variable, weight: Variable, blend: Tensor): void {
  const before = ema.read();
  ema.assign(before.add(weight.read().sub(before).mul(blend)));
}

/**
 * The share of the new weight in its EMA. It starts high, so that the first weights are soon forgotten:
 * `1 − min(decay, (1 + step)/(10 + step))`, as TensorFlow's ExponentialMovingAverage has it.
 *
 * @param decay 0 to 1, such as 0.999
 * @param step updates made before this one
 */
export function emaBlend(decay: number, step: number): number {
  return 1 - Math.min(decay, (1 + step) / (10 + step));
}
