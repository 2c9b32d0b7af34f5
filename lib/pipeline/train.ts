/** The whole way from a configuration to a published model: data, training, evaluation, export, proof, publication. */
import { join } from "node:path";
import { type Dataset, loadDataset } from "../dataset/mod.ts";
import { LatentboardError } from "../errors.ts";
import { samplePrior } from "../latent/mod.ts";
import { checkModelName, type ModelDocument, type ModelFiles, readModelDocument } from "../model/mod.ts";
import {
  describeWriteFailure,
  type Evaluation,
  RunFolder,
  Trainer,
  trainerOptionsOf,
  type TrainingEvent,
  type TrainingOutcome,
  vaeModel,
} from "../training/mod.ts";
import {
  type Architecture,
  buildArchitecture,
  initialParameters,
  parseConfig,
  type TrainingConfig,
} from "../vae/mod.ts";
import { type StartedEngine, startEngine } from "./engine.ts";
import { ModelFunctions } from "./functions.ts";
import { modelNameOf } from "./naming.ts";
import { sheetPng, toBytes, writeMap } from "./pictures.ts";
import { publishModel } from "./publish.ts";
import { saveSamples, saveSnapshot } from "./samples.ts";
import { pickPictures, pictureSource } from "./sources.ts";
import { labelMeans, latentStatistics } from "./statistics.ts";

/** Where things are. */
export interface Places {
  /** The user's folder, for runs and caches. */
  readonly home: string;
  /** Where the model goes. */
  readonly models: string;
  /** The shipped data folder. */
  readonly data: string;
  /** A folder with libtensorflow. */
  readonly tensorflow?: string | undefined;
}

/** How far the reading of the data is. */
export interface DataEvent {
  /** Names the event. */
  readonly type: "data";
  /** What is being done, such as `decoding`. */
  readonly what: string;
  /** How much of it is done. */
  readonly done: number;
  /** How much there is in all. */
  readonly total: number;
}

/** What is said before training and between training and the finished model. */
export interface StageEvent {
  /** Names the event. */
  readonly type: "stage";
  /** One sentence. */
  readonly message: string;
}

/** Whatever is told on the way to a model. */
export type PipelineEvent = TrainingEvent | StageEvent | DataEvent;

/** Everything that a training command can be told beside the configuration. */
export interface PipelineOptions {
  /** Where things are. */
  readonly places: Places;
  /** Replaces a model of that name. */
  readonly force?: boolean | undefined;
  /** Runs op by op instead of capturing the step. */
  readonly eager?: boolean | undefined;
  /** Threads that share the work of one op. */
  readonly threads?: number | undefined;
  /** Keeps the latents of some held-out pictures after every so many epochs; 0 for none. */
  readonly snapshots?: number | undefined;
  /** Stops with a checkpoint. */
  readonly signal?: AbortSignal | undefined;
  /** Called for every event. */
  readonly onEvent?: ((event: PipelineEvent) => void) | undefined;
}

/** How it ended. */
export interface PipelineResult {
  /** The run's id. */
  readonly run: string;
  /** How training ended. */
  readonly outcome: TrainingOutcome;
  /** model.json, unless training was interrupted. */
  readonly model: ModelDocument | undefined;
}

const PARITY_PICTURES = 256;
const STATISTICS_PICTURES = 20_000;
const MAP_PICTURES = 1024;
const MAP_COLUMNS = 32;
const ENCODE_BATCH = 512;

/**
 * Trains a new model and publishes it.
 *
 * @param config the resolved configuration
 * @param options where things are and how to go about it
 * @throws {LatentboardError} `conflict` before training when the model's name is taken, and what the parts throw
 */
export async function trainModel(config: TrainingConfig, options: PipelineOptions): Promise<PipelineResult> {
  const { places, force = false } = options;
  const name = checkModelName(modelNameOf(config));
  if (!force) await refuseTaken(places.models, name);
  const named: TrainingConfig = { ...config, name };
  const prepared = await prepare(named, options);
  const settings = { models: places.models, force, snapshots: options.snapshots ?? 0 };
  using run = await RunFolder.create(places.home, { name, config: { ...named }, settings }).catch((error) => {
    throw describeWriteFailure(error, places.home);
  });
  return await trainRun(run, named, prepared, options);
}

/**
 * Goes on with a run that was stopped, killed or crashed.
 *
 * @param id the run's id, its folder, or `latest`
 * @param options where things are; the model goes where the run was told to put it
 * @throws {LatentboardError} `not-found` when there is no such run, `conflict` when another process trains it
 */
