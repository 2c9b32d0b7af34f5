/**
 * The training loop. A run that was stopped, killed or crashed continues from its newest whole checkpoint and ends with
 * the very weights of a run that was never interrupted: batches are a function of (seed, epoch), noise of (seed, step),
 * rates of the step, and everything else is in the checkpoint.
 */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import type { RunWarningKind } from "../protocol_runs.ts";
import { writeFileAtomic } from "../system/files.ts";
import { createStep, StepCache } from "../tensorflow/mod.ts";
import { betaAt } from "../vae/warmup.ts";
import { yieldToEventLoop } from "./event_loop.ts";
import {
  checkpointName,
  type CheckpointState,
  describeWriteFailure,
  type EpochSums,
  readCheckpoint,
  readNewestCheckpoint,
  writeCheckpoint,
} from "./checkpoint.ts";
import { DivergedError } from "./divergence.ts";
import { type Evaluation, Evaluator } from "./evaluator.ts";
import type { TrainingEvent } from "./events.ts";
import { iterate } from "./pictures.ts";
import { appendHistory, type EpochRecord, formatHistory, readHistory } from "./history.ts";
import { scheduleFactor, shouldStopEarly } from "./schedules.ts";
import { allFinite, ModelState } from "./state.ts";
import {
  labelsOf,
  readMetrics,
  type StepInput,
  type StepMetrics,
  type StepScalars,
  trainingScalars,
  trainingStep,
} from "./step.ts";
import type { TrainerOptions, TrainingOutcome } from "./trainer_options.ts";

type Position = { -readonly [K in keyof Omit<CheckpointState, "config" | "engine" | "seed">]: CheckpointState[K] };

const NO_SUMS: EpochSums = { loss: 0, reconstruction: 0, kl: 0, pictures: 0, seconds: 0 };

