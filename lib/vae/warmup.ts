/** The weight of the KL divergence over a run: a pure function of the step, so that a resumed run needs no state. */
import type { ObjectiveConfig } from "./config_schema.ts";

/** Where a run stands. */
export interface StepPosition {
  /** The update about to be made, from 0. */
  readonly step: number;
  /** Updates per epoch. */
  readonly stepsPerEpoch: number;
}

/**
 * Beta at a step. Linear warm-up rises from 0 at step 0 to the full beta after `warmup.epochs` epochs. Cyclical warm-up
 * does so `warmup.cycles` times, each rise taking `warmup.ratio` of a cycle of `warmup.epochs` epochs (Fu et al. 2019),
 * and stays full afterwards.
 *
 * @returns 0 to `objective.beta`
 * @throws {RangeError} when the step is not a whole number from 0, or the epoch has no steps
 */
export function betaAt(
  { beta, warmup }: Pick<ObjectiveConfig, "beta" | "warmup">,
  { step, stepsPerEpoch }: StepPosition,
): number {
  if (!Number.isInteger(step) || step < 0) {
    throw new RangeError(`Cannot look up beta: the step must be a whole number from 0: current value is ${step}`);
  }
  if (!(stepsPerEpoch > 0)) {
    throw new RangeError(`Cannot look up beta: an epoch must have steps: current value is ${stepsPerEpoch}`);
  }
  const length = warmup.epochs * stepsPerEpoch;
  switch (warmup.kind) {
    case "none":
      return beta;
    case "linear":
      return beta * Math.min(1, step / length);
    case "cyclical": {
      if (step >= warmup.cycles * length || warmup.ratio === 0) return beta;
      return beta * Math.min(1, (step % length) / (length * warmup.ratio));
    }
  }
}
