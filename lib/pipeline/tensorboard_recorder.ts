/** Shows a run to TensorBoard: `<run>/tensorboard`, for `tensorboard --logdir <home>/runs`. */
import { join } from "node:path";
import { sheetPng, splitBitmaps } from "../imaging/mod.ts";
import { TensorBoardWriter } from "../tensorboard/mod.ts";
import type { EpochEvent, RunFolder, StepEvent } from "../training/mod.ts";
import type { WrittenSnapshot } from "./live_snapshots.ts";

/** Scalars of a step are written so many times per epoch. */
const PER_EPOCH = 50;

/** Writes what a run's recorder is told as TensorBoard's events, in their order. */
export class TensorBoardRecorder {
  readonly #folder: string;
  #writer: TensorBoardWriter | undefined;
  /** Writes come one after the other; a failed one ends the run at the next {@linkcode flush}. */
  #turn: Promise<void> = Promise.resolve();

  /** @param run whose folder is written to */
  constructor(run: RunFolder) {
    this.#folder = join(run.path, "tensorboard");
  }

  /** Training begins, or goes on after a step. */
  start(step: number): void {
    this.#then(async () => {
      this.#writer ??= await TensorBoardWriter.open(this.#folder, step);
    });
  }

  /** A step was made. */
  step({ step, batches, metrics, learningRate, beta, imagesPerSecond }: StepEvent): void {
    if (step % Math.max(1, Math.floor(batches / PER_EPOCH)) !== 0) return;
    this.#then((writer) =>
      writer.writeScalars(step, {
        "step/loss": metrics.loss,
        "step/reconstruction": metrics.reconstruction,
        "step/kl": metrics.kl,
        "step/learning_rate": learningRate,
        "step/beta": beta,
        "step/images_per_second": imagesPerSecond,
      })
    );
  }

  /** An epoch has ended. */
  epoch({ record: { step, train, validation }, klPerLatent }: EpochEvent): void {
    this.#then((writer) =>
      writer.writeScalars(step, {
        "train/loss": train.loss,
        "train/reconstruction": train.reconstruction,
        "train/kl": train.kl,
        "held-out/loss": validation.loss,
        "held-out/reconstruction": validation.reconstruction,
        "held-out/kl": validation.kl,
        "held-out/active_units": validation.activeUnits,
        ...Object.fromEntries(klPerLatent.map((kl, i) => [`kl per latent/${String(i).padStart(3, "0")}`, kl])),
      })
    );
  }

  /** A snapshot was taken. */
  snapshot({ snapshot, image, samples, reconstructions, encoded, mapped, labelNames }: WrittenSnapshot): void {
    this.#then(async (writer) => {
      await writer.writeImage(snapshot.step, "samples", samples);
      await writer.writeImage(snapshot.step, "reconstructions", reconstructions);
      await writer.writeProjector("latents", {
        points: encoded.mu,
        count: mapped.count,
        labels: mapped.labels && Array.from(mapped.labels, (label) => labelNames[label]!),
        sprite: sheetPng(splitBitmaps(mapped.images, image), Math.ceil(Math.sqrt(mapped.count))),
        height: image.height,
        width: image.width,
      });
    });
  }

  /** Waits for what was told so far to be written. */
  flush(): Promise<void> {
    return this.#turn;
  }

  /** Ends the file. */
  async close(): Promise<void> {
    await this.#turn.catch(() => {}); // a failure was thrown by the flush before
    this.#writer?.close();
  }

  #then(write: (writer: TensorBoardWriter) => Promise<void>): void {
    this.#turn = this.#turn.then(() => write(this.#writer!));
    this.#turn.catch(() => {}); // thrown by flush
  }
}