export async function resumeRun(id: string, options: PipelineOptions): Promise<PipelineResult> {
  using run = await RunFolder.open(options.places.home, id);
  const config = parseConfig(run.info.config);
  const { models, force, snapshots } = run.info.settings;
  const settled: PipelineOptions = {
    ...options,
    places: { ...options.places, models: typeof models === "string" ? models : options.places.models },
    force: options.force === true || force === true,
    snapshots: options.snapshots ?? (typeof snapshots === "number" ? snapshots : 0),
  };
  if (!settled.force) await refuseTaken(settled.places.models, run.info.name);
  const prepared = await prepare(config, settled);
  await run.update({ status: "running", failure: undefined });
  return await trainRun(run, config, prepared, settled);
}

interface Prepared {
  readonly dataset: Dataset;
  readonly engine: StartedEngine;
  readonly architecture: Architecture;
}

async function prepare(config: TrainingConfig, options: PipelineOptions): Promise<Prepared> {
  const { places, threads, onEvent } = options;
  const { source, imageSize, channels, validationFraction, classes, fit } = config.data;
  const architecture = buildArchitecture(config);
  const engine = await startEngine({ home: places.home, tensorflow: places.tensorflow, threads });
  onEvent?.({ type: "stage", message: `Training on ${engine.name}, ${engine.note}` });
  const dataset = await loadDataset(source, {
    data: places.data,
    home: places.home,
    imageSize,
    channels,
    seed: config.seed,
    ...(validationFraction === undefined ? {} : { validationFraction }),
    ...(fit === undefined ? {} : { fit }),
    ...(classes === undefined ? {} : { classes }),
    signal: options.signal,
    onProgress: (progress) => onEvent?.({ type: "data", ...progress }),
  });
  for (const note of dataset.notes) onEvent?.({ type: "stage", message: note });
  if (dataset.skipped.length > 0) onEvent?.({ type: "warning", message: describeSkipped(dataset.skipped) });
  const { train, validation, test } = dataset;
  const counts = `${train.count} pictures to train on, ${validation.count} held out` +
    (test === undefined ? "" : `, ${test.count} to test on`);
  onEvent?.({ type: "stage", message: `${dataset.name}: ${counts}` });
  return { dataset, engine, architecture };
}

/** One sentence on the files that could not be read. */
function describeSkipped(skipped: Dataset["skipped"]): string {
  const named = skipped.slice(0, 3).map(({ file, reason }) => `${file} (${reason})`).join(", ");
  const more = skipped.length > 3 ? ` and ${skipped.length - 3} more` : "";
  return `${skipped.length} ${skipped.length === 1 ? "file was" : "files were"} skipped: ${named}${more}`;
}

async function trainRun(
  run: RunFolder,
  config: TrainingConfig,
  { dataset, engine, architecture }: Prepared,
  options: PipelineOptions,
): Promise<PipelineResult> {
  const { signal, onEvent, eager, snapshots = 0 } = options;
  const { binarize, augment } = config.data;
  const fixedBinarize = binarize === "none" ? "none" : "static";
  const trainer = new Trainer({
    ...trainerOptionsOf(config, architecture),
    run,
    model: vaeModel(architecture, config.objective),
    initial: initialParameters(architecture, config.seed),
    train: pictureSource(dataset.train, binarize, config.seed, augment),
    validation: pictureSource(dataset.validation, fixedBinarize, config.seed + 1),
    engine: engine.name,
    eager,
    signal,
    onEvent,
    onEpoch: async (current, record) => {
      await withFunctions(current, architecture, async (functions) => {
        await saveSamples(run, record.epoch, functions, dataset.validation, config.seed);
        if (snapshots > 0 && (record.epoch % snapshots === 0 || record.epoch === config.epochs)) {
          await saveSnapshot(run, record.epoch, functions, dataset.validation);
        }
      });
    },
  });
  try {
    const outcome = await trainer.train();
    if (outcome.status === "interrupted") {
      await run.update({ status: "interrupted" });
      return { run: run.info.id, outcome, model: undefined };
    }
    const model = await finish(run, trainer, outcome, config, { dataset, engine, architecture }, options);
    await run.update({ status: "finished" });
    return { run: run.info.id, outcome, model };
  } catch (error) {
    if (signal?.aborted && error === signal.reason) {
      await run.update({ status: "interrupted" });
      return { run: run.info.id, outcome: trainer.outcome("interrupted"), model: undefined };
    }
    const told = describeWriteFailure(error, run.path);
    const failure = told instanceof Error ? told.message : String(told);
    await run.update({ status: "failed", failure }).catch(() => {}); // the disk may be full: the fault itself is told
    throw told;
  } finally {
    trainer.dispose();
    dataset.close();
  }
}

