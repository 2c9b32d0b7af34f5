/** What a trainer is told, and what it tells at the end. */
import type { BestMark } from "./checkpoint.ts";
import type { TrainingEvent } from "./events.ts";
import type { EpochRecord } from "./history.ts";
import type { PictureSource } from "./pictures.ts";
import type { RunFolder } from "./run.ts";
import type { Schedule } from "./schedules.ts";
import type { Values } from "./state.ts";
import type { TrainableModel, UpdateOptions } from "./step.ts";
import type { Trainer } from "./trainer.ts";

/** Everything that a training run needs. */
export interface TrainerOptions {
  /** Where the run is kept; its newest checkpoint is gone on from. */
  readonly run: RunFolder;
  /** The model. */
  readonly model: TrainableModel;
  /** First values of the parameters, for a run without checkpoints. */
  readonly initial: Values;
  /** Parameters without a gradient. */
  readonly fixed?: ReadonlySet<string> | undefined;
  /** The pictures to train on. */
  readonly train: PictureSource;
  /** The held-out pictures that choose the best epoch. */
  readonly validation: PictureSource;
  /** The resolved configuration, kept in each checkpoint. */
  readonly config: Record<string, unknown>;
  /** What keys shuffling and noise. */
  readonly seed: number;
  /** Epochs of the whole run. */
  readonly epochs: number;
  /** Pictures a batch. */
  readonly batchSize: number;
  /** Optimizer, clipping, running average. */
  readonly update: UpdateOptions;
  /** The full learning rate. */
  readonly learningRate: number;
  /** How it moves. */
  readonly schedule: Schedule;
  /** The KL weight of a step, from 0. */
  readonly betaAt: (position: { readonly step: number; readonly stepsPerEpoch: number }) => number;
  /** The KL weight that the held-out loss is judged by. */
  readonly beta: number;
  /** Stops when the held-out loss has not gained for so many epochs; the best weights are kept then. */
  readonly earlyStopping?: { readonly patience: number; readonly minimumGain: number } | undefined;
  /** A checkpoint is written when the last is so old; 10 by default, 0 for none by time. */
  readonly checkpointMinutes?: number | undefined;
  /** A checkpoint is written after so many epochs, and after each that is the best so far; 1 by default, 0 for none. */
  readonly checkpointEpochs?: number | undefined;
  /** Runs op by op instead of capturing the step. */
  readonly eager?: boolean | undefined;
  /** Stops between two steps, with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  /** Called for every event. */
  readonly onEvent?: ((event: TrainingEvent) => void) | undefined;
  /** Called after each step; the next one waits until it is done. */
  readonly betweenSteps?: ((trainer: Trainer, position: TrainerPosition) => Promise<void> | void) | undefined;
  /** Called after each epoch's evaluation, for sample pictures. */
  readonly onEpoch?: ((trainer: Trainer, record: EpochRecord) => Promise<void> | void) | undefined;
  /** What the engine is called in checkpoints. */
  readonly engine: string;
}

/** Where a trainer is. */
export interface TrainerPosition {
  /** Updates made. */
  readonly step: number;
  /** The epoch, from 1. */
  readonly epoch: number;
}

/** How a training run came to its end. */
export interface TrainingOutcome {
  /** `finished` all epochs, stopped `early`, or `interrupted` by the signal. */
  readonly status: "finished" | "early" | "interrupted";
  /** Updates made. */
  readonly steps: number;
  /** Seconds of training, over all processes. */
  readonly trainSeconds: number;
  /** The history. */
  readonly history: readonly EpochRecord[];
  /** The best epoch. */
  readonly best: BestMark | undefined;
}
