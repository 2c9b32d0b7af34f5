/**
 * What passes between the browser and the server about training: datasets, runs and their events. Types and small
 * constants only: islands import this file, so nothing here may pull in a package.
 */
import type { PixelImage } from "./protocol.ts";

/** Most files that one request adds to an upload. */
export const MAX_UPLOAD_FILES = 5000;

/** Most bytes of one part of an uploaded file; a larger file comes in several. */
export const MAX_UPLOAD_PART = 8 * 2 ** 20;

/** Most characters of a file's path in an upload, and of a label. */
export const MAX_PATH_LENGTH = 1000;
export const MAX_LABEL_LENGTH = 80;

/** Pixels a side of a thumbnail. */
export const MIN_THUMBNAIL = 16;
export const MAX_THUMBNAIL = 256;

/** Pixels a side that a picture may be brought to for training. */
export const MIN_IMAGE_SIZE = 8;
export const MAX_IMAGE_SIZE = 256;

/** Most characters of a picture's id in a dataset. */
export const MAX_PICTURE_ID_LENGTH = 40;

/** Most pictures of a preview. */
export const MAX_PREVIEW = 24;

/** Most pictures that one change of a dataset names. */
export const MAX_CHANGED_PICTURES = 20_000;

/** Most pictures of a page of a dataset. */
export const MAX_DATASET_PAGE = 500;

/** Most points of each series that one request for metrics returns. */
export const MAX_METRIC_POINTS = 200_000;

/** Marks a run's newest snapshot where a model's name could stand, as in `run:faces-20260101-120000`. */
export const RUN_PREFIX = "run:";

/** Most runs of a page. */
export const MAX_RUN_PAGE = 500;

/** Most runs in an order of the queue. */
export const MAX_WAITING_RUNS = 1000;

/** Most characters of a configuration as YAML. */
export const MAX_YAML_LENGTH = 100_000;

/**
 * How a run stands.
 *
 * - `queued`: waits for its turn
 * - `starting`: its process was started and has not answered yet
 * - `running`, `paused`, `stopping`: its process lives
 * - `interrupted`: stopped with a checkpoint, to be resumed
 * - `lost`: its process ended without a word, to be resumed at its last checkpoint
 * - `finished`: its model is published
 * - `failed`: `failure` says why
 */
export const RUN_STATES = [
  "queued",
  "starting",
  "running",
  "paused",
  "stopping",
  "interrupted",
  "lost",
  "finished",
  "failed",
] as const;

/** One of {@linkcode RUN_STATES}. */
export type RunState = typeof RUN_STATES[number];

/** Why a warning was given. */
export type RunWarningKind = "collapse" | "overfitting" | "diverged" | "data" | "engine" | "other";

/** What every event of a run has. Ids count up from 1 without a gap. */
export interface RunEventBase {
  /** From 1, one more with each event. */
  readonly id: number;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
}

/** The run's process says how the run stands. */
export interface RunStateEvent extends RunEventBase {
  readonly type: "state";
  readonly state: RunState;
  /** Why, where there is more to say. */
  readonly message?: string;
}

/** Training begins, or goes on. Of a run that goes on, earlier points after `step` are void: they are trained again. */
export interface RunStartEvent extends RunEventBase {
  readonly type: "start";
  /** Updates already made. */
  readonly step: number;
  readonly totalSteps: number;
  readonly epochs: number;
  /** Numbers that the parameters hold. */
  readonly parameters: number;
  /** Whether a step runs as one captured function. */
  readonly captured: boolean;
}

/** Some steps, each array with one number per step. */
export interface RunMetricsEvent extends RunEventBase {
  readonly type: "metrics";
  readonly step: readonly number[];
  readonly loss: readonly number[];
  readonly reconstruction: readonly number[];
  readonly kl: readonly number[];
  readonly learningRate: readonly number[];
  readonly beta: readonly number[];
  /** From 1. */
  readonly epoch: number;
  /** Training pictures per second over the epoch so far. */
  readonly imagesPerSecond: number;
  /** Seconds left of the whole run. */
  readonly secondsLeft: number;
}

/** Means over some pictures, nats per picture. */
export interface RunLoss {
  readonly loss: number;
  readonly reconstruction: number;
  readonly kl: number;
}

/** An epoch has ended and was evaluated on the held-out pictures. */
export interface RunEpochEvent extends RunEventBase {
  readonly type: "epoch";
  readonly epoch: number;
  readonly step: number;
  readonly train: RunLoss;
  readonly validation: RunLoss & { readonly activeUnits: number };
  /** KL of each latent over the held-out pictures, nats. */
  readonly klPerLatent: readonly number[];
  readonly learningRate: number;
  readonly beta: number;
  readonly seconds: number;
  readonly imagesPerSecond: number;
  /** Whether its held-out loss is the best so far. */
  readonly best: boolean;
}

