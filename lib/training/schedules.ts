/** Learning-rate schedules: pure functions of the step, so that a resumed run needs no state of its own. */
import type { ScheduleConfig } from "../vae/config_schema.ts";

type Plateau = Extract<ScheduleConfig, { kind: "plateau" }>;

/** Where a run is. */
export interface SchedulePosition {
  /** The update about to be made, from 0. */
  readonly step: number;
  readonly totalSteps: number;
  /** The validation losses so far, oldest first; only the plateau schedule looks at them. */
  readonly validationLosses?: readonly number[];
}

/**
 * The factor that a schedule puts on the base learning rate.
 *
 * @returns 0 to 1
 * @throws {RangeError} when the step is negative or not whole
 */
export function scheduleFactor(schedule: ScheduleConfig, position: SchedulePosition): number {
  const { step, totalSteps } = position;
  if (!Number.isInteger(step) || step < 0) {
    throw new RangeError(`Cannot look up a schedule: the step must be a whole number from 0: current value is ${step}`);
  }
  const warmup = schedule.warmupSteps;
  if (step < warmup) return (step + 1) / warmup;
  switch (schedule.kind) {
    case "constant":
      return 1;
    case "cosine": {
      const { floor } = schedule;
      const length = Math.max(1, totalSteps - warmup);
      const progress = Math.min(1, (step - warmup) / length);
      return floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress));
    }
    case "step":
      return schedule.factor ** Math.floor((step - warmup) / schedule.everySteps);
    case "plateau":
      return plateauFactor(schedule, position.validationLosses ?? []);
  }
}

/** `factor` to the power of the falls so far, never below the floor; losses are oldest first. */
function plateauFactor(schedule: Plateau, losses: readonly number[]): number {
  let best = Infinity;
  let waited = 0;
  let result = 1;
  for (const loss of losses) {
    if (loss < best - schedule.minimumGain) {
      best = loss;
      waited = 0;
    } else if (++waited >= schedule.patience) {
      result *= schedule.factor;
      waited = 0;
    }
  }
  return Math.max(result, schedule.floor);
}

/**
 * Whether a run should stop early: the best validation loss is `patience` evaluations old.
 *
 * @param losses validation losses, oldest first
 * @param patience evaluations without gain that are allowed, at least 1
 * @param minimumGain a fall smaller than this is no gain, nats
 */
export function shouldStopEarly(losses: readonly number[], patience: number, minimumGain = 0): boolean {
  let best = Infinity;
  let waited = 0;
  for (const loss of losses) {
    if (loss < best - minimumGain) {
      best = loss;
      waited = 0;
    } else waited++;
  }
  return waited >= patience;
}
