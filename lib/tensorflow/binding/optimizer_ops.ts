/**
 * Updates of variables by gradient descent. On TensorFlow each is one fused op that changes the variables in place;
 * elsewhere the same formulas are spelled out with tfjs's ops.
 */
import * as tf from "@tensorflow/tfjs";
import { activeEngine } from "./engine.ts";
import type { Tensor } from "./types.ts";
import { ResourceVariable, type Variable } from "./variable.ts";

/** The slots of Adam: running means of a parameter's gradient and of its square. */
export interface AdamSlots {
  /** The first moment, starting at 0. */
  readonly m: Variable;
  /** The second moment, starting at 0. */
  readonly v: Variable;
}

/** The settings of Adam in one step, each a scalar. */
export interface AdamSettings {
  /** The learning rate. */
  readonly learningRate: Tensor;
  /** Decay of the first moment, 0.9 for instance. */
  readonly beta1: Tensor;
  /** Decay of the second moment, 0.999 for instance. */
  readonly beta2: Tensor;
  /** `beta1 ** t`, where `t` is the step's number, starting at 1. */
  readonly beta1Power: Tensor;
  /** `beta2 ** t`. */
  readonly beta2Power: Tensor;
  /** Keeps the division finite, 1e-8 for instance. */
  readonly epsilon: Tensor;
}

/**
 * Adam (Kingma and Ba, 2015, https://arxiv.org/abs/1412.6980), with epsilon after the bias correction as in the last
 * paragraph of section 2.
 */
export function applyAdam(parameter: Variable, { m, v }: AdamSlots, settings: AdamSettings, gradient: Tensor): void {
  const { learningRate, beta1, beta2, beta1Power, beta2Power, epsilon } = settings;
  const scalars = [beta1Power, beta2Power, learningRate, beta1, beta2, epsilon];
  if (applyFused("ResourceApplyAdam", [parameter, m, v], [...scalars, gradient])) return;
  tf.tidy(() => {
    const mean = lerp(gradient, m.read(), beta1);
    const square = lerp(gradient.square(), v.read(), beta2);
    const rate = learningRate.mul(tf.sub(1, beta2Power).sqrt()).div(tf.sub(1, beta1Power));
    m.assign(mean);
    v.assign(square);
    parameter.assign(parameter.read().sub(rate.mul(mean).div(square.sqrt().add(epsilon))));
  });
}

/** The settings of gradient descent with momentum in one step, each a scalar. */
export interface MomentumSettings {
  /** The learning rate. */
  readonly learningRate: Tensor;
  /** The share of the last update that is kept, 0.9 for instance. */
  readonly momentum: Tensor;
}

/**
 * Gradient descent with momentum: `u ← momentum·u + g`, then `p ← p − rate·u`, as in PyTorch: a falling
 * rate slows the gathered momentum too.
 */
export function applyMomentum(
  parameter: Variable,
  accumulator: Variable,
  { learningRate, momentum }: MomentumSettings,
  gradient: Tensor,
): void {
  if (applyFused("ResourceApplyMomentum", [parameter, accumulator], [learningRate, gradient, momentum])) return;
  tf.tidy(() => {
    const update = accumulator.read().mul(momentum).add(gradient);
    accumulator.assign(update);
    parameter.assign(parameter.read().sub(update.mul(learningRate)));
  });
}

/** Plain gradient descent: `p ← p − rate·g`. */
export function applyGradientDescent(
  parameter: Variable,
  { learningRate }: { readonly learningRate: Tensor },
  gradient: Tensor,
): void {
  if (applyFused("ResourceApplyGradientDescent", [parameter], [learningRate, gradient])) return;
  tf.tidy(() => parameter.assign(parameter.read().sub(gradient.mul(learningRate))));
}

/** The slots of RMSProp. */
export interface RmsPropSlots {
  /** Running mean of the squared gradient, starting at 0. */
  readonly meanSquare: Variable;
  /** The momentum's accumulator, starting at 0. */
  readonly accumulator: Variable;
}

/** The settings of RMSProp in one step, each a scalar. */
export interface RmsPropSettings extends MomentumSettings {
  /** Decay of the mean square, 0.9 for instance. */
  readonly decay: Tensor;
  /** Keeps the division finite, 1e-7 for instance; it stands under the root. */
  readonly epsilon: Tensor;
}

/** RMSProp with momentum (Hinton's lecture 6e). */
export function applyRmsProp(
  parameter: Variable,
  { meanSquare, accumulator }: RmsPropSlots,
  { learningRate, decay, momentum, epsilon }: RmsPropSettings,
  gradient: Tensor,
): void {
  const variables = [parameter, meanSquare, accumulator];
  const inputs = [learningRate, decay, momentum, epsilon, gradient];
  if (applyFused("ResourceApplyRMSProp", variables, inputs)) return;
  tf.tidy(() => {
    const square = lerp(gradient.square(), meanSquare.read(), decay);
    const update = accumulator.read().mul(momentum)
      .add(learningRate.mul(gradient).div(square.add(epsilon).sqrt()));
    meanSquare.assign(square);
    accumulator.assign(update);
    parameter.assign(parameter.read().sub(update));
  });
}

/** `old·decay + new·(1 − decay)` */
function lerp(value: Tensor, old: Tensor, decay: Tensor): Tensor {
  return old.mul(decay).add(value.mul(tf.sub(1, decay)));
}

/** Runs a fused update, if the variables are TensorFlow's. */
function applyFused(op: string, variables: readonly Variable[], inputs: readonly Tensor[]): boolean {
  const backend = activeEngine()?.backend;
  const resources = variables.flatMap((variable) => variable instanceof ResourceVariable ? variable.resource : []);
  if (!backend || resources.length < variables.length) return false;
  backend.run(op, [], [...resources, ...backend.idsOf(inputs)], 0);
  return true;
}
