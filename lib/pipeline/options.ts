/** What the way from a configuration to a model is told, and what it tells. */
import type { ModelDocument } from "../model/mod.ts";
import type { TrainingEvent, TrainingOutcome } from "../training/mod.ts";
import type { EngineName } from "../engines/names.ts";

/** Where things are. */
export interface Places {
  /** The user's folder, for runs and caches. */
  readonly home: string;
  /** Where the model goes. */
  readonly models: string;
  /** The shipped data folder. */
  readonly data: string;
  /** A folder with libtensorflow. */
  readonly tensorflow?: string | undefined;
}

/** How far the reading of the data is. */
export interface DataEvent {
  /** Names the event. */
  readonly type: "data";
  /** What is being done, such as `decoding`. */
  readonly what: string;
  /** How much of it is done. */
  readonly done: number;
  /** How much there is in all. */
  readonly total: number;
}

/** What is said before training and between training and the finished model. */
export interface StageEvent {
  /** Names the event. */
  readonly type: "stage";
  /** One sentence. */
  readonly message: string;
}

/** Whatever is told on the way to a model. */
export type PipelineEvent = TrainingEvent | StageEvent | DataEvent;

/** Everything that a training command can be told beside the configuration. */
export interface PipelineOptions {
  /** Where things are. */
  readonly places: Places;
  /** Replaces a model of that name. */
  readonly force?: boolean | undefined;
  /** Runs op by op instead of capturing the step. */
  readonly eager?: boolean | undefined;
  /** The one engine to train on; the best that can be had by default. */
  readonly engine?: EngineName | undefined;
  /** The engine that the run was begun on, where it goes on. */
  readonly begunOn?: EngineName | undefined;
  /** Threads in all; the machine's cores by default. */
  readonly threads?: number | undefined;
  /** In how many shards a batch is computed; chosen by batch size and threads by default. */
  readonly shards?: number | undefined;
  /** Keeps the latents of some held-out pictures after every so many epochs; 0 for none. */
  readonly snapshots?: number | undefined;
  /** Stops with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  /** Called for every event. */
  readonly onEvent?: ((event: PipelineEvent) => void) | undefined;
}

/** How it ended. */
export interface PipelineResult {
  /** The run's id. */
  readonly run: string;
  /** How training ended. */
  readonly outcome: TrainingOutcome;
  /** model.json, unless training was interrupted. */
  readonly model: ModelDocument | undefined;
}
