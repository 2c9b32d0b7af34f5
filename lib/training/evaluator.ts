/** The loss over a whole set of pictures, with the KL of each latent. */
import { activeUnits } from "../latent/mod.ts";
import { createStep, StepCache } from "../tensorflow/mod.ts";
import { yieldToEventLoop } from "./event_loop.ts";
import type { LossParts } from "./history.ts";
import type { PictureSource } from "./pictures.ts";
import type { ModelState } from "./state.ts";
import { evaluationStep, labelsOf, type StepInput, type TrainableModel } from "./step.ts";

/** Keeps evaluation's noise apart from training's. */
const NOISE_STREAM = 0x5eed;

/** Means over a set of pictures. */
export interface Evaluation extends LossParts {
  /** The model's own metrics. */
  readonly metrics?: Readonly<Record<string, number>>;
  readonly klPerLatent: number[];
  readonly activeUnits: number;
  readonly pictures: number;
}

/** Evaluates a model again and again with functions that are captured once. */
export class Evaluator {
  readonly #model: TrainableModel;
  readonly #options: { eager: boolean; seed: number; batchSize: number };
  readonly #steps: StepCache<StepInput, "means">;

  /**
   * Captures nothing yet: that is done when a batch size is first met.
   *
   * @param state its variables; the EMA weights are evaluated where they are kept
   * @param options `eager` runs op by op; `seed` of the noise; pictures per batch
   */
  constructor(
    model: TrainableModel,
    state: ModelState,
    options: { readonly eager: boolean; readonly seed: number; readonly batchSize: number },
  ) {
    this.#model = model;
    this.#options = options;
    this.#steps = new StepCache((count) =>
      createStep(evaluationStep(model, state, Number(count)), { capture: !options.eager })
    );
  }

  /**
   * One pass over some pictures, with one posterior sample a picture; the same noise at every call.
   *
   * @param beta the KL weight in `loss`
   */
  async evaluate(set: PictureSource, beta: number, signal?: AbortSignal): Promise<Evaluation> {
    const { seed, batchSize } = this.#options;
    const { latentDim, metrics } = this.#model;
    const sums = new Float64Array(3 + metrics.length + latentDim);
    let index = 0;
    for await (
      const { images, count, labels } of set.batches({ batchSize, seed, epoch: 0, shuffle: false, start: 0 })
    ) {
      signal?.throwIfAborted();
      const step = this.#steps.get(String(count));
      const { means } = await step.runInBackground({
        images,
        seed: Int32Array.of(seed ^ NOISE_STREAM, index++),
        scalars: Float32Array.of(beta),
        labels: labelsOf(this.#model, labels),
      });
      const values = await means.data();
      means.dispose();
      if (!step.captured) await yieldToEventLoop();
      for (let i = 0; i < sums.length; i++) sums[i]! += values[i]! * count;
    }
    const [loss, reconstruction, kl, ...rest] = Array.from(sums, (sum) => sum / set.count);
    const klPerLatent = rest.slice(metrics.length);
    return {
      loss: loss!,
      reconstruction: reconstruction!,
      kl: kl!,
      ...(metrics.length === 0 ? {} : { metrics: Object.fromEntries(metrics.map((name, i) => [name, rest[i]!])) }),
      klPerLatent,
      activeUnits: activeUnits(klPerLatent),
      pictures: set.count,
    };
  }

  /** Frees the captured functions. */
  dispose(): void {
    this.#steps.dispose();
  }
}
