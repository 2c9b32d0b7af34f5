/** Learning-rate schedules: pure functions of the step, so that a resumed run needs no state of its own. */

/** How the learning rate moves over a run. Every kind may be preceded by a linear warm-up. */
export type Schedule =
  | ConstantSchedule
  | CosineSchedule
  | StepSchedule
  | PlateauSchedule;

/** What every schedule has. */
export interface ScheduleBase {
  /** Steps over which the rate rises linearly from 0 to the full rate; 0 for none. */
  readonly warmupSteps?: number;
}

/** The rate stays. */
export interface ConstantSchedule extends ScheduleBase {
  /** Names the schedule. */
  readonly kind: "constant";
}

/** Half a cosine from the full rate down to `floor` times it (Loshchilov & Hutter 2017, SGDR, without restarts). */
export interface CosineSchedule extends ScheduleBase {
  /** Names the schedule. */
  readonly kind: "cosine";
  /** The last rate as a fraction of the first, 0 to 1; 0 by default. */
  readonly floor?: number;
}

/** Multiplied by `factor` every `everySteps` steps. */
export interface StepSchedule extends ScheduleBase {
  /** Names the schedule. */
  readonly kind: "step";
  /** Steps between two falls, at least 1. */
  readonly everySteps: number;
  /** What the rate is multiplied by at each fall, 0 to 1. */
  readonly factor: number;
}

/** Multiplied by `factor` when the validation loss has not fallen for `patience` evaluations. */
export interface PlateauSchedule extends ScheduleBase {
  /** Names the schedule. */
  readonly kind: "plateau";
  /** What the rate is multiplied by, 0 to 1. */
  readonly factor: number;
  /** Evaluations without gain before the rate falls, at least 1. */
  readonly patience: number;
  /** A fall of the loss smaller than this is no gain, nats; 0 by default. */
  readonly minimumGain?: number;
  /** The rate never falls below this fraction of the full one; 0 by default. */
  readonly floor?: number;
}

/** Where a run stands when a rate is asked for. */
export interface SchedulePosition {
  /** The update about to be made, from 0. */
  readonly step: number;
  /** Updates in the whole run. */
  readonly totalSteps: number;
  /** The validation losses so far, oldest first; only the plateau schedule looks at them. */
  readonly validationLosses?: readonly number[];
}

/**
 * The factor that a schedule puts on the base learning rate.
 *
 * @param schedule which schedule
 * @param position the step, the run's length and, for a plateau, the validation losses so far
 * @returns 0 to 1
 * @throws {RangeError} when the step is negative or not whole
 */
export function scheduleFactor(schedule: Schedule, position: SchedulePosition): number {
  const { step, totalSteps } = position;
  if (!Number.isInteger(step) || step < 0) {
    throw new RangeError(`Cannot look up a schedule: the step must be a whole number from 0: current value is ${step}`);
  }
  const warmup = schedule.warmupSteps ?? 0;
  if (step < warmup) return (step + 1) / warmup;
  switch (schedule.kind) {
    case "constant":
      return 1;
    case "cosine": {
      const floor = schedule.floor ?? 0;
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

/**
 * The factor that a plateau schedule has reached after some evaluations.
 *
 * @param schedule factor, patience and the least gain
 * @param losses validation losses, oldest first
 * @returns `factor` to the power of the falls so far, never below the floor
 */
export function plateauFactor(schedule: PlateauSchedule, losses: readonly number[]): number {
  let best = Infinity;
  let waited = 0;
  let result = 1;
  for (const loss of losses) {
    if (loss < best - (schedule.minimumGain ?? 0)) {
      best = loss;
      waited = 0;
    } else if (++waited >= schedule.patience) {
      result *= schedule.factor;
      waited = 0;
    }
  }
  return Math.max(result, schedule.floor ?? 0);
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