/** One run's training. Make it, {@linkcode Trainer.train}, use its state, dispose of it. */
export class Trainer {
  readonly state: ModelState;
  readonly evaluator: Evaluator;
  readonly #options: TrainerOptions;
  readonly #steps: StepCache<StepInput, "metrics">;
  readonly #batches: number;
  #history: EpochRecord[] = [];
  #position: Position = {
    step: 0,
    epoch: 1,
    batch: 0,
    sums: NO_SUMS,
    validationLosses: [],
    historyLength: 0,
    trainSeconds: 0,
  };
  #saved: { step: number; epoch: number } | undefined;
  #savedAt = performance.now();
  #lastLoss: number | undefined;
  #warnedOfCollapse = false;
  #evaluationSeconds = 0;

  /**
   * Makes the variables; nothing is read or written before {@linkcode Trainer.train}.
   */
  constructor(options: TrainerOptions) {
    const { initial, config, model, eager = false } = options;
    const { optimizer, emaDecay, seed, batchSize } = config;
    this.#options = options;
    this.#batches = Math.ceil(options.train.count / batchSize);
    this.state = new ModelState(initial, { optimizer, ema: emaDecay > 0, fixed: model.fixed });
    this.#steps = new StepCache((count) =>
      createStep(trainingStep(model, this.state, config, Number(count)), { capture: !eager })
    );
    this.evaluator = new Evaluator(model, this.state, { eager, seed, batchSize });
  }

  /**
   * Trains to the end, from the newest whole checkpoint where there is one.
   *
   * @returns how it ended; {@linkcode Trainer.state} then holds the last weights, or the best after early stopping
   * @throws {DivergedError} when the loss or a weight is no longer finite; checkpoints are intact
   * @throws {LatentboardError} `unavailable` when the disk is full, `damaged` when no checkpoint is whole
   */
  async train(): Promise<TrainingOutcome> {
    await this.#resume();
    const { run, eager = false, train, config: { epochs, batchSize } } = this.#options;
    const captured = this.#steps.get(String(Math.min(batchSize, train.count))).captured;
    const { step } = this.#position;
    const parameters = this.state.parameterCount;
    this.#emit({ type: "start", run: run.info.id, captured, parameters, epochs, totalSteps: this.#totalSteps, step });
    if (!captured && !eager) {
      this.#warn("Steps run op by op: this engine can't capture them into one function", "engine");
    }

    let status: TrainingOutcome["status"] = "finished";
    while (this.#position.epoch <= epochs) {
      if (this.#stopsEarly()) {
        status = "early";
        break;
      }
      if (!await this.#trainEpoch() || !await this.#endEpoch()) {
        status = "interrupted";
        break;
      }
    }
    await this.saveCheckpoint();
    await this.#drawCurves(true);
    if (status !== "interrupted") await this.#restoreBest();
    return this.outcome(status);
  }

  /** What has been done so far. */
  outcome(status: TrainingOutcome["status"]): TrainingOutcome {
    const { step, trainSeconds, best } = this.#position;
    return { status, steps: step, trainSeconds, best, history: this.#history };
  }

  /** Frees variables and captured functions. */
  dispose(): void {
    this.#steps.dispose();
    this.evaluator.dispose();
    this.state.dispose();
  }

  get #totalSteps(): number {
    return this.#batches * this.#options.config.epochs;
  }

  async #resume(): Promise<void> {
    const { run } = this.#options;
    const found = await readNewestCheckpoint(run.checkpoints);
    const records = await readHistory(run.history);
    if (found !== undefined) {
      for (const { reason } of found.skipped) {
        this.#warn(`${reason}; going on from step ${found.checkpoint.state.step}`);
      }
      const { config: _config, engine, seed: _seed, ...position } = found.checkpoint.state;
      if (engine !== this.#options.engine) {
        this.#warn(
          `This run was begun on ${engine}: on ${this.#options.engine} the last digits can come out otherwise`,
          "engine",
        );
      }
      this.state.restore(found.checkpoint.tensors);
      this.#position = position;
      this.#saved = { step: position.step, epoch: position.epoch };
    }
    this.#history = records.slice(0, this.#position.historyLength);
    if (records.length !== this.#history.length) await writeFileAtomic(run.history, formatHistory(this.#history));
  }

  /** Trains the rest of the epoch; false when it was interrupted. */
  async #trainEpoch(): Promise<boolean> {
    const { train, config, model, signal, betweenSteps } = this.#options;
    const { batchSize, seed } = config;
    const position = this.#position;
    const request = { batchSize, seed, epoch: position.epoch, shuffle: true, start: position.batch };
    const source = iterate(train.batches(request));
    let next = await source.next();
    while (!next.done) {
      if (signal?.aborted) return false;
      const started = performance.now();
      const { images, count, labels } = next.value;
      const scalars = this.#scalars();
      const step = this.#steps.get(String(count));
      const running = step.runInBackground({
        images,
        seed: Int32Array.of(seed, position.step),
        scalars: trainingScalars(config, scalars, position.step),
        labels: labelsOf(model, labels),
      });
      const [outputs, following] = await Promise.all([running, source.next()]); // made ready while the step runs
      if (!step.captured) await yieldToEventLoop();
      const metrics = await readMetrics(outputs.metrics);
      next = following;
      this.#countStep(metrics, scalars, count, (performance.now() - started) / 1000);
      if (this.#isCheckpointDue()) await this.saveCheckpoint();
      await betweenSteps?.({ step: position.step, epoch: position.epoch });
    }
    return true;
  }

  #scalars(): StepScalars {
    const { schedule, optimizer, objective } = this.#options.config;
    const { step, validationLosses } = this.#position;
    const totalSteps = this.#totalSteps;
    const factor = scheduleFactor(schedule, { step, totalSteps, validationLosses });
    return {
      learningRate: optimizer.learningRate * factor,
      beta: betaAt(objective, { step, stepsPerEpoch: this.#batches }),
    };
  }

  #countStep(metrics: StepMetrics, scalars: StepScalars, pictures: number, seconds: number): void {
    const position = this.#position;
    if (!Number.isFinite(metrics.loss)) throw this.#diverged(metrics, scalars);
    this.#lastLoss = metrics.loss;
    const { sums } = position;
    position.step++;
    position.batch++;
    position.trainSeconds += seconds;
    position.sums = {
      loss: sums.loss + metrics.loss * pictures,
      reconstruction: sums.reconstruction + metrics.reconstruction * pictures,
      kl: sums.kl + metrics.kl * pictures,
      pictures: sums.pictures + pictures,
      seconds: sums.seconds + seconds,
    };
    const { epochs } = this.#options.config;
    const pace = position.sums.seconds / position.batch;
    this.#emit({
      type: "step",
      epoch: position.epoch,
      epochs,
      step: position.step,
      batch: position.batch,
      batches: this.#batches,
      ...meansOf(position.sums),
      metrics,
      ...scalars,
      imagesPerSecond: position.sums.pictures / position.sums.seconds,
      secondsLeft: pace * (this.#totalSteps - position.step) +
        this.#evaluationSeconds * (epochs - position.epoch + 1),
    });
  }

  /** Evaluates and records the epoch; false when it was interrupted. */
  async #endEpoch(): Promise<boolean> {
    const { validation, signal, run, onEpoch, config: { epochs, objective, checkpoint } } = this.#options;
    const position = this.#position;
    const started = performance.now();
    let evaluation: Evaluation;
    try {
      evaluation = await this.evaluator.evaluate(validation, objective.beta, signal);
    } catch (error) {
      if (signal?.aborted && error === signal.reason) return false;
      throw error;
    }
    this.#evaluationSeconds = (performance.now() - started) / 1000;
    position.trainSeconds += this.#evaluationSeconds;
    const { sums } = position;
    const { loss, reconstruction, kl, klPerLatent, activeUnits, metrics } = evaluation;
    const last = this.#scalars();
    const record: EpochRecord = {
      epoch: position.epoch,
      step: position.step,
      learningRate: last.learningRate,
      beta: last.beta,
      train: meansOf(sums),
      validation: { loss, reconstruction, kl, activeUnits, ...(metrics === undefined ? {} : { metrics }) },
      seconds: sums.seconds + this.#evaluationSeconds,
      imagesPerSecond: sums.pictures / sums.seconds,
    };
    const best = loss < (position.best?.loss ?? Infinity);
    if (best) position.best = { step: position.step, epoch: position.epoch, loss };
    position.validationLosses = [...position.validationLosses, loss];
    position.epoch++;
    position.batch = 0;
    position.sums = NO_SUMS;
    position.historyLength = this.#history.push(record);
    await this.#guardWrite(() => appendHistory(run.history, record));
    this.#emit({ type: "epoch", record, klPerLatent, epochs, best });
    this.#warnOfCollapse(activeUnits, record.epoch);
    await onEpoch?.(record);
    await this.#drawCurves(false);
    const { everyEpochs } = checkpoint;
    if (best || (everyEpochs > 0 && record.epoch % everyEpochs === 0)) await this.saveCheckpoint();
    return true;
  }

  #stopsEarly(): boolean {
    const { patience, minimumGain } = this.#options.config.earlyStopping;
    return patience > 0 && shouldStopEarly(this.#position.validationLosses, patience, minimumGain);
  }

  /** With early stopping the best epoch's weights are the result. */
  async #restoreBest(): Promise<void> {
    const { best, step } = this.#position;
    const { run, config } = this.#options;
    if (config.earlyStopping.patience === 0 || best === undefined || best.step === step) return;
    try {
      const { tensors } = await readCheckpoint(run.checkpoints, checkpointName(best.step));
      this.state.restore(tensors);
    } catch (error) {
      if (!(error instanceof LatentboardError)) throw error;
      this.#warn(`${error.message}; the last weights are kept instead of the best`);
    }
  }

  /**
   * Writes a checkpoint of this step, unless there is one already.
   *
   * @throws {DivergedError} when a weight is no longer finite
   * @throws {LatentboardError} `unavailable` when the disk is full
   */
  async saveCheckpoint(): Promise<void> {
    const { run, config, engine } = this.#options;
    const position = this.#position;
    this.#savedAt = performance.now();
    if (this.#saved?.step === position.step && this.#saved.epoch === position.epoch) return;
    const tensors = await this.state.save();
    if (!allFinite(tensors)) {
      const loss = this.#lastLoss ?? NaN;
      const metrics = { loss, reconstruction: NaN, kl: NaN, gradientNorm: NaN };
      throw this.#diverged(metrics, this.#scalars());
    }
    await writeCheckpoint(run.checkpoints, {
      state: { ...position, seed: config.seed, config: { ...config }, engine },
      tensors,
    });
    this.#saved = { step: position.step, epoch: position.epoch };
    this.#emit({ type: "checkpoint", step: position.step });
  }

  async #drawCurves(png: boolean): Promise<void> {
    const { run } = this.#options;
    const { drawLossCurves } = await import("./curves.ts"); // the library behind it is not small
    const svg = drawLossCurves(run.info.id, this.#history);
    await this.#guardWrite(async () => {
      await Deno.writeTextFile(join(run.path, "curves.svg"), svg);
      if (!png) return;
      const { svgToPng } = await import("../charts/raster.ts");
      await Deno.writeFile(join(run.path, "curves.png"), await svgToPng(svg));
    });
  }

  #warnOfCollapse(activeUnits: number, epoch: number): void {
    const { latentDim } = this.#options.model;
    if (this.#warnedOfCollapse || activeUnits >= latentDim / 10) return;
    this.#warnedOfCollapse = true;
    this.#warn(
      `Only ${activeUnits} of ${latentDim} latents are active after epoch ${epoch}, the posterior has collapsed: ` +
        "lower --beta, lengthen its warm-up or set free bits",
      "collapse",
    );
  }

  #diverged(metrics: StepMetrics, { learningRate }: StepScalars): DivergedError {
    return new DivergedError({
      step: this.#position.step + 1,
      epoch: this.#position.epoch,
      learningRate,
      clipped: this.#options.config.optimizer.clipNorm > 0,
      metrics,
      lastLoss: this.#lastLoss,
      checkpoint: this.#saved?.step,
    });
  }

  #isCheckpointDue(): boolean {
    const { everyMinutes } = this.#options.config.checkpoint;
    return everyMinutes > 0 && performance.now() - this.#savedAt >= everyMinutes * 60_000;
  }

  async #guardWrite(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      throw describeWriteFailure(error, this.#options.run.path);
    }
  }

  #emit(event: TrainingEvent): void {
    this.#options.onEvent?.(event);
  }

  #warn(message: string, kind: RunWarningKind = "other"): void {
    this.#emit({ type: "warning", kind, message });
  }
}

function meansOf({ loss, reconstruction, kl, pictures }: EpochSums): EpochRecord["train"] {
  return { loss: loss / pictures, reconstruction: reconstruction / pictures, kl: kl / pictures };
}
