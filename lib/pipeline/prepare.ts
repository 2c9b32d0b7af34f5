/** What has to be there before training begins: the engine, the data, the layers. */
import { type Dataset, loadDataset } from "../dataset/mod.ts";
import { type Architecture, buildArchitecture, normalisesBatches, type TrainingConfig } from "../vae/mod.ts";
import { type EngineOptions, type StartedEngine, startEngine } from "../engines/start.ts";
import { planParallelism } from "../engines/parallelism.ts";
import type { PipelineOptions } from "./options.ts";

/** What training begins with. */
export interface Prepared {
  /** The pictures; to be closed. */
  readonly dataset: Dataset;
  readonly engine: StartedEngine;
  readonly architecture: Architecture;
}

/** Starts the engine and loads the data. */
export async function prepare(config: TrainingConfig, options: PipelineOptions): Promise<Prepared> {
  const { places, threads, shards, eager = false, engine: forced, begunOn, onEvent } = options;
  const { source, imageSize, channels, validationFraction, classes, fit } = config.data;
  const architecture = buildArchitecture(config);
  const whole = eager || normalisesBatches(architecture);
  const engine = await startEngine({
    home: places.home,
    tensorflow: places.tensorflow,
    parallelism: planParallelism({ batchSize: config.batchSize, threads, shards: whole ? 1 : shards }),
    engine: forced,
    begunOn,
    model: config.architecture.kind,
    onDownload: reportDownload(onEvent),
  });
  const side = engine.shards > 1 ? `, ${engine.shards} shards of each batch side by side` : "";
  onEvent?.({ type: "stage", message: `Training on ${engine.name}${side}, ${engine.note}` });
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
  if (dataset.skipped.length > 0) {
    onEvent?.({ type: "warning", kind: "data", message: describeSkipped(dataset.skipped) });
  }
  const { train, validation, test } = dataset;
  const counts = `${train.count} pictures to train on, ${validation.count} held out` +
    (test === undefined ? "" : `, ${test.count} to test on`);
  onEvent?.({ type: "stage", message: `${dataset.name}: ${counts}` });
  return { dataset, engine, architecture };
}

/** Reports each sentence of a download once, the size first, then its progress. */
function reportDownload(onEvent: PipelineOptions["onEvent"]): EngineOptions["onDownload"] {
  let said = "";
  return ({ message, bytes, total }) => {
    if (message !== said) onEvent?.({ type: "stage", message });
    said = message;
    onEvent?.({ type: "data", what: "megabytes", done: Math.round(bytes / 1e6), total: Math.round(total / 1e6) });
  };
}

/** One sentence on the files that could not be read. */
function describeSkipped(skipped: Dataset["skipped"]): string {
  const named = skipped.slice(0, 3).map(({ file, reason }) => `${file} (${reason})`).join(", ");
  const more = skipped.length > 3 ? ` and ${skipped.length - 3} more` : "";
  return `${skipped.length} ${skipped.length === 1 ? "file was" : "files were"} skipped: ${named}${more}`;
}
