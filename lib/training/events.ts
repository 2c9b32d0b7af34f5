/** What a trainer tells while it works. */
import type { RunWarningKind } from "../protocol_runs.ts";
import type { EpochRecord } from "./history.ts";
import type { StepMetrics, StepScalars } from "./step.ts";

/** The first event: what is about to happen. */
export interface StartEvent {
  /** Names the event. */
  readonly type: "start";
  /** The run's id. */
  readonly run: string;
  /** Whether steps run as one captured function. */
  readonly captured: boolean;
  /** How many numbers the parameters hold. */
  readonly parameters: number;
  /** Epochs of the whole run. */
  readonly epochs: number;
  /** Updates of the whole run. */
  readonly totalSteps: number;
  /** Updates already made, above 0 for a resumed run. */
  readonly step: number;
}

/** A step has been made. Sent for every step: whoever draws decides how often. */
export interface StepEvent extends StepScalars {
  /** Names the event. */
  readonly type: "step";
  /** The epoch, from 1. */
  readonly epoch: number;
  /** Epochs of the whole run. */
  readonly epochs: number;
  /** Updates made. */
  readonly step: number;
  /** Batches made of this epoch. */
  readonly batch: number;
  /** Batches an epoch. */
  readonly batches: number;
  /** Mean loss of the epoch so far, nats per picture. */
  readonly loss: number;
  /** Mean reconstruction of the epoch so far. */
  readonly reconstruction: number;
  /** Mean KL divergence of the epoch so far. */
  readonly kl: number;
  /** Of this step alone. */
  readonly metrics: StepMetrics;
  /** Training pictures a second over this epoch. */
  readonly imagesPerSecond: number;
  /** Seconds left of the whole run, at this pace. */
  readonly secondsLeft: number;
}

/** An epoch has ended and was evaluated. */
export interface EpochEvent {
  /** Names the event. */
  readonly type: "epoch";
  /** Its line of the history. */
  readonly record: EpochRecord;
  /** KL of each latent over the held-out pictures, nats. */
  readonly klPerLatent: readonly number[];
  /** Epochs of the whole run. */
  readonly epochs: number;
  /** Whether its validation loss is the best so far. */
  readonly best: boolean;
}

/** A checkpoint has been written. */
export interface CheckpointEvent {
  /** Names the event. */
  readonly type: "checkpoint";
  /** Updates made. */
  readonly step: number;
}

/** Something that a person should know. */
export interface WarningEvent {
  /** Names the event. */
  readonly type: "warning";
  /** Why it was given; `other` where it is absent. */
  readonly kind?: RunWarningKind;
  /** One sentence. */
  readonly message: string;
}

/** Any of them. */
export type TrainingEvent = StartEvent | StepEvent | EpochEvent | CheckpointEvent | WarningEvent;
