/** Options, events and results of training a model from a configuration. */
import type { ModelDocument } from "../model/mod.ts";
import type { TrainingEvent, TrainingOutcome } from "../training/mod.ts";
import type { EngineName } from "../engines/names.ts";
import type { DeviceChoice } from "../tensorflow/mod.ts";

/** Where things are. */
export interface Places {
  /** The user's folder, for runs and caches. */
  readonly home: string;
  readonly models: string;
  /** The shipped data folder. */
  readonly data: string;
  /** A folder with libtensorflow. */
  readonly tensorflow?: string | undefined;
}

/** Progress in reading the data. */
export interface DataEvent {
  readonly type: "data";
  /** What is being done, such as `decoding`. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** A stage of the work before or after training has begun. */
export interface StageEvent {
  readonly type: "stage";
  readonly message: string;
}

/** Any event on the way to a model. */
export type PipelineEvent = TrainingEvent | StageEvent | DataEvent;

/** Options of a training command beside the configuration. */
export interface PipelineOptions {
  readonly places: Places;
  /** Where the model goes; on resume the run's own folder for it by default. */
  readonly out?: string | undefined;
  /** On resume: trains until so many epochs are done, also where the run is finished. */
  readonly epochs?: number | undefined;
  /** Goes on with a run whose pictures have changed since it was begun. */
  readonly allowChangedData?: boolean | undefined;
  /** Replaces a model of that name, and publishes one that is worse than a mean picture. */
  readonly force?: boolean | undefined;
  /** Runs op by op instead of capturing the step. */
  readonly eager?: boolean | undefined;
  /** The one engine to train on; the best that can be had by default. */
  readonly engine?: EngineName | undefined;
  /** The engine of a resumed run. */
  readonly begunOn?: EngineName | undefined;
  /** The processor, or a card for TensorFlow; a card where there is one by default. */
  readonly device?: DeviceChoice | undefined;
  readonly threads?: number | undefined;
  /** In how many shards a batch is computed; chosen by batch size and threads by default. */
  readonly shards?: number | undefined;
  /**
   * Keeps the latents of some held-out pictures after every so many epochs, 0 for none; by default after each, or as often
   * as gives 50 of them.
   */
  readonly snapshots?: number | undefined;
  /** Writes TensorBoard's event files too. */
  readonly tensorboard?: boolean | undefined;
  /** Stops with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: PipelineEvent) => void) | undefined;
}

/** How it ended. */
export interface PipelineResult {
  readonly run: string;
  readonly outcome: TrainingOutcome;
  /** The folder that the model went to, or is to go to. */
  readonly models: string;
  /** model.json, unless training was interrupted. */
  readonly model: ModelDocument | undefined;
}
