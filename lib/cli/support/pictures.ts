/** The pictures that a command works on: of the model's dataset, or from files. */
import { basename, join } from "node:path";
import { type Dataset, type ImageSet, loadDataset, locate } from "../../dataset/mod.ts";
import { LatentboardError } from "../../errors.ts";
import type { SplitName } from "../../dataset/binarize.ts";
import { asTrained, type TrainedData, trainedDataOf } from "../../evaluation/as_trained.ts";
import { decodeUpload, fitBitmap } from "../../imaging/mod.ts";
import { type ModelDocument, pictureFit } from "../../model/mod.ts";
import { type OptionSpec, type ParsedCommand, resolveUserPath, type Settings } from "../../settings.ts";
import { listRuns, readRunInfo } from "../../training/run.ts";
import { choiceOption, stringOption } from "./options.ts";

/** Options of every command that works on a dataset's pictures. */
export const DATA_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  split: {
    kind: "string",
    value: "train|validation|test",
    help: "which pictures",
    default: "test, or validation where there is none",
  },
  data: { kind: "string", value: "<source>", help: "other pictures than those that the model was trained on" },
};

/** Some pictures with what is known of them. */
export interface ChosenPictures {
  readonly count: number;
  /** `[count, height, width, channels]`, as the model is asked. */
  readonly pixels: Uint8Array;
  /** One name per picture. */
  readonly names: readonly string[];
  /** One per picture, where there are labels. */
  readonly labels?: Uint8Array;
  readonly labelNames: readonly string[];
}

/** One part of a model's dataset. */
export interface OpenedSplit {
  readonly dataset: Dataset;
  readonly set: ImageSet;
  readonly split: SplitName;
  /** What the model's configuration says of its pictures. */
  readonly trained: TrainedData;
}

/**
 * Opens the part of a dataset that a command names by `--data` and `--split`.
 *
 * @param document the model that will see the pictures
 * @param options the command's
 * @param settings where data is
 * @param work is given the part, which is closed afterwards
 * @throws {LatentboardError} what loadDataset throws, and `invalid` when the dataset has no such part
 */
export async function withSplit<T>(
  document: ModelDocument,
  options: ParsedCommand["options"],
  settings: Pick<Settings, "data" | "home">,
  work: (opened: OpenedSplit) => Promise<T>,
): Promise<T> {
  const wanted = options.split === undefined
    ? undefined
    : choiceOption(options, "split", ["train", "validation", "test"] as const, "test");
  const trained = trainedDataOf(document);
  const { height, width, channels } = document.image;
  if (height !== width) {
    throw new LatentboardError("unsupported", `The model "${document.name}" has pictures that are not square`);
  }
  const { validationFraction, classes, seed, fit, labels, range } = trained;
  const source = stringOption(options, "data") ?? await sourceOf(document.name, trained.source, settings);
  const dataset = await loadDataset(source, {
    data: settings.data,
    home: settings.home,
    imageSize: height,
    channels,
    validationFraction,
    classes,
    fit,
    labels,
    range,
    seed,
  });
  try {
    const split = wanted ?? (dataset.test === undefined ? "validation" : "test");
    const set = dataset[split];
    if (set === undefined) {
      throw new LatentboardError("invalid", `${dataset.name} has no test pictures: use --split validation`, {
        field: "split",
      });
    }
    return await work({ dataset, set, split, trained });
  } finally {
    dataset.close();
  }
}

/** The place of a model's pictures: model.json names them, and the run that made it says where they are. */
async function sourceOf(
  model: string,
  named: string,
  { data, home }: Pick<Settings, "data" | "home">,
): Promise<string> {
  if (await locate(named, { data, home }).then(() => true, () => false)) return named;
  for (const run of await listRuns(home)) {
    const { name, config } = await readRunInfo(join(home, "runs", run));
    const path = (config.data as { source?: unknown } | undefined)?.source;
    if (name === model && typeof path === "string" && basename(path) === basename(named)) return path;
  }
  throw new LatentboardError(
    "not-found",
    `Cannot find the pictures that "${model}" was trained on ("${named}"): say where they are with --data <path>`,
    { field: "data" },
  );
}

/**
 * Reads pictures of a part as the model learned them.
 *
 * @param opened the part
 * @param indices which ones
 */
export function readSplit({ set, split, trained }: OpenedSplit, indices: Uint32Array): ChosenPictures {
  const { labels, labelNames } = set;
  return {
    count: indices.length,
    pixels: asTrained(set.readBatch(indices), indices, trained, split),
    names: Array.from(indices, (index) => `${split} ${index}`),
    ...(labels === undefined ? {} : { labels: Uint8Array.from(indices, (index) => labels[index]!) }),
    labelNames,
  };
}

/**
 * Reads picture files and fits them to a model.
 *
 * @param paths PNG, JPEG or WebP files
 * @param document the model
 * @throws {LatentboardError} `not-found` when there is no such file, and what decoding throws, with the file's name
 */
export async function readPictureFiles(paths: readonly string[], document: ModelDocument): Promise<ChosenPictures> {
  const { height, width, channels } = document.image;
  const size = height * width * channels;
  const pixels = new Uint8Array(paths.length * size);
  for (const [i, path] of paths.entries()) {
    const decoded = await decodeUpload(await readFile(resolveUserPath(path))).catch((error) => {
      if (!(error instanceof LatentboardError)) throw error;
      throw new LatentboardError(error.kind, `${path}: ${error.message}`, { cause: error });
    });
    const fitted = await fitBitmap(decoded, { width, height, channels, fit: pictureFit(document) });
    pixels.set(fitted.data, i * size);
  }
  return { count: paths.length, pixels, names: paths.map((path) => basename(path)), labelNames: [] };
}

/**
 * The pictures of a command: the files that it names, or some of its dataset.
 *
 * @param files the paths that stand without dashes
 * @param places of the part's pictures, given how many there are
 */
export async function choosePictures(
  document: ModelDocument,
  files: readonly string[],
  options: ParsedCommand["options"],
  settings: Pick<Settings, "data" | "home">,
  places: (total: number) => Uint32Array,
): Promise<ChosenPictures> {
  if (files.length > 0) return await readPictureFiles(files, document);
  return await withSplit(document, options, settings, (opened) => {
    return Promise.resolve(readSplit(opened, places(opened.set.count)));
  });
}

async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new LatentboardError("not-found", `There is no file ${path}`, { cause: error });
  }
}