/** A snapshot was kept; its files are at `/api/runs/<run>/snapshots/<step>/<file>`. */
export interface RunSnapshotEvent extends RunEventBase, RunSnapshot {
  readonly type: "snapshot";
}

/** What a snapshot holds besides its files. */
export interface RunSnapshot {
  /** Updates made. */
  readonly step: number;
  /** From 1. */
  readonly epoch: number;
  /** Mean squared error of the pictures that are shown, pixels 0 to 1. */
  readonly mse: number;
  /** KL of each latent over the mapped pictures, nats. */
  readonly klPerLatent: readonly number[];
  /** SHA-256 of decoder.onnx, hexadecimal. */
  readonly decoderSha256: string;
}

/** A checkpoint was written: where a run that is stopped or lost goes on. */
export interface RunCheckpointEvent extends RunEventBase {
  readonly type: "checkpoint";
  readonly step: number;
}

/** Something that a person should know, with what to do about it. */
export interface RunWarningEvent extends RunEventBase {
  readonly type: "warning";
  readonly kind: RunWarningKind;
  readonly message: string;
}

/** A line of the log. */
export interface RunLogEvent extends RunEventBase {
  readonly type: "log";
  readonly message: string;
}

/** How far the reading or fetching of something is. */
export interface RunProgressEvent extends RunEventBase {
  readonly type: "progress";
  /** What is counted, such as `decoding` or `megabytes`. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** The model was exported, checked and published. */
export interface RunModelEvent extends RunEventBase {
  readonly type: "model";
  /** Its name, as `/api/models` has it. */
  readonly model: string;
}

/** The types of a run's events. */
export const RUN_EVENT_TYPES = [
  "state",
  "start",
  "metrics",
  "epoch",
  "snapshot",
  "checkpoint",
  "warning",
  "log",
  "progress",
  "model",
] as const satisfies readonly RunEvent["type"][];

/** A line of a run's events.jsonl, sent as the event of that type. */
export type RunEvent =
  | RunStateEvent
  | RunStartEvent
  | RunMetricsEvent
  | RunEpochEvent
  | RunSnapshotEvent
  | RunCheckpointEvent
  | RunWarningEvent
  | RunLogEvent
  | RunProgressEvent
  | RunModelEvent;

/** One line of `GET /api/runs`; also `event: run` of a run's stream, which has no id. */
export interface RunSummary {
  readonly id: string;
  /** The name of the model that it makes. */
  readonly name: string;
  /** What a person reads. */
  readonly title: string;
  readonly state: RunState;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The configuration's `data.source`. */
  readonly source: string;
  readonly epochs: number;
  /** Epochs that have ended. */
  readonly epoch: number;
  /** The best held-out loss so far, nats per picture. */
  readonly bestLoss?: number;
  /** Why it failed. */
  readonly failure?: string;
  /** Its place in the queue, from 0. */
  readonly position?: number;
  /** The step of the newest snapshot. */
  readonly snapshot?: number;
  /** The run that it was forked from. */
  readonly forkedFrom?: string;
  /** The model that came out of it, where that is still there. */
  readonly model?: string;
  /** What can be done with it now. */
  readonly actions: readonly RunAction[];
}

/** What `POST /api/runs/<id>/<action>` takes; `delete` and `fork` have requests of their own. */
export type RunAction = "pause" | "resume" | "stop" | "discard" | "finish" | "fork" | "delete";

/** `GET /api/runs/<id>`. */
export interface RunDetail extends RunSummary {
  /** The resolved configuration. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The same as YAML. */
  readonly yaml: string;
  /** The id of the newest event. */
  readonly lastEvent: number;
  readonly snapshots: readonly RunSnapshot[];
}

/** `GET /api/runs`: `total` counts the runs of the query on all pages. */
export interface RunPage {
  readonly runs: readonly RunSummary[];
  readonly total: number;
}

/** `POST /api/runs`: either a configuration or a YAML. */
export interface StartRunRequest {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly yaml?: string;
  /** Replaces a model of that name; without it a name that is taken gets a number. */
  readonly force?: boolean;
  /** The run to fork. */
  readonly fork?: { readonly run: string; readonly weights: boolean };
  /** Writes TensorBoard's event files too. */
  readonly tensorboard?: boolean;
}

/** `POST /api/runs/<id>/stop`. */
export interface StopRunRequest {
  /** `checkpoint`: to be resumed; `model`: the model as it is, exported; `nothing`: the run is deleted. */
  readonly keep: "checkpoint" | "model" | "nothing";
}

/** `GET` and `PUT /api/queue`: the waiting runs, first to last. */
export interface RunQueue {
  readonly order: readonly string[];
}

/** `GET /api/runs/<id>/metrics`: the run's steps and epochs, each array with one number per step or epoch. */
export interface RunMetrics {
  readonly steps: Readonly<Record<MetricName, readonly number[]>>;
  readonly epochs: {
    readonly epoch: readonly number[];
    readonly step: readonly number[];
    readonly train: readonly number[];
    readonly validation: readonly number[];
    readonly reconstruction: readonly number[];
    readonly kl: readonly number[];
    readonly imagesPerSecond: readonly number[];
  };
  /** The id of the newest event that went into them: give it as `after` to the event stream. */
  readonly lastEvent: number;
}

/** The series of a run's steps. */
export type MetricName = "step" | "loss" | "reconstruction" | "kl" | "learningRate" | "beta" | "imagesPerSecond";

/** `POST /api/runs/<id>/decode`. */
export interface RunDecodeRequest {
  /** One latent, or several. */
  readonly z: readonly number[] | readonly (readonly number[])[];
  /** Which snapshot; the newest where it is not given. */
  readonly step?: number;
}

/** The pictures of {@linkcode RunDecodeRequest}. */
export interface RunDecodeResponse {
  readonly run: string;
  readonly step: number;
  readonly images: readonly PixelImage[];
}

/** `POST /api/runs/<id>/replay`: one latent through every kept snapshot; a film where a picture type is asked for. */
export interface ReplayRequest {
  readonly z: readonly number[];
  /** Of a film: milliseconds per frame. */
  readonly delayMs?: number;
  /** Of a film: every pixel becomes a square of this side. */
  readonly scale?: number;
}

/** `images[i]` is the picture at `steps[i]`. */
export interface ReplayResponse {
  readonly run: string;
  readonly steps: readonly number[];
  readonly images: readonly PixelImage[];
}

/** A preset in plain words. */
export interface TrainingPreset {
  /** `quick`, `good` or `best`. */
  readonly name: "quick" | "good" | "best";
  readonly title: string;
  readonly description: string;
  /** The complete configuration. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** `GET /api/training`: what the form is made of. */
export interface TrainingForm {
  /** JSON Schema (2020-12) of the configuration, with a default, a range and a sentence (`description`) for each key. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The configuration that says nothing, resolved. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly presets: readonly TrainingPreset[];
}

/** `POST /api/training/config`: a configuration or a YAML, to be resolved. */
export interface ConfigRequest {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly yaml?: string;
}

/** The resolved configuration in both forms. A fault is answered by a problem whose `field` names the key. */
export interface ConfigResponse {
  readonly config: Readonly<Record<string, unknown>>;
  readonly yaml: string;
}

/** `POST /api/training/estimate`: measured by some steps on this machine. */
export interface EstimateResponse {
  /** Seconds of the whole run. */
  readonly seconds: number;
  readonly secondsPerStep: number;
  readonly steps: number;
  /** Most memory of the process while it trained, bytes. */
  readonly memory: number;
  readonly parameters: number;
  /** The engine that trained, such as `tensorflow 2.21 on the CPU`. */
  readonly engine: string;
  /** Whether another run trained meanwhile, so that this is slower than it will be. */
  readonly busy: boolean;
}

/** `POST /api/uploads`: begins an upload; it becomes the dataset of that name. */
export interface UploadRequest {
  /** 1 to 64 letters, digits, dots, dashes and underscores. */
  readonly name: string;
}

/** A file that is about to be sent. */
export interface UploadFileRequest {
  /** Its path within the dropped folder, with `/`; the first folder in which paths differ is the label. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** `POST /api/uploads/<id>/files`. A path that is known already keeps its number and what has come of it. */
export interface UploadFilesRequest {
  readonly files: readonly UploadFileRequest[];
}

/**
 * `PUT /api/uploads/<id>/files/<file>?offset=<received>`: a part of a file as the body, at most
 * {@linkcode MAX_UPLOAD_PART} bytes. Answered by {@linkcode UploadFileState}; of a file that came whole but was not
 * checked (no `pictures`), send an empty part.
 */

/** `received` of each file that was named, in that order: send it from there on. */
export interface UploadFilesResponse {
  readonly files: readonly UploadFileState[];
}

/** How far a file is. */
export interface UploadFileState {
  /** Its number in this upload. */
  readonly file: number;
  readonly path: string;
  readonly size: number;
  /** Bytes that have come; send the next part from here. */
  readonly received: number;
  /** Pictures that it gave: 1, or more of an archive; absent until it is whole and checked. */
  readonly pictures?: number;
  /** Why it, or what is in it, can't be used, one entry per bad file; the rest is kept. */
  readonly problems?: readonly BadFile[];
}

/** A file that can't be used. */
export interface BadFile {
  readonly path: string;
  readonly reason: string;
}

/** `GET /api/uploads/<id>`: with `?files=true` its files too, so that a client can go on after a lost connection. */
export interface UploadState {
  readonly id: string;
  readonly name: string;
  readonly files: number;
  /** Files that have come whole. */
  readonly complete: number;
  readonly bytes: number;
  readonly received: number;
  readonly pictures: number;
  readonly bad: readonly BadFile[];
  /** Only with `?files=true`. */
  readonly states?: readonly UploadFileState[];
}

/** One line of `GET /api/datasets`. */
export interface DatasetSummary {
  /** What `data.source` of a configuration takes. */
  readonly source: string;
  readonly name: string;
  readonly about: string;
  /** `known` ones come with Latentboard or by a command, `own` ones were uploaded, `folder` lies under `--data-root`. */
  readonly kind: "known" | "own" | "folder";
  /** Whether it is on this machine. */
  readonly available: boolean;
  /** Where it is known without reading it. */
  readonly count?: number;
  readonly labels?: number;
  readonly bytes?: number;
  readonly createdAt?: string;
}

/** `GET /api/datasets`. */
export interface DatasetList {
  readonly datasets: readonly DatasetSummary[];
  /** Folders that `--data-root` names. */
  readonly roots: readonly string[];
  /** Bytes that uploads hold, may hold, and that the disk has left. */
  readonly space: { readonly used: number; readonly cap: number; readonly free: number };
}

/** A label of a dataset. */
export interface DatasetLabel {
  /** Empty for pictures without one. */
  readonly name: string;
  readonly count: number;
}

/** `GET /api/datasets/<name>`: an uploaded dataset. */
export interface DatasetDetail extends DatasetSummary {
  readonly pictures: number;
  readonly labelCounts: readonly DatasetLabel[];
  /** Of the pictures' longer side, pixels. */
  readonly sizes: { readonly smallest: number; readonly median: number; readonly largest: number };
  readonly shapes: { readonly landscape: number; readonly portrait: number; readonly square: number };
  readonly colours: {
    readonly grey: number;
    readonly colour: number;
    readonly transparent: number;
    /** The mean of all pictures, 0 to 255. */
    readonly mean: readonly [number, number, number];
  };
  /** Groups of the same bytes, by picture id. */
  readonly duplicates: readonly (readonly string[])[];
  readonly bad: readonly BadFile[];
}

/** A picture of a dataset. */
export interface DatasetPicture {
  readonly id: string;
  readonly label: string;
  /** Its file's name. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  /** Whether another picture has the same bytes. */
  readonly duplicate: boolean;
}

/** `GET /api/datasets/<name>/pictures`: `?label`, `?offset`, `?limit`. */
export interface DatasetPage {
  readonly pictures: readonly DatasetPicture[];
  readonly total: number;
}

/** `PATCH /api/datasets/<name>`: what is given is changed, in this order. */
export interface DatasetChange {
  /** Renames labels; two of the same new name become one. */
  readonly rename?: readonly { readonly from: string; readonly to: string }[];
  /** Gives pictures another label. */
  readonly move?: readonly { readonly ids: readonly string[]; readonly to: string }[];
  /** Takes pictures out. */
  readonly remove?: readonly string[];
}

/**
 * `POST /api/preview`: some pictures of any source beside what training will see of them. Size, colours and fit are the
 * pictures' own where they are not given, as in training.
 */
export interface PreviewRequest {
  readonly source: string;
  readonly imageSize?: number;
  readonly channels?: 1 | 3;
  readonly fit?: "cover" | "contain";
  /** How many. */
  readonly count?: number;
}

/** `originals[i]` as it is (shrunk to at most 256 pixels a side), `fitted[i]` as training sees it. */
export interface PreviewResponse {
  readonly originals: readonly PixelImage[];
  readonly fitted: readonly PixelImage[];
}

/** `GET /api/folders`: what lies under the roots; with `?path=` in that folder. */
export interface FolderList {
  /** Absent for the roots themselves. */
  readonly path?: string;
  readonly folders: readonly { readonly path: string; readonly name: string }[];
  /** Pictures that lie in it directly. */
  readonly pictures: number;
}
