/** What is known of a run from its events, in the order of their ids. */
import type {
  RunEpochEvent,
  RunEvent,
  RunMetricsEvent,
  RunProgressEvent,
  RunSnapshot,
  RunStartEvent,
  RunWarningEvent,
} from "../../protocol_runs.ts";
import { RunCurves } from "./run_curves.ts";

/** A line of the log. */
export interface LogLine {
  readonly id: number;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  readonly text: string;
}

/** A run's past, added to event by event. */
export class RunRecord {
  readonly curves: RunCurves = new RunCurves();
  readonly epochs: RunEpochEvent[] = [];
  readonly snapshots: RunSnapshot[] = [];
  readonly warnings: RunWarningEvent[] = [];
  readonly log: LogLine[] = [];
  start: RunStartEvent | undefined;
  /** The newest metrics. */
  newest: Pick<RunMetricsEvent, "epoch" | "imagesPerSecond" | "secondsLeft"> | undefined;
  /** What is being read or fetched, until training begins. */
  progress: RunProgressEvent | undefined;

  /** Takes the next event. */
  add(event: RunEvent): void {
    switch (event.type) {
      case "start":
        this.start = event;
        this.progress = undefined;
        this.#cutAfter(event.step);
        break;
      case "metrics": {
        this.curves.add(event);
        const { epoch, imagesPerSecond, secondsLeft } = event;
        this.newest = { epoch, imagesPerSecond, secondsLeft };
        break;
      }
      case "epoch":
        this.epochs.push(event);
        break;
      case "snapshot":
        this.snapshots.push(event);
        break;
      case "progress":
        this.progress = event;
        break;
      case "warning":
        this.warnings.push(event);
        break;
      case "log":
      case "state":
      case "checkpoint":
      case "model":
        break;
    }
    const text = describeEvent(event);
    if (text !== undefined) this.log.push({ id: event.id, time: event.time, text });
  }

  /** Of a run that goes on at a checkpoint, what came after it is trained again. */
  #cutAfter(step: number): void {
    this.curves.cutAfter(step);
    for (const list of [this.epochs, this.snapshots]) {
      while (list.length > 0 && list.at(-1)!.step > step) list.pop();
    }
  }
}

function describeEvent(event: RunEvent): string | undefined {
  switch (event.type) {
    case "state":
      return event.message === undefined ? `Now ${event.state}` : `Now ${event.state}: ${event.message}`;
    case "start":
      return event.step === 0
        ? `Training begins: ${event.totalSteps.toLocaleString("en")} steps in ${event.epochs} epochs`
        : `Training goes on after step ${event.step.toLocaleString("en")}`;
    case "epoch":
      return `Epoch ${event.epoch}: held-out loss ${event.validation.loss.toFixed(2)}${event.best ? ", the best" : ""}`;
    case "checkpoint":
      return `Checkpoint at step ${event.step.toLocaleString("en")}`;
    case "warning":
      return `Warning: ${event.message}`;
    case "log":
      return event.message;
    case "model":
      return `The model ${event.model} is published`;
    case "metrics":
    case "snapshot":
    case "progress":
      return undefined;
  }
}
