/** What a trainer is given, and how it ends. */
import type { TrainingConfig } from "../vae/config_schema.ts";
import type { ParameterValues } from "../vae/parameters.ts";
import type { BestMark } from "./checkpoint.ts";
import type { TrainingEvent } from "./events.ts";
import type { EpochRecord } from "./history.ts";
import type { PictureSource } from "./pictures.ts";
import type { RunFolder } from "./run.ts";
import type { TrainableModel } from "./step.ts";

/** Everything that a training run needs. */
export interface TrainerOptions {
  /** Where the run is kept; training continues from its newest checkpoint. */
  readonly run: RunFolder;
  /** Kept in each checkpoint. */
  readonly config: TrainingConfig;
  readonly model: TrainableModel;
  /** First values of the parameters, for a run without checkpoints. */
  readonly initial: ParameterValues;
  readonly train: PictureSource;
  /** The held-out pictures that choose the best epoch. */
  readonly validation: PictureSource;
  /** Runs op by op instead of capturing the step. */
  readonly eager?: boolean | undefined;
  /** Stops between two steps, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: TrainingEvent) => void) | undefined;
  /** Called after each step; the next one waits until it is done. */
  readonly betweenSteps?: ((position: TrainerPosition) => Promise<void> | void) | undefined;
  /** Called after each epoch's evaluation, for sample pictures. */
  readonly onEpoch?: ((record: EpochRecord) => Promise<void> | void) | undefined;
  /** What the engine is called in checkpoints. */
  readonly engine: string;
}

/** Where a trainer is. */
export interface TrainerPosition {
  /** Updates made. */
  readonly step: number;
  readonly epoch: number;
}

/** How a training run came to its end. */
export interface TrainingOutcome {
  /** `finished` all epochs, stopped `early`, or `interrupted` by the signal. */
  readonly status: "finished" | "early" | "interrupted";
  /** Updates made. */
  readonly steps: number;
  /** Over all processes. */
  readonly trainSeconds: number;
  readonly history: readonly EpochRecord[];
  readonly best: BestMark | undefined;
}
