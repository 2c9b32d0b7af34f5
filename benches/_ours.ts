/** Latentboard's side of a race: the very step, state and batches that training uses. */
import type { PictureSource } from "../lib/training/mod.ts";
import { iterate, ModelState, readMetrics, trainable, trainingScalars, trainingStep } from "../lib/training/mod.ts";
import { createStep } from "../lib/tensorflow/mod.ts";
import { buildModel, initialParameters, type TrainingConfig } from "../lib/vae/mod.ts";

/** A model that is trained on as it is timed. */
export class Ours {
  readonly #config: TrainingConfig;
  readonly #state: ModelState;
  readonly #step: ReturnType<typeof createStep<"images" | "seed" | "scalars" | "labels", "metrics">>;
  readonly #source: PictureSource;
  #batches: ReturnType<typeof iterate>;
  #made = 0;
  #epoch = 1;

  /**
   * @param config what is trained
   * @param source full batches are drawn from it
   * @param how one function a step, or op by op; in how many shards
   */
  constructor(
    config: TrainingConfig,
    source: PictureSource,
    { capture, shards }: { readonly capture: boolean; readonly shards: number },
  ) {
    const model = buildModel(config);
    this.#config = config;
    this.#source = source;
    this.#state = new ModelState(initialParameters(model, config.seed), {
      optimizer: config.optimizer,
      ema: false,
    });
    this.#step = createStep(
      trainingStep(trainable(model, { shards }), this.#state, config, config.batchSize),
      { capture },
    );
    this.#batches = this.#open();
  }

  /**
   * Trains for some steps, the loss read after each.
   *
   * @returns seconds per step, and the last loss
   */
  async run(steps: number): Promise<{ secondsPerStep: number; loss: number }> {
    const { seed, optimizer, objective } = this.#config;
    let loss = NaN;
    const start = performance.now();
    let images = await this.#next();
    for (let i = 0; i < steps; i++) {
      const running = this.#step.runInBackground({
        images,
        labels: new Float32Array(), // the models that are timed use none
        seed: Int32Array.of(seed, this.#made),
        scalars: trainingScalars(
          this.#config,
          { learningRate: optimizer.learningRate, beta: objective.beta },
          this.#made,
        ),
      });
      const [outputs, following] = await Promise.all([running, this.#next()]);
      ({ loss } = await readMetrics(outputs.metrics));
      images = following;
      this.#made++;
    }
    return { secondsPerStep: (performance.now() - start) / 1000 / steps, loss };
  }

  /** Frees everything. */
  dispose(): void {
    this.#step.dispose();
    this.#state.dispose();
  }

  #open(): ReturnType<typeof iterate> {
    const { seed, batchSize } = this.#config;
    return iterate(this.#source.batches({ batchSize, seed, epoch: this.#epoch, shuffle: true, start: 0 }));
  }

  async #next(): Promise<Uint8Array> {
    const { value, done } = await this.#batches.next();
    if (!done && value.count === this.#config.batchSize) return value.images;
    this.#epoch++;
    this.#batches = this.#open();
    return await this.#next();
  }
}