/** Evaluates, exports, proves and publishes what was trained. */
async function finish(
  run: RunFolder,
  trainer: Trainer,
  outcome: TrainingOutcome,
  config: TrainingConfig,
  { dataset, engine, architecture }: Prepared,
  { places, force = false, signal, onEvent }: PipelineOptions,
): Promise<ModelDocument> {
  const stage = (message: string) => {
    signal?.throwIfAborted();
    onEvent?.({ type: "stage", message });
  };
  const held = dataset.test ?? dataset.validation;
  const binarize = config.data.binarize === "none" ? "none" : "static";
  const seed = config.seed + (dataset.test === undefined ? 1 : 2);
  stage(`Evaluating on ${held.count} ${dataset.test === undefined ? "held-out" : "test"} pictures`);
  const evaluation = await trainer.evaluator.evaluate(pictureSource(held, binarize, seed), 1, signal);
  return await withFunctions(trainer, architecture, async (functions, parameters) => {
    const judged = pickPictures(held, STATISTICS_PICTURES, binarize, seed);
    const encoded = encodeAll(functions, judged.images, judged.count);
    const shown = pickPictures(held, MAP_PICTURES, binarize, seed);
    const compared = pickPictures(held, PARITY_PICTURES, binarize, seed);
    const prior = functions.decode(samplePrior(config.seed, 32, architecture.latentDim), 32);
    const pictures: ModelFiles = {
      "map.bin": writeMap(encodeAll(functions, shown.images, shown.count).mu, shown.labels, architecture.latentDim),
      "map.png": sheetPng(shown.images, architecture.image, MAP_COLUMNS),
      "preview.png": sheetPng(toBytes(prior.image), architecture.image, 8),
    };
    stage("Exporting to ONNX and comparing it with the training engine");
    const document = await publishModel({
      folder: places.models,
      force,
      name: run.info.name,
      config,
      architecture,
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
        metrics: metricsOf(evaluation, outcome, trainer.state.parameterCount, architecture),
        labels: judged.labels === undefined ? [] : labelMeans(encoded.mu, judged.labels, dataset.labelNames),
        statistics: latentStatistics(encoded, architecture.latentDim, config.seed),
      },
      pictures,
    });
    onEvent?.({ type: "stage", message: `Published ${join(places.models, document.name)}` });
    return document;
  });
}

function metricsOf(
  { reconstruction, kl, activeUnits }: Evaluation,
  { trainSeconds, history, steps, best }: TrainingOutcome,
  parameters: number,
  { image }: Architecture,
): Record<string, number> {
  const negativeElbo = reconstruction + kl;
  const bits = negativeElbo / Math.LN2 / (image.height * image.width * image.channels);
  return {
    negativeElbo,
    reconstruction,
    kl,
    activeUnits,
    bitsPerDimension: bits,
    trainSeconds,
    epochs: history.length,
    steps,
    parameters,
    ...(best === undefined ? {} : { bestEpoch: best.epoch, validationLoss: best.loss }),
  };
}

function encodeAll(functions: ModelFunctions, pixels: Uint8Array, count: number) {
  const { latentDim } = functions.architecture;
  const size = pixels.length / count;
  const mu = new Float32Array(count * latentDim);
  const logvar = new Float32Array(count * latentDim);
  for (let from = 0; from < count; from += ENCODE_BATCH) {
    const taken = Math.min(ENCODE_BATCH, count - from);
    const encoded = functions.encode(pixels.subarray(from * size, (from + taken) * size), taken);
    mu.set(encoded.mu, from * latentDim);
    logvar.set(encoded.logvar, from * latentDim);
  }
  return { mu, logvar };
}

async function withFunctions<T>(
  trainer: Trainer,
  architecture: Architecture,
  use: (functions: ModelFunctions, parameters: ReturnType<Trainer["state"]["values"]>) => Promise<T>,
): Promise<T> {
  const parameters = trainer.state.values();
  const functions = new ModelFunctions(architecture, parameters);
  try {
    return await use(functions, parameters);
  } finally {
    functions.dispose();
  }
}

async function refuseTaken(models: string, name: string): Promise<void> {
  try {
    await readModelDocument(models, name);
  } catch (error) {
    if (error instanceof LatentboardError && error.kind === "not-found") return;
    if (!(error instanceof LatentboardError && error.kind === "damaged")) throw error;
  }
  throw new LatentboardError(
    "conflict",
    `A model named "${name}" exists in ${models}: choose another --name, or --force`,
    { field: "name" },
  );
}
