/** Pictures in NumPy arrays: NPY files, and NPZ archives with labels and parts. */
import { LatentboardError } from "../errors.ts";
import { type ImageSet, memoryImageSet } from "./image_set.ts";
import { NPY_HEADER_BYTES, type NpyArray, parseNpy, parseNpyHeader } from "./npy.ts";
import type { SourceParts } from "./parts.ts";
import { openRecordFile } from "./record_file.ts";
import { openZip } from "./zip.ts";

/** An array that must be converted is held in memory, in these many bytes at most. */
const MAX_CONVERTED = 2 ** 31;

/** Names that arrays go by, the first found counts: MedMNIST's, Keras's, and NumPy's for arrays without a name. */
const NAMES = {
  train: {
    images: ["train_images", "x_train", "images", "x", "X", "data", "arr_0"],
    labels: ["train_labels", "y_train", "labels", "y", "Y", "arr_1"],
  },
  validation: { images: ["val_images", "x_val"], labels: ["val_labels", "y_val"] },
  test: { images: ["test_images", "x_test"], labels: ["test_labels", "y_test"] },
} as const;

/**
 * Reads an NPY file of pictures. One larger than the memory limit stays in its file.
 *
 * @param path the file: `[count, height, width]`, with 1 or 3 channels last or after the count
 * @param options the set's name and how many bytes of pictures are held in memory
 * @throws {LatentboardError} kind `damaged` or `unsupported` when it is no such file
 */
export async function readNpyFile(
  path: string,
  options: { readonly name: string; readonly memoryLimit: number },
): Promise<SourceParts> {
  const { name, memoryLimit } = options;
  const header = parseNpyHeader(await readStart(path, NPY_HEADER_BYTES), path);
  const { shape, offset, bytes } = header;
  const [count = 0, height = 0, width = 0, channels = 1] = shape;
  const asIs = header.type.endsWith("u1") && count > 0 && (shape.length === 3 || channels === 1 || channels === 3);
  if (asIs && bytes > memoryLimit) {
    const train = openRecordFile({ path, offset, name, count, height, width, channels: channels as 1 | 3 });
    return { train, notes: [], skipped: [] };
  }
  if (!asIs && bytes > MAX_CONVERTED) {
    throw new LatentboardError(
      "too-large",
      `Cannot convert ${path}: save it as uint8 of [count, height, width, channels], which is read as it is`,
    );
  }
  return { train: asSet(parseNpy(await Deno.readFile(path), path), undefined, name, path), notes: [], skipped: [] };
}

/**
 * Reads an NPZ archive: pictures under `images`, `x`, `x_train` or `train_images`, labels under `labels`, `y`, …, and
 * held-out parts where there are any (`val_images`, `x_test`, …).
 *
 * @param path the file
 * @param name the set's name
 * @throws {LatentboardError} kind `invalid` when it holds no array of such a name, `damaged`, `unsupported` or
 *   `too-large` when one can't be read
 */
export function readNpzFile(path: string, name: string): SourceParts {
  const archive = openZip(path);
  try {
    const entries = new Map(archive.entries.map((entry) => [entry.name.replace(/\.npy$/, ""), entry]));
    const find = (names: readonly string[]): { key: string; array: NpyArray } | undefined => {
      const key = names.find((candidate) => entries.has(candidate));
      return key === undefined
        ? undefined
        : { key, array: parseNpy(entries.get(key)!.read(MAX_CONVERTED), `${key} of ${path}`) };
    };
    const part = (kind: keyof typeof NAMES): ImageSet | undefined => {
      const images = find(NAMES[kind].images);
      if (images === undefined) return undefined;
      const labels = find(NAMES[kind].labels);
      return asSet(images.array, labels?.array, name, `${images.key} of ${path}`);
    };
    const train = part("train");
    if (train === undefined) {
      throw new LatentboardError(
        "invalid",
        `Cannot find pictures in ${path}: it holds ${[...entries.keys()].join(", ") || "nothing"}, ` +
          `so name the array "images" (and its labels "labels")`,
      );
    }
    const validation = part("validation");
    const test = part("test");
    return {
      train,
      ...(validation === undefined ? {} : { validation }),
      ...(test === undefined ? {} : { test }),
      notes: [],
      skipped: [],
    };
  } finally {
    archive.close();
  }
}

function asSet(array: NpyArray, labels: NpyArray | undefined, name: string, source: string): ImageSet {
  const { height, width, channels, channelsFirst } = layoutOf(array.shape, source);
  const bytes = asBytes(array, source);
  return memoryImageSet({
    name,
    images: channelsFirst ? channelsLast(bytes, height * width, channels) : bytes,
    height,
    width,
    channels,
    labels: labels && asLabels(labels, array.shape[0]!, source),
  });
}

interface Layout {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly channelsFirst: boolean;
}

function layoutOf(shape: readonly number[], source: string): Layout {
  const [count = 0, a = 0, b = 0, c] = shape;
  if (count > 0 && a > 0 && b > 0) {
    if (shape.length === 3) return { height: a, width: b, channels: 1, channelsFirst: false };
    if (shape.length === 4 && (c === 1 || c === 3)) return { height: a, width: b, channels: c, channelsFirst: false };
    if (shape.length === 4 && (a === 1 || a === 3) && c !== undefined && c > 0) {
      return { height: b, width: c, channels: a as 1 | 3, channelsFirst: true };
    }
  }
  throw new LatentboardError(
    "unsupported",
    `Cannot use ${source} as pictures: its shape is (${shape.join(", ")}), and [count, height, width] or ` +
      `[count, height, width, 1 or 3] is needed`,
  );
}

/** Floats from 0 to 1 become 0 to 255; whole numbers must be 0 to 255 already. */
function asBytes({ data, fromUnit }: NpyArray, source: string): Uint8Array {
  if (data instanceof Uint8Array) return data;
  const [least, most] = data.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [0, 0]);
  if (!(least >= 0 && most <= 255)) { // NaN ends here too
    throw new LatentboardError(
      "unsupported",
      `Cannot use ${source} as pictures: its numbers run from ${least} to ${most}, and 0 to 255 or 0 to 1 is needed`,
    );
  }
  const scale = fromUnit && most <= 1 ? 255 : 1;
  return Uint8Array.from(data, (value) => Math.round(value * scale));
}

function asLabels({ shape, data }: NpyArray, count: number, source: string): Uint8Array {
  if (data.length !== count || !data.every((label) => Number.isInteger(label) && label >= 0 && label <= 255)) {
    throw new LatentboardError(
      "invalid",
      `Cannot use the labels of ${source}: they are (${shape.join(", ")}), and ${count} whole numbers from 0 to 255 ` +
        `are needed`,
    );
  }
  return Uint8Array.from(data);
}

function channelsLast(bytes: Uint8Array, pixels: number, channels: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += pixels * channels) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        result[start + pixel * channels + channel] = bytes[start + channel * pixels + pixel]!;
      }
    }
  }
  return result;
}

async function readStart(path: string, length: number): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const read = await file.read(bytes.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}
