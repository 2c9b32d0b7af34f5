/** Tells others about a run through its folder: events, snapshots, and what its process is asked to do from outside. */
import { join } from "node:path";
import type { RunState } from "../protocol_runs.ts";
import {
  type ControlCommand,
  ControlListener,
  DivergedError,
  type EpochEvent,
  EVENT_LOG,
  EventLog,
  type NewRunEvent,
  type RunFolder,
  type StepEvent,
  type Trainer,
  type TrainerPosition,
} from "../training/mod.ts";
import type { DataEvent, PipelineEvent, PipelineOptions } from "./options.ts";
import { MetricsBuffer } from "./metrics_buffer.ts";
import { OverfittingWatch } from "./overfitting.ts";
import type { SnapshotWriter } from "./live_snapshots.ts";
import type { TensorBoardRecorder } from "./tensorboard_recorder.ts";

/** A snapshot may cost one part in so many of the time since the last one. */
const SNAPSHOT_SHARE = 10;
const SNAPSHOT_MILLISECONDS = 1000;

/** A snapshot is taken after every so many-th part of an epoch, where time allows. */
const PARTS = 20;

const PROGRESS_MILLISECONDS = 250;

/** Records a run while it is prepared, trained and published. */
export class RunRecorder {
  /** Aborted by Ctrl-C and by `stop`: ends everything, with a checkpoint. */
  readonly signal: AbortSignal;
  /** Aborted by `finish` too: ends training alone. */
  readonly trainingSignal: AbortSignal;
  readonly #stop = new AbortController();
  readonly #finish = new AbortController();
  readonly #onEvent: PipelineOptions["onEvent"];
  readonly #overfitting = new OverfittingWatch();
  readonly #metrics = new MetricsBuffer((event) => this.#write(event));
  /** Events of the time before there is a run. */
  #early: NewRunEvent[] = [];
  #run: RunFolder | undefined;
  #log: EventLog | undefined;
  #control: ControlListener | undefined;
  #snapshots: SnapshotWriter | undefined;
  #tensorboard: TensorBoardRecorder | undefined;
  #paused: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #snapshotCost = 0;
  #snapshotAt = -Infinity;
  #snapshotStep = -1;
  #partSteps = 1;
  /** Where training began, until the snapshots of later steps are dropped. */
  #startStep: number | undefined;
  #progressAt = -Infinity;

