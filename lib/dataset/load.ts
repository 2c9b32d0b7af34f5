/** Datasets by name or path: found, read, fitted, split. */
import { basename, extname, join, resolve } from "node:path";
import { LatentboardError } from "../errors.ts";
import { fitBitmap } from "../imaging/mod.ts";
import { readNpyFile, readNpzFile } from "./arrays.ts";
import { FASHION_MNIST_LABELS, findFashionMnist, type FindOptions } from "./fashion_mnist.ts";
import { holdsIdx, readIdxFolder, readIdxPart } from "./idx_folder.ts";
import { type ImageSet, memoryImageSet, subset } from "./image_set.ts";
import type { DataProgress, SkippedFile, SourceParts } from "./parts.ts";
import { type DecodeOptions, decodePictures } from "./picture_cache.ts";
import { listFolder, listZip } from "./picture_files.ts";
import { chooseClasses, LEAST_PICTURES, splitPlaces } from "./split.ts";

/** How a dataset is loaded. */
export interface LoadOptions {
  /** The shipped data folder. */
  readonly data: string;
  /** The home folder, with downloads and caches. */
  readonly home: string;
  /** Pixels a row and rows; the pictures' own where not given. */
  readonly imageSize?: number | undefined;
  /** 1 for grey, 3 for colour; the pictures' own where not given. */
  readonly channels?: 1 | 3 | undefined;
  /** What the split follows from; 1 by default. */
  readonly seed?: number | undefined;
  /**
   * The share held out of the training pictures, 0 to below 1. By default a source's own held-out part is used; of
   * Fashion-MNIST's training pictures 1,000 are held out, and a tenth of any other source's. At 0 a test part takes
   * the held-out part's place.
   */
  readonly validationFraction?: number | undefined;
  /** Names of the labels that are kept; all by default. */
  readonly classes?: readonly string[] | undefined;
  /** How pictures of another shape are fitted; `cover` by default. */
  readonly fit?: "cover" | "contain" | undefined;
  /** What shows through where pictures are transparent; white by default. */
  readonly background?: readonly [red: number, green: number, blue: number] | undefined;
  /** Sets of more bytes than this stay in their file and are read as they are needed; 1 GiB by default. */
  readonly memoryLimit?: number | undefined;
  /** Told how far long work is. */
  readonly onProgress?: ((progress: DataProgress) => void) | undefined;
  /** Stops long work. */
  readonly signal?: AbortSignal | undefined;
  /** Where Debian's Fashion-MNIST would be. */
  readonly debian?: FindOptions["debian"];
}

/** Pictures to train on, and pictures that are held out. All parts have one shape and the same labels. */
export interface Dataset {
  /** What the person calls it. */
  readonly name: string;
  /** The pictures to train on. */
  readonly train: ImageSet;
  /** Held-out pictures: what chooses an epoch or stops a run. */
  readonly validation: ImageSet;
  /** Test pictures, where the source has a part of its own. */
  readonly test?: ImageSet;
  /** What the labels are called; empty without labels. */
  readonly labelNames: readonly string[];
  /** The pictures' licence, where it is known. */
  readonly licence?: string;
  /** What the person should know, a sentence each. */
  readonly notes: readonly string[];
  /** Files that could not be read. */
  readonly skipped: readonly SkippedFile[];
  /** Lets go of files and threads behind the parts. */
  close(): void;
}

/** Sources that go by a name of ours; each other name is looked up under the home's `datasets`, then as a path. */
export const NAMED_SOURCES: readonly string[] = ["sample", "fashion-mnist", "emoji"];

/** 1 GiB. */
const MEMORY_LIMIT = 2 ** 30;
const FASHION_MNIST_HELD_OUT = 1 / 60;
const DEFAULT_HELD_OUT = 1 / 10;
/** Pictures fitted at once. */
const AT_ONCE = 64;

/**
 * Loads a dataset.
 *
 * @param source `sample` (shipped), `fashion-mnist`, `emoji`, the name of a folder in the home's `datasets`, or a path: a
 *   folder of IDX files, an IDX file, a folder or zip archive of PNG, JPEG and WebP pictures, an NPY or an NPZ file
 * @param options where things are, shape and split
 * @returns its parts; `close` it when done
 * @throws {LatentboardError} kind `not-found` when there is no such source, `invalid` when it holds too few pictures or
 *   an option doesn't fit, `damaged` or `unsupported` when it can't be read
 */
