/** What a run would cost on this machine, measured by some of its steps. */
import type { EstimateResponse } from "../protocol_runs.ts";
import { type PictureSource, RunFolder, trainable, Trainer } from "../training/mod.ts";
import { initialParameters, type TrainingConfig } from "../vae/mod.ts";
import type { PipelineOptions } from "./options.ts";
import { prepare } from "./prepare.ts";
import { pictureSource } from "./sources.ts";

/** Steps that are made at least; the first ones also capture the step and warm the caches. */
const WARM_STEPS = 2;
const MIN_STEPS = 5;
const MAX_STEPS = 60;
const MILLISECONDS = 3000;

/** Epochs enough for those steps, however few a small set has per epoch. */
const MANY = 100_000;

/** Batches of held-out pictures that are evaluated to time one. */
const EVALUATED_BATCHES = 4;

/** Snapshots may take one part in ten of the time, and the model is evaluated and exported at the end. */
const SNAPSHOTS = 1.1;
const FINISH_SECONDS = 3;

/**
 * Trains some steps and says what the whole run would cost. Nothing of it is kept.
 *
 * @param asked the configuration; what it leaves open is taken from the pictures
 * @param options where things are and how to go about it
 */
export async function estimateRun(
  asked: TrainingConfig,
  options: PipelineOptions,
): Promise<Omit<EstimateResponse, "busy">> {
  const { config, dataset, engine, model } = await prepare(asked, options);
  const folder = await Deno.makeTempDir({ prefix: "latentboard-estimate-" });
  const enough = new AbortController();
  const ends: number[] = [];
  let memory = 0;
  const validation = pictureSource(dataset.validation, "none", config.seed);
  try {
    using run = await RunFolder.create(folder, { name: "estimate", config: {}, settings: {} });
    const trainer = new Trainer({
      run,
      config: { ...config, epochs: MANY, earlyStopping: { ...config.earlyStopping, patience: 0 } },
      model: trainable(model, { shards: engine.shards }),
      initial: initialParameters(model, config.seed),
      train: pictureSource(dataset.train, config.data.binarize, config.seed, config.data.augment),
      validation: firstBatches(validation, 1),
      engine: engine.name,
      eager: options.eager,
      signal: AbortSignal.any([enough.signal, ...options.signal === undefined ? [] : [options.signal]]),
      betweenSteps: () => {
        ends.push(performance.now());
        memory = Math.max(memory, Deno.memoryUsage().rss);
        const taken = ends.at(-1)! - ends[0]!;
        if (ends.length >= MAX_STEPS || (ends.length >= MIN_STEPS && taken > MILLISECONDS)) enough.abort();
      },
    });
    try {
      await trainer.train();
      options.signal?.throwIfAborted();
      const secondsPerStep = median(ends.slice(WARM_STEPS).map((end, i) => end - ends[i + WARM_STEPS - 1]!)) / 1000;
      const batches = Math.ceil(dataset.validation.count / config.batchSize);
      const few = firstBatches(validation, Math.min(EVALUATED_BATCHES, batches));
      await trainer.evaluator.evaluate(few, 1); // captures
      const started = performance.now();
      await trainer.evaluator.evaluate(few, 1);
      const evaluation = (performance.now() - started) / 1000 / Math.min(EVALUATED_BATCHES, batches) * batches;
      const steps = Math.ceil(dataset.train.count / config.batchSize) * config.epochs;
      return {
        seconds: (steps * secondsPerStep + config.epochs * evaluation) * SNAPSHOTS + FINISH_SECONDS,
        secondsPerStep,
        steps,
        memory,
        parameters: trainer.state.parameterCount,
        engine: engine.name,
      };
    } finally {
      trainer.dispose();
    }
  } finally {
    dataset.close();
    await Deno.remove(folder, { recursive: true });
  }
}

/** The first batches of a source. */
function firstBatches(source: PictureSource, batches: number): PictureSource {
  return {
    count: source.count,
    async *batches(request) {
      let left = batches;
      for await (const batch of source.batches(request)) {
        if (left-- <= 0) return;
        yield batch;
      }
    },
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