  /**
   * Records nothing but events yet.
   *
   * @param options where else events go, and what ends the run
   */
  constructor(options: Pick<PipelineOptions, "signal" | "onEvent">) {
    this.#onEvent = options.onEvent;
    this.signal = AbortSignal.any([...options.signal === undefined ? [] : [options.signal], this.#stop.signal]);
    this.trainingSignal = AbortSignal.any([this.signal, this.#finish.signal]);
    this.trainingSignal.addEventListener("abort", () => this.#goOn());
  }

  /** Whether the model is to be published as it is. */
  get finishing(): boolean {
    return this.#finish.signal.aborted && !this.signal.aborted;
  }

  /** Opens the run's event log and listens for commands. */
  async attach(run: RunFolder): Promise<void> {
    this.#run = run;
    this.#log = EventLog.open(join(run.path, EVENT_LOG));
    this.#control = await ControlListener.start(run.path, (command) => this.#obey(command));
    this.state("running");
    for (const event of this.#early) this.#write(event);
    this.#early = [];
  }

  /** Takes snapshots from now on, and shows the run to TensorBoard where that is wanted. */
  watch(snapshots: SnapshotWriter, tensorboard?: TensorBoardRecorder): void {
    this.#snapshots = snapshots;
    this.#tensorboard = tensorboard;
  }

  /** Passes an event on, and records it; bound to this recorder. */
  readonly record = (event: PipelineEvent): void => {
    this.#onEvent?.(event);
    switch (event.type) {
      case "stage":
        return this.#write({ type: "log", message: event.message });
      case "data":
        return this.#recordProgress(event);
      case "warning":
        return this.#write({ type: "warning", kind: event.kind ?? "other", message: event.message });
      case "start": {
        const { step, totalSteps, epochs, parameters, captured } = event;
        this.#startStep = step;
        this.#tensorboard?.start(step);
        return this.#write({ type: "start", step, totalSteps, epochs, parameters, captured });
      }
      case "step":
        this.#tensorboard?.step(event);
        this.#partSteps = Math.max(1, Math.floor(event.batches / PARTS));
        return this.#recordStep(event);
      case "checkpoint":
        return this.#write({ type: "checkpoint", step: event.step });
      case "epoch":
        this.#tensorboard?.epoch(event);
        return this.#recordEpoch(event);
    }
  };

  /** Says how the run stands. */
  state(state: RunState, message?: string): void {
    this.#write({ type: "state", state, ...message === undefined ? {} : { message } });
    this.#log?.sync();
  }

  /** Says that the model is there. */
  model(model: string): void {
    this.#write({ type: "model", model });
  }

  /** Says why the run failed. */
  fail(error: unknown, message: string): void {
    if (error instanceof DivergedError) this.#write({ type: "warning", kind: "diverged", message });
    this.state("failed", message);
  }

  /** Between two steps: a snapshot where one is due, and the pause where one is wanted. */
  async betweenSteps(trainer: Trainer, position: TrainerPosition): Promise<void> {
    if (this.#isSnapshotDue(position.step)) await this.#takeSnapshot(trainer, position);
    if (this.#paused !== undefined) await this.#pause(trainer);
    await this.#tensorboard?.flush();
  }

  /** After an epoch: a snapshot, unless one was taken at this very step or snapshots are too dear for such short epochs. */
  async afterEpoch(trainer: Trainer, position: TrainerPosition, last: boolean): Promise<void> {
    if (position.step === this.#snapshotStep) return;
    if (last || this.#isAffordable()) await this.#takeSnapshot(trainer, position);
  }

  /** Ends the recording. */
  async close(): Promise<void> {
    this.#metrics.flush();
    await this.#tensorboard?.close();
    this.#control?.stop();
    this.#log?.close();
    this.#log = undefined;
  }

  #obey(command: ControlCommand): void {
    switch (command) {
      case "pause":
        this.#paused ??= Promise.withResolvers<void>();
        return;
      case "run":
        return this.#goOn();
      case "stop":
        return this.#stop.abort();
      case "finish":
        return this.#finish.abort();
    }
  }

  async #pause(trainer: Trainer): Promise<void> {
    await trainer.saveCheckpoint(); // so that nothing is lost if the process is ended meanwhile
    await this.#run!.update({ status: "paused" });
    this.state("paused");
    await this.#paused?.promise;
    await this.#run!.update({ status: "running" });
    this.state("running");
  }

  #goOn(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  #isSnapshotDue(step: number): boolean {
    if (this.#snapshots === undefined || this.trainingSignal.aborted) return false;
    if (this.#snapshotStep < 0) return true;
    return step - this.#snapshotStep >= this.#partSteps && this.#isAffordable();
  }

  #isAffordable(): boolean {
    return performance.now() - this.#snapshotAt >= Math.max(SNAPSHOT_MILLISECONDS, SNAPSHOT_SHARE * this.#snapshotCost);
  }

  async #takeSnapshot(trainer: Trainer, position: TrainerPosition): Promise<void> {
    if (this.#snapshots === undefined) return;
    const started = performance.now();
    if (this.#startStep !== undefined) await this.#snapshots.begin(this.#startStep);
    this.#startStep = undefined;
    const written = await this.#snapshots.write(trainer, position);
    this.#tensorboard?.snapshot(written);
    await this.#tensorboard?.flush();
    this.#write({ type: "snapshot", ...written.snapshot });
    this.#snapshotAt = performance.now();
    this.#snapshotCost = this.#snapshotAt - started;
    this.#snapshotStep = position.step;
  }

  #recordProgress({ what, done, total }: DataEvent): void {
    const now = performance.now();
    if (done < total && now - this.#progressAt < PROGRESS_MILLISECONDS) return;
    this.#progressAt = now;
    this.#write({ type: "progress", what, done, total });
  }

  #recordStep(event: StepEvent): void {
    this.#metrics.add(event);
  }

  #recordEpoch({ record, klPerLatent, best }: EpochEvent): void {
    this.#write({ type: "epoch", ...record, klPerLatent, best });
    const warning = this.#overfitting.add(record);
    if (warning !== undefined) this.record({ type: "warning", kind: "overfitting", message: warning });
  }

  /** Writes an event after the steps that came before it. */
  #write(event: NewRunEvent): void {
    if (event.type !== "metrics") this.#metrics.flush();
    if (this.#log === undefined) this.#early.push(event);
    else this.#log.append(event);
  }
}
