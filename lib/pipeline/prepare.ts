/** What has to be there before training begins: the engine, the data, the layers. */
import { type Dataset, loadDataset } from "../dataset/mod.ts";
import { LatentboardError } from "../errors.ts";
import { buildModel, type Model, type TrainingConfig } from "../vae/mod.ts";
import { type EngineOptions, type StartedEngine, startEngine } from "../engines/start.ts";
import { planParallelism } from "../engines/parallelism.ts";
import { MIN_IMAGE_SIZE } from "../protocol_runs.ts";
import type { PipelineOptions } from "./options.ts";

/** What training begins with. */
export interface Prepared {
  /** The configuration with what the pictures decided: size, channels, fit, and where they are. */
  readonly config: TrainingConfig;
  /** The pictures; to be closed. */
  readonly dataset: Dataset;
  readonly engine: StartedEngine;
  readonly model: Model;
}

/**
 * Loads the data, then starts the engine: what is wrong with the pictures is said before anything is fetched.
 *
 * @param asked the configuration; what it leaves open is taken from the pictures
 * @param options where things are
 * @throws {LatentboardError} `invalid` when the pictures are too small to train on, and what loading throws
 */
export async function prepare(asked: TrainingConfig, options: PipelineOptions): Promise<Prepared> {
  const { places, threads, shards, eager = false, engine: forced, begunOn, device, onEvent } = options;
  const { source, imageSize, channels, validationFraction, classes, fit, labels, range } = asked.data;
  const dataset = await loadDataset(source, {
    data: places.data,
    home: places.home,
    imageSize,
    channels,
    validationFraction,
    classes,
    fit,
    labels,
    range,
    seed: asked.seed,
    signal: options.signal,
    onProgress: (progress) => onEvent?.({ type: "data", ...progress }),
  });
  if (dataset.validationIsTest) refuseChoosing(asked);
  for (const note of dataset.notes) onEvent?.({ type: "stage", message: note });
  for (const message of dataset.warnings) onEvent?.({ type: "warning", kind: "data", message });
  if (dataset.skipped.length > 0) {
    onEvent?.({ type: "warning", kind: "data", message: describeSkipped(dataset.skipped) });
  }
  const { train, validation, test } = dataset;
  const counts = `${train.count} pictures to train on, ${validation.count} held out` +
    (test === undefined ? "" : `, ${test.count} to test on`);
  onEvent?.({ type: "stage", message: `${dataset.name}: ${counts}` });
  if (threads !== undefined && threads > navigator.hardwareConcurrency) {
    const cores = navigator.hardwareConcurrency;
    const message = `${threads.toLocaleString("en")} threads would wait for each other on ${cores} ` +
      `${cores === 1 ? "core" : "cores"}: training on ${cores}`;
    onEvent?.({ type: "warning", kind: "engine", message });
  }
  const config = withPictureShape(asked, dataset);
  const model = buildModel(config, { classes: dataset.labelNames.length, trainCount: dataset.train.count });
  const whole = eager || model.wholeBatches;
  const engine = await startEngine({
    home: places.home,
    tensorflow: places.tensorflow,
    parallelism: planParallelism({ batchSize: config.batchSize, threads, shards: whole ? 1 : shards }),
    engine: forced,
    begunOn,
    device,
    model: config.architecture.kind,
    onDownload: reportDownload(onEvent),
    signal: options.signal,
  });
  const side = engine.shards > 1 ? `, ${engine.shards} shards of each batch side by side` : "";
  onEvent?.({ type: "stage", message: `Training on ${engine.name}${side}, ${engine.note}` });
  return { config, dataset, engine, model };
}

/** Refuses settings under which the test pictures would choose the weights. */
function refuseChoosing({ earlyStopping, schedule }: TrainingConfig): void {
  const chooses = earlyStopping.patience > 0
    ? "early stopping"
    : schedule.kind === "plateau"
    ? "a plateau schedule"
    : "";
  if (chooses === "") return;
  throw new LatentboardError(
    "invalid",
    `With a held-out share of 0 ${chooses} would go by the test pictures: hold out a share of the training pictures`,
    { field: "validationFraction" },
  );
}

/** The configuration with the shape of the pictures as they were loaded. */
function withPictureShape(config: TrainingConfig, { train, fit, path, name }: Dataset): TrainingConfig {
  const { height: imageSize, width, channels } = train;
  if (imageSize !== width || imageSize < MIN_IMAGE_SIZE) {
    throw new LatentboardError(
      "invalid",
      `Cannot train on the ${imageSize}×${width} pictures of ${name}: choose their size with --image-size, from ` +
        `${MIN_IMAGE_SIZE}`,
      { field: "imageSize" },
    );
  }
  const source = path ?? config.data.source;
  return { ...config, data: { ...config.data, source, imageSize, channels, ...(fit === undefined ? {} : { fit }) } };
}

/** Reports each sentence of a download once, the size first, then its progress. */
function reportDownload(onEvent: PipelineOptions["onEvent"]): EngineOptions["onDownload"] {
  const said = new Set<string>();
  return ({ message, bytes, total }) => {
    if (!said.has(message)) onEvent?.({ type: "stage", message });
    said.add(message);
    onEvent?.({ type: "data", what: "megabytes", done: Math.round(bytes / 1e6), total: Math.round(total / 1e6) });
  };
}

/** One sentence on the files that could not be read. */
function describeSkipped(skipped: Dataset["skipped"]): string {
  const named = skipped.slice(0, 3).map(({ file, reason }) => `${file} (${reason})`).join(", ");
  const more = skipped.length > 3 ? ` and ${skipped.length - 3} more` : "";
  return `${skipped.length} ${skipped.length === 1 ? "file was" : "files were"} skipped: ${named}${more}`;
}
