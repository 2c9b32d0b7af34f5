/** Events of a run in training. */
import type { RunWarningKind } from "../protocol_runs.ts";
import type { EpochRecord } from "./history.ts";
import type { StepMetrics, StepScalars } from "./step.ts";

/** The first event: what is about to happen. */
export interface StartEvent {
  readonly type: "start";
  readonly run: string;
  readonly captured: boolean;
  readonly parameters: number;
  readonly epochs: number;
  readonly totalSteps: number;
  /** Updates already made, above 0 for a resumed run. */
  readonly step: number;
}

/** A step has been made. Sent for every step: the display decides how often it draws. */
export interface StepEvent extends StepScalars {
  readonly type: "step";
  readonly epoch: number;
  readonly epochs: number;
  /** Updates made. */
  readonly step: number;
  /** Batches made of this epoch. */
  readonly batch: number;
  readonly batches: number;
  /** Mean loss of the epoch so far, nats per picture. */
  readonly loss: number;
  readonly reconstruction: number;
  readonly kl: number;
  /** Of this step alone. */
  readonly metrics: StepMetrics;
  /** Training pictures per second over this epoch. */
  readonly imagesPerSecond: number;
  /** Seconds left of the whole run, at this pace. */
  readonly secondsLeft: number;
}

/** An epoch has ended and was evaluated. */
export interface EpochEvent {
  readonly type: "epoch";
  readonly record: EpochRecord;
  /** KL of each latent over the held-out pictures, nats. */
  readonly klPerLatent: readonly number[];
  readonly epochs: number;
  /** Whether its validation loss is the best so far. */
  readonly best: boolean;
}

/** A checkpoint has been written. */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  /** Updates made. */
  readonly step: number;
}

/** Something that a person should know. */
export interface WarningEvent {
  readonly type: "warning";
  /** Why it was given; `other` where it is absent. */
  readonly kind?: RunWarningKind;
  readonly message: string;
}

/** Any of them. */
export type TrainingEvent = StartEvent | StepEvent | EpochEvent | CheckpointEvent | WarningEvent;
