/** From trained weights to a published model: evaluation, statistics, export, proof, publication. */
import { binarizeSeed } from "../dataset/binarize.ts";
import { basename, isAbsolute, join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { sheetPng, splitBitmaps } from "../imaging/mod.ts";
import { activeUnits, encodeAll, encodeLatentMap, sampleLatents } from "../latent/mod.ts";
import { elboMetrics, encodeHistory, HISTORY_FILE, type ModelDocument, type ModelFiles } from "../model/mod.ts";
import { describeCommand } from "../settings.ts";
import type { RunFolder, Trainer, TrainingOutcome } from "../training/mod.ts";
import type { Model, ParameterValues, TrainingConfig } from "../vae/mod.ts";
import { ModelFunctions, toBytes } from "./functions.ts";
import type { PipelineOptions } from "./options.ts";
import { usePrecision } from "./precision.ts";
import type { Prepared } from "./prepare.ts";
import { publishModel } from "./publish.ts";
import { pickPictures, pictureSource } from "./sources.ts";
import { judgeModel, type Verdict } from "./usefulness.ts";
import { labelMeans, latentStatistics } from "./statistics.ts";

const PARITY_PICTURES = 256;
const STATISTICS_PICTURES = 20_000;
const MAP_PICTURES = 1024;
const MAP_COLUMNS = 32;
const ENCODE_BATCH = 512;

/**
 * Evaluates, exports, proves and publishes what was trained.
 *
 * @returns model.json as written
 */
export async function finish(
  run: RunFolder,
  trainer: Trainer,
  outcome: TrainingOutcome,
  { config, dataset, engine, model }: Prepared,
  { places, force = false, signal, onEvent }: PipelineOptions,
): Promise<ModelDocument> {
  const stage = (message: string) => {
    signal?.throwIfAborted();
    onEvent?.({ type: "stage", message });
  };
  const checkUsefulness = (verdict: Verdict | undefined) => {
    if (verdict === undefined) return;
    if (verdict.improving || force) {
      const message = verdict.improving ? `${verdict.fault}; it was still improving: train longer` : verdict.fault;
      onEvent?.({ type: "warning", kind: "diverged", message });
      return;
    }
    const command = describeCommand(`train --resume ${run.info.id} --force`, { home: places.home });
    throw new LatentboardError(
      "damaged",
      `${verdict.fault}; train again with a lower --learning-rate, or publish it as it is: ${command}`,
    );
  };
  usePrecision("float32");
  const held = dataset.test ?? dataset.validation;
  const binarize = config.data.binarize === "none" ? "none" : "static";
  const seed = binarizeSeed(config.seed, dataset.test === undefined ? "validation" : "test");
  stage(`Evaluating on ${held.count} ${dataset.test === undefined ? "held-out" : "test"} pictures`);
  const evaluation = await trainer.evaluator.evaluate(pictureSource(held, binarize, seed), 1, signal);
  return await withFunctions(trainer, model, async (functions, parameters) => {
    const judged = pickPictures(held, STATISTICS_PICTURES, binarize, seed);
    const encoded = await encodeAll(functions, judged.images, judged.count, { batchSize: ENCODE_BATCH });
    const shown = pickPictures(held, MAP_PICTURES, binarize, seed);
    const mapped = await encodeAll(functions, shown.images, shown.count, { batchSize: ENCODE_BATCH });
    const statistics = latentStatistics(encoded, config.seed);
    const compared = pickPictures(held, PARITY_PICTURES, binarize, seed);
    const { mu } = await functions.encode(compared.images, compared.count);
    const { image: reconstructions } = await functions.decode(mu, compared.count);
    const { reconstruction, kl } = evaluation;
    const { beta } = config.objective;
    const { images: pictures, count } = compared;
    checkUsefulness(
      judgeModel({ pictures, reconstructions, count, reconstruction, kl, beta, history: outcome.history }),
    );
    const prior = await functions.decode(sampleLatents(config.seed, 32, functions.levels), 32);
    const companions: ModelFiles = {
      [HISTORY_FILE]: encodeHistory(outcome.history),
      "map.bin": encodeLatentMap(mapped.mu, shown.labels, model.latentDim),
      "map.png": sheetPng(splitBitmaps(shown.images, model.image), MAP_COLUMNS),
      "preview.png": sheetPng(splitBitmaps(toBytes(prior.image), model.image), 8),
    };
    stage("Exporting to ONNX and comparing it with the training engine");
    const document = await publishModel({
      folder: places.models,
      force,
      name: run.info.name,
      config: withoutPath(config),
      model,
      parameters,
      functions,
      engine: engine.name,
      pixels: compared.images,
      count: compared.count,
      facts: {
        dataset: {
          name: dataset.name,
          trainCount: dataset.train.count,
          testCount: held.count,
          ...(dataset.licence === undefined ? {} : { licence: dataset.licence }),
        },
        metrics: {
          ...elboMetrics(evaluation.reconstruction, evaluation.kl, model.image),
          ...trainingMetrics(outcome, trainer.state.parameterCount),
          activeUnits: activeUnits(statistics.kl),
        },
        labels: judged.labels === undefined ? [] : labelMeans(encoded.mu, judged.labels, dataset.labelNames),
        statistics,
      },
      companions,
    });
    onEvent?.({ type: "stage", message: `Published ${join(places.models, document.name)}` });
    return document;
  });
}

function trainingMetrics(
  { trainSeconds, history, steps, best }: TrainingOutcome,
  parameters: number,
): Record<string, number> {
  return {
    trainSeconds,
    epochs: history.length,
    steps,
    parameters,
    ...(best === undefined ? {} : { bestEpoch: best.epoch, validationLoss: best.loss }),
  };
}

/**
 * Lends the model as it is to `use`.
 *
 * @param use is given the model, and its parameters as plain arrays
 */
export async function withFunctions<T>(
  trainer: Trainer,
  model: Model,
  use: (functions: ModelFunctions, parameters: ParameterValues) => Promise<T>,
): Promise<T> {
  const parameters = await trainer.state.values();
  const functions = new ModelFunctions(model, parameters);
  try {
    return await use(functions, parameters);
  } finally {
    functions.dispose();
  }
}

/** A model is handed on: its file names the pictures, and tells no one's folders. */
function withoutPath(config: TrainingConfig): TrainingConfig {
  const source = isAbsolute(config.data.source) ? basename(config.data.source) : config.data.source;
  return { ...config, data: { ...config.data, source } };
}
