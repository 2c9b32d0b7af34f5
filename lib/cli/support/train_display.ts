/** What `deno task train` shows: a progress bar per epoch on a terminal, plain lines elsewhere. */
import type { PipelineEvent } from "../../pipeline/mod.ts";
import type { EpochEvent, StartEvent, StepEvent } from "../../training/mod.ts";
import { describeSeconds, fitProgress, StageClock } from "./progress.ts";

const REDRAW_MILLISECONDS = 100;
const PLAIN_MILLISECONDS = 10_000;

/** Where a display writes. */
export interface DisplayTarget {
  /** Whether the bar is redrawn in place. */
  readonly terminal: boolean;
  readonly columns: () => number;
  readonly write: (text: string) => void;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
}

/** Shows the events of a training run. */
export class TrainingDisplay {
  readonly #target: DisplayTarget;
  #drawn = false;
  readonly #dataClock: StageClock;
  #lastDraw = -Infinity;

  /** @param target where to write; the process's standard output by default */
  constructor(target: DisplayTarget = standardOutput()) {
    this.#target = target;
    this.#dataClock = new StageClock(target.now);
  }

  show(event: PipelineEvent): void {
    switch (event.type) {
      case "data":
        this.#progress(event.done / event.total, this.#dataClock.describe(event.what, event.done, event.total));
        return;
      case "start":
        this.line(describeStart(event));
        return;
      case "step":
        this.#progress(event.batch / event.batches, describeStep(event));
        return;
      case "epoch":
        this.line(describeEpoch(event));
        return;
      case "warning":
        this.line(`warning: ${event.message}`);
        return;
      case "stage":
        this.line(event.message);
        return;
      case "checkpoint":
        return;
    }
  }

  /** Writes a line of its own, above the bar. */
  line(text: string): void {
    this.end();
    this.#target.write(`${text}\n`);
  }

  /** Takes the bar away. */
  end(): void {
    if (!this.#drawn) return;
    this.#target.write("\r\x1b[2K");
    this.#drawn = false;
  }

  /** Draws a bar, or writes a line where there is no terminal, but not too often. */
  #progress(share: number, text: string): void {
    const { terminal, now, write, columns } = this.#target;
    const time = now();
    if (this.#lastDraw === -Infinity && !terminal) this.#lastDraw = time;
    if (time - this.#lastDraw < (terminal ? REDRAW_MILLISECONDS : PLAIN_MILLISECONDS)) return;
    this.#lastDraw = time;
    if (!terminal) return write(`${text}\n`);
    write(`\r\x1b[2K${fitProgress(share, text, columns())}`);
    this.#drawn = true;
  }
}

function describeStart({ run, captured, parameters, epochs, step, totalSteps }: StartEvent): string {
  const way = captured ? "captured steps" : "op by op";
  const from = step === 0 ? "" : `, going on after step ${step} of ${totalSteps}`;
  return `Run ${run}: ${parameters.toLocaleString("en")} parameters, ${epochs} epochs, ${way}${from}`;
}

function describeStep(event: StepEvent): string {
  const { epoch, epochs, batch, batches, loss, reconstruction, kl, imagesPerSecond, secondsLeft } = event;
  return `epoch ${epoch}/${epochs} ${Math.floor(100 * batch / batches)}% ` +
    `${Math.round(imagesPerSecond).toLocaleString("en")} images/s, loss ${loss.toFixed(2)} ` +
    `(reconstruction ${reconstruction.toFixed(2)}, KL ${kl.toFixed(2)}), ${describeSeconds(secondsLeft)} left`;
}

function describeEpoch({ record, epochs, best }: EpochEvent): string {
  const { epoch, train, validation, imagesPerSecond, seconds } = record;
  return `epoch ${epoch}/${epochs} ${describeSeconds(seconds)}, ` +
    `${Math.round(imagesPerSecond).toLocaleString("en")} images/s, loss ${train.loss.toFixed(2)} ` +
    `(reconstruction ${train.reconstruction.toFixed(2)}, KL ${train.kl.toFixed(2)}), ` +
    `held-out ${validation.loss.toFixed(2)}${best ? " best" : ""}, ${validation.activeUnits} active`;
}

function standardOutput(): DisplayTarget {
  const encoder = new TextEncoder();
  return {
    terminal: Deno.stdout.isTerminal(),
    columns: () => Deno.consoleSize().columns,
    write: (text) => Deno.stdout.writeSync(encoder.encode(text)),
    now: () => performance.now(),
  };
}