export async function loadDataset(source: string, options: LoadOptions): Promise<Dataset> {
  checkOptions(options);
  const found = await locate(source, options);
  const parts = await readParts(found, options);
  const notes = [...parts.notes];
  const prepare = async (set: ImageSet) => {
    const chosen = options.classes === undefined ? set : chooseClasses(set, options.classes);
    return await fitSet(chosen, options);
  };
  const whole = await prepare(parts.train);
  if (whole.count < LEAST_PICTURES) {
    parts.train.close();
    throw new LatentboardError(
      "invalid",
      `Cannot train on the ${whole.count} pictures of ${found.path}: at least ${LEAST_PICTURES} are needed, so add more`,
    );
  }
  const test = parts.test && await prepare(parts.test);
  const { train, validation } = await divide(
    whole,
    parts,
    { ...options, isFashionMnist: found.isFashionMnist },
    prepare,
  );
  const streamed = parts.train.count * shapeBytes(parts.train) > (options.memoryLimit ?? MEMORY_LIMIT);
  if (streamed) notes.push("The pictures are larger than the memory limit, so they are read from their file as needed");
  return {
    name: found.name,
    train,
    validation,
    ...(test === undefined ? {} : { test }),
    labelNames: train.labelNames,
    ...(train.licence === undefined ? {} : { licence: train.licence }),
    notes,
    skipped: parts.skipped,
    close: () => {
      for (const part of [parts.train, parts.validation, parts.test]) part?.close();
    },
  };
}

function checkOptions({ imageSize, validationFraction }: LoadOptions): void {
  if (imageSize !== undefined && !(Number.isInteger(imageSize) && imageSize >= 8 && imageSize <= 1024)) {
    throw new LatentboardError("invalid", `The image size must be a whole number from 8 to 1024: it is ${imageSize}`, {
      field: "imageSize",
    });
  }
  if (validationFraction !== undefined && !(validationFraction >= 0 && validationFraction < 1)) {
    throw new LatentboardError("invalid", `The held-out share must be from 0 to below 1: it is ${validationFraction}`, {
      field: "validationFraction",
    });
  }
}

interface Located {
  readonly name: string;
  readonly path: string;
  readonly isFashionMnist: boolean;
}

async function locate(source: string, { data, home, debian }: LoadOptions): Promise<Located> {
  if (source === "sample") {
    return { name: "fashion-mnist-sample", path: join(data, "fashion-mnist-sample"), isFashionMnist: false };
  }
  if (source === "fashion-mnist") {
    const found = await findFashionMnist({ home, ...(debian === undefined ? {} : { debian }) });
    if (found !== undefined) return { name: source, path: found.folder, isFashionMnist: true };
    throw new LatentboardError("not-found", `Fashion-MNIST is not on this machine: get it with "deno task data"`);
  }
  const isPlainName = /^[\w-][\w.-]*$/.test(source);
  for (const path of [...(isPlainName ? [join(home, "datasets", source)] : []), resolve(source)]) {
    if (await exists(path)) return { name: basename(path, extname(path)), path, isFashionMnist: false };
  }
  const hint = source === "emoji"
    ? `make it with "deno task data emoji"`
    : `name ${NAMED_SOURCES.join(", ")}, or a folder, zip, npy, npz or IDX file`;
  throw new LatentboardError("not-found", `Cannot find the dataset "${source}": ${hint}`, { field: "data" });
}

async function readParts({ name, path, isFashionMnist }: Located, options: LoadOptions): Promise<SourceParts> {
  const { memoryLimit = MEMORY_LIMIT } = options;
  const decode: DecodeOptions = { ...options, name, source: path, memoryLimit };
  if ((await Deno.stat(path)).isDirectory) {
    const names: string[] = [];
    for await (const entry of Deno.readDir(path)) if (entry.isFile) names.push(entry.name);
    if (holdsIdx(names)) {
      const parts = await readIdxFolder(path, name);
      return isFashionMnist ? withLabelNames(parts, FASHION_MNIST_LABELS) : parts;
    }
    return await decodePictures((await listFolder(path)).files, decode);
  }
  if (/\.npy$/i.test(path)) return await readNpyFile(path, { name, memoryLimit });
  if (/\.npz$/i.test(path)) return readNpzFile(path, name);
  if (/\.zip$/i.test(path)) {
    const archive = listZip(path);
    try {
      return await decodePictures(archive.files, decode);
    } finally {
      archive.close();
    }
  }
  if (/idx3-ubyte(\.gz)?$/i.test(path) || /\.idx(\.gz)?$/i.test(path)) {
    const beside: string[] = [];
    for await (const entry of Deno.readDir(join(path, ".."))) beside.push(entry.name);
    return { train: await readIdxPart(path, beside, { name }), notes: [], skipped: [] };
  }
  throw new LatentboardError(
    "unsupported",
    `Cannot read ${path} as a dataset: name a folder, or a zip, npy, npz or idx3-ubyte file`,
  );
}

function withLabelNames(parts: SourceParts, labelNames: readonly string[]): SourceParts {
  const licence = "MIT, Zalando SE";
  return {
    ...parts,
    train: { ...parts.train, labelNames, licence },
    ...(parts.test === undefined ? {} : { test: { ...parts.test, labelNames, licence } }),
  };
}

async function divide(
  whole: ImageSet,
  parts: SourceParts,
  options: LoadOptions & { readonly isFashionMnist: boolean },
  prepare: (set: ImageSet) => Promise<ImageSet>,
): Promise<{ train: ImageSet; validation: ImageSet }> {
  const { validationFraction, seed = 1, isFashionMnist } = options;
  const own = validationFraction === 0 ? parts.validation ?? parts.test : parts.validation;
  if (own !== undefined && (validationFraction === undefined || validationFraction === 0)) {
    return { train: whole, validation: await prepare(own) };
  }
  if (validationFraction === 0) {
    throw new LatentboardError(
      "invalid",
      "The held-out share can't be 0: these pictures have no test part that could take its place",
      { field: "validationFraction" },
    );
  }
  const fraction = validationFraction ?? (isFashionMnist ? FASHION_MNIST_HELD_OUT : DEFAULT_HELD_OUT);
  const places = splitPlaces(whole, { fraction, seed });
  return { train: subset(whole, places.train), validation: subset(whole, places.validation) };
}

/** The set in the shape asked for; one that has it already is left as it is. */
async function fitSet(set: ImageSet, options: LoadOptions): Promise<ImageSet> {
  const { channels = set.channels, fit, background, onProgress, signal } = options;
  const height = options.imageSize ?? set.height;
  const width = options.imageSize ?? set.width;
  if (set.height === height && set.width === width && set.channels === channels) return set;
  const bytes = height * width * channels;
  if (set.count * bytes > (options.memoryLimit ?? MEMORY_LIMIT)) {
    throw new LatentboardError(
      "too-large",
      `Cannot resize ${set.count} pictures of "${set.name}" in memory: give them their size before, as a folder or npy file`,
    );
  }
  const images = new Uint8Array(set.count * bytes);
  for (let start = 0; start < set.count; start += AT_ONCE) {
    signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(AT_ONCE, set.count - start) }, (_, i) => start + i);
    const batch = set.readBatch(indices);
    const size = batch.length / indices.length;
    const fitted = await Promise.all(
      indices.map((_, i) =>
        fitBitmap({ ...set, data: batch.subarray(i * size, (i + 1) * size) }, {
          width,
          height,
          channels,
          ...(fit === undefined ? {} : { fit }),
          ...(background === undefined ? {} : { background }),
        })
      ),
    );
    for (const [i, { data }] of fitted.entries()) images.set(data, (start + i) * bytes);
    onProgress?.({ what: "resizing", done: start + indices.length, total: set.count });
  }
  const { name, labels, labelNames, licence } = set;
  return memoryImageSet({ name, images, height, width, channels, labels, labelNames, licence });
}

function shapeBytes({ height, width, channels }: ImageSet): number {
  return height * width * channels;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
