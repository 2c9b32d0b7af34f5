/** Pictures in NumPy arrays: NPY files, and NPZ archives with labels and parts. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, dirname, join } from "node:path";
import { LatentboardError } from "../../errors.ts";
import type { SplitName } from "../binarize.ts";
import type { ImageSet } from "../image_set.ts";
import { MEMORY_LIMIT, type ReadOptions } from "../options.ts";
import { readPart, type SkippedFile, type SourceParts } from "../parts.ts";
import { openRecordFile } from "../record_file.ts";
import { openZip, type ZipEntry } from "../zip.ts";
import { NPY_HEADER_BYTES, type NpyArray, type NpyHeader, parseNpy, parseNpyHeader } from "./npy.ts";
import {
  chooseRange,
  type InterpretedLabels,
  interpretLabels,
  layoutOfShape,
  pixelSet,
  rangeOf,
  toBytes,
  type ValueRange,
} from "./values.ts";

/** An array that must be converted is held in memory, in these many bytes at most. */
const MAX_CONVERTED = 2 ** 31;

/** Names that arrays go by, the first found counts: MedMNIST's, Keras's, dSprites', and NumPy's without a name. */
const NAMES: Readonly<Record<SplitName, { images: readonly string[]; labels: readonly string[] }>> = {
  train: {
    images: ["train_images", "x_train", "X_train", "images", "imgs", "x", "X", "data", "arr_0"],
    labels: ["train_labels", "y_train", "labels", "y", "Y", "target", "arr_1"],
  },
  validation: { images: ["val_images", "x_val", "X_val"], labels: ["val_labels", "y_val"] },
  test: { images: ["test_images", "x_test", "X_test"], labels: ["test_labels", "y_test"] },
};

/** The factors of dSprites (Matthey et al., 2017), the columns of `latents_classes`. */
const DSPRITES_FACTORS = ["color", "shape", "scale", "orientation", "posX", "posY"] as const;
const DSPRITES_SHAPES = ["square", "ellipse", "heart"] as const;

interface About {
  readonly name: string;
}

/**
 * Reads an NPY file of pictures. Bytes beyond the memory limit stay in their file.
 *
 * @param path the file; see {@linkcode layoutOfShape} for its shape
 * @throws {LatentboardError} kind `damaged` or `unsupported` when it is no such file
 */
export async function readNpyFile(path: string, { name }: About, options: ReadOptions): Promise<SourceParts> {
  const header = parseNpyHeader(await readStart(path, NPY_HEADER_BYTES), path);
  if (header.bytes > (options.memoryLimit ?? MEMORY_LIMIT) && header.type.endsWith("u1")) {
    const open = () => createReadStream(path, { start: header.offset, end: header.offset + header.bytes - 1 });
    const { set, notes } = await readLarge({ open, header, source: path, file: path }, name, options);
    return { train: set, notes, skipped: [] };
  }
  if (header.bytes > MAX_CONVERTED) {
    throw new LatentboardError(
      "too-large",
      `Cannot convert ${path}: save it as uint8 of [count, height, width, channels], which is read as it is`,
    );
  }
  const array = parseNpy(await Deno.readFile(path), path);
  const layout = layoutOfShape(array.shape, path);
  const range = rangeOf([array], path, options.range);
  return { train: pixelSet(toBytes(array.data, range), layout, { name }), notes: notesOf(range), skipped: [] };
}

/**
 * Reads an NPZ archive: pictures under `images`, `x`, `x_train` or `train_images`, labels under `labels`, `y`, …, and
 * held-out parts where there are any (`val_images`, `x_test`, …). An archive that is one of a family
 * (`kmnist-train-imgs.npz` beside `kmnist-train-labels.npz`) is read with the others.
 *
 * @param path the file
 * @throws {LatentboardError} kind `invalid` when it holds no array of such a name, `damaged`, `unsupported` or
 *   `too-large` when one can't be read
 */
export async function readNpzFile(path: string, { name }: About, options: ReadOptions): Promise<SourceParts> {
  const archives = await openFamily(path);
  try {
    return await readArrays(archives, path, name, options);
  } finally {
    for (const { close } of archives.values()) close();
  }
}

/** Whether a name is that of one file of a family such as KMNIST's. */
export const NPZ_FAMILY = /^(.*?)(train|test)-(imgs|images|labels)\.npz$/;

interface OpenedArrays {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly close: () => void;
}

/** The archive, or those of its family, by the key under which the first array goes. */
async function openFamily(path: string): Promise<Map<string, OpenedArrays>> {
  const open = async (file: string): Promise<OpenedArrays> => {
    const archive = await openZip(file);
    return {
      entries: new Map(archive.entries.map((entry) => [entry.name.replace(/\.npy$/, ""), entry])),
      close: () => archive.close(),
    };
  };
  const family = NPZ_FAMILY.exec(basename(path));
  if (family === null) return new Map([["", await open(path)]]);
  const found = new Map<string, OpenedArrays>();
  for await (const { name } of Deno.readDir(dirname(path))) {
    const member = NPZ_FAMILY.exec(name);
    if (member?.[1] !== family[1]) continue;
    const key = `${member![2]}_${member![3] === "labels" ? "labels" : "images"}`;
    found.set(key, await open(join(dirname(path), name)));
  }
  return found;
}

async function readArrays(
  archives: Map<string, OpenedArrays>,
  path: string,
  name: string,
  options: ReadOptions,
): Promise<SourceParts> {
  const whole = archives.get("");
  const entries = whole?.entries ??
    new Map(
      [...archives].flatMap(([key, { entries }]) => [...entries.values()].slice(0, 1).map((entry) => [key, entry])),
    );
  const find = (names: readonly string[]) => {
    const key = names.find((candidate) => entries.has(candidate));
    return key === undefined ? undefined : { key, entry: entries.get(key)! };
  };
  const splits = (["train", "validation", "test"] as const).flatMap((split) => {
    const images = find(NAMES[split].images);
    return images === undefined ? [] : [{ split, images, labels: find(NAMES[split].labels) }];
  });
  if (splits[0]?.split !== "train") {
    throw new LatentboardError(
      "invalid",
      `Cannot find pictures in ${path}: it holds ${[...entries.keys()].join(", ") || "nothing"}, ` +
        `so name the array "images" (and its labels "labels")`,
    );
  }
  const factors = entries.get("latents_classes");
  const [{ images }] = splits;
  if (splits.length === 1 && images.entry.size > (options.memoryLimit ?? MEMORY_LIMIT)) {
    return await readLargeArchive(images, factors ?? splits[0].labels?.entry, path, name, options);
  }
  const read = async ({ key, entry }: { key: string; entry: ZipEntry }) => ({
    key,
    array: parseNpy(await entry.read(MAX_CONVERTED), `${key} of ${path}`),
  });
  const skipped: SkippedFile[] = [];
  const notes: string[] = [];
  const found = await Promise.all(splits.map(({ split, images, labels }) => {
    return readPart(split, `${basename(path)}: ${images.key}`, skipped, async () => {
      const pictures = await read(images);
      return {
        split,
        images: pictures,
        layout: layoutOfShape(pictures.array.shape, `${images.key} of ${path}`),
        labels: labels && await read(labels).catch((error) => {
          if (!(error instanceof LatentboardError)) throw error;
          notes.push(`The labels are left out: ${error.message}`);
          return undefined;
        }),
      };
    });
  }));
  const arrays = found.filter((part) => part !== undefined);
  const range = rangeOf(arrays.map(({ images }) => images.array), `${arrays[0]!.images.key} of ${path}`, options.range);
  const layouts = arrays.map(({ layout }) => layout);
  const labelled = factors === undefined ? interpretAll(arrays, layouts.map(({ count }) => count), path) : factorLabels(
    parseNpy(await factors.read(MAX_CONVERTED), `latents_classes of ${path}`),
    layouts[0]!.count,
    options.labels,
  );
  const sets = new Map(arrays.map(({ split, images }, i) => [
    split,
    pixelSet(toBytes(images.array.data, range), layouts[i]!, {
      name,
      labels: labelled.labels?.[i],
      labelNames: labelled.names,
    }),
  ]));
  const [validation, test] = [sets.get("validation"), sets.get("test")];
  return {
    train: sets.get("train")!,
    ...(validation && { validation }),
    ...(test && { test }),
    notes: [...notes, ...notesOf(range), ...notesOf(labelled)],
    skipped,
  };
}

function interpretAll(
  arrays: readonly { readonly labels: { readonly array: NpyArray } | undefined }[],
  counts: readonly number[],
  path: string,
): { labels?: readonly (Uint8Array | undefined)[]; names?: readonly string[]; note?: string } {
  const labels = arrays.map((part) => part.labels?.array);
  const given = labels.flatMap((array, i) => array === undefined ? [] : [{ array, count: counts[i]! }]);
  if (given.length === 0) return {};
  const found = interpretLabels(given, basename(path));
  let next = 0;
  // a part without labels keeps its place in the list
  const placed = labels.map((array) => array === undefined ? undefined : found.labels?.[next++]);
  return { ...found, ...(found.labels && { labels: placed }) };
}

/** One factor of dSprites as labels: its shape unless another is asked for. */
function factorLabels(array: NpyArray, count: number, wanted: string | undefined): InterpretedLabels {
  const column = wanted?.slice(wanted.lastIndexOf(":") + 1) ?? "shape";
  const factor = DSPRITES_FACTORS.findIndex((name) => name.toLowerCase() === column.toLowerCase());
  if (factor < 0) {
    throw new LatentboardError(
      "invalid",
      `There is no factor "${column}": choose from ${DSPRITES_FACTORS.join(", ")}`,
      {
        field: "labels",
      },
    );
  }
  const width = array.data.length / count;
  const labels = Uint8Array.from({ length: count }, (_, i) => array.data[i * width + factor]!);
  return {
    labels: [labels],
    ...(column === "shape" ? { names: DSPRITES_SHAPES } : {}),
    note: `The labels are the factor "${DSPRITES_FACTORS[factor]}"; --labels takes any of ${
      DSPRITES_FACTORS.join(", ")
    }`,
  };
}

function notesOf({ note }: { readonly note?: string | undefined }): string[] {
  return note === undefined ? [] : [note];
}

async function readLargeArchive(
  { key, entry }: { key: string; entry: ZipEntry },
  labels: ZipEntry | undefined,
  path: string,
  name: string,
  options: ReadOptions,
): Promise<SourceParts> {
  const source = `${key} of ${path}`;
  const header = parseNpyHeader(await firstBytes(entry.stream(), NPY_HEADER_BYTES), source);
  if (!header.type.endsWith("u1")) {
    throw new LatentboardError("too-large", `Cannot convert ${source}: save it as uint8, which is read as it is`);
  }
  const open = () => skipBytes(entry.stream(), header.offset);
  const large = { open, header, source, version: String(entry.crc) };
  const layout = layoutOfShape(header.shape, source);
  const array = labels && parseNpy(await labels.read(MAX_CONVERTED), `labels of ${path}`);
  const labelled: InterpretedLabels = array === undefined
    ? {}
    : labels!.name.startsWith("latents_classes")
    ? factorLabels(array, layout.count, options.labels)
    : interpretLabels([{ array, count: layout.count }], basename(path));
  const { set, notes } = await readLarge(large, name, options, labelled.labels?.[0], labelled.names);
  return { train: set, notes: [...notes, ...notesOf(labelled)], skipped: [] };
}

interface LargeArray {
  readonly open: () => AsyncIterable<Uint8Array>;
  readonly header: NpyHeader;
  readonly source: string;
  /** The file that holds the bytes as they are; absent where they are packed. */
  readonly file?: string;
  readonly version?: string;
}

/** Bytes beyond memory: left in their file when they are pixels as they are, else converted into the cache once. */
async function readLarge(
  { open, header, source, file, version }: LargeArray,
  name: string,
  options: ReadOptions,
  labels?: Uint8Array,
  labelNames?: readonly string[],
): Promise<{ set: ImageSet; notes: string[] }> {
  const layout = layoutOfShape(header.shape, source);
  if (layout.channelsFirst && layout.channels > 1) {
    throw new LatentboardError(
      "too-large",
      `Cannot turn ${source}: save it with its channels last, [count, height, width, 3]`,
    );
  }
  const about = { ...layout, name, ...(labels && { labels }), ...(labelNames && labels && { labelNames }) };
  const stamp = version ?? String((await Deno.stat(file!)).mtime?.getTime());
  const key = createHash("sha256").update(JSON.stringify([source, header, stamp, options.range])).digest("hex").slice(
    0,
    32,
  );
  const cached = join(options.home, "cache", "arrays", `${key}.bin`);
  const rangeFile = `${cached}.json`;
  let range: ValueRange;
  try {
    range = JSON.parse(await Deno.readTextFile(rangeFile));
  } catch {
    range = await findRange(open(), header.bytes, source, options);
  }
  const asIs = range.black === 0 && range.white === 255 && file !== undefined;
  const done = await Deno.stat(cached).then(({ size }) => size === header.bytes, () => false);
  if (!asIs && !done) await convert(open(), header.bytes, cached, range, options);
  await Deno.mkdir(dirname(cached), { recursive: true });
  await Deno.writeTextFile(rangeFile, JSON.stringify(range));
  const set = openRecordFile({ ...about, path: asIs ? file : cached, offset: asIs ? header.offset : 0 });
  return { set, notes: notesOf(range) };
}

async function findRange(bytes: AsyncIterable<Uint8Array>, total: number, source: string, options: ReadOptions) {
  if (options.range !== undefined) return rangeOf([], source, options.range);
  let [min, max, done] = [255, 0, 0];
  for await (const chunk of bytes) {
    for (let i = 0; i < chunk.length; i++) {
      if (chunk[i]! < min) min = chunk[i]!;
      if (chunk[i]! > max) max = chunk[i]!;
    }
    step("looking at", done += chunk.length, total, options);
  }
  return chooseRange(min, max, false, source);
}

async function convert(
  bytes: AsyncIterable<Uint8Array>,
  total: number,
  path: string,
  range: ValueRange,
  options: ReadOptions,
): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  const table = toBytes(Float64Array.from({ length: 256 }, (_, value) => value), range);
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  try {
    using output = await Deno.open(temporary, { write: true, createNew: true });
    let done = 0;
    for await (const chunk of bytes) {
      const converted = Uint8Array.from(chunk, (value) => table[value]!);
      for (let at = 0; at < converted.length;) at += await output.write(converted.subarray(at));
      step("unpacking", done += chunk.length, total, options);
    }
    if (done !== total) {
      throw new LatentboardError("damaged", `Cannot read ${path}: the array is cut short, so get it again`);
    }
    await output.sync();
    await Deno.rename(temporary, path);
  } catch (error) {
    await Deno.remove(temporary).catch(() => {});
    throw error;
  }
}

function step(what: string, done: number, total: number, { onProgress, signal }: ReadOptions): void {
  signal?.throwIfAborted();
  onProgress?.({ what: `${what} megabytes`, done: Math.round(done / 1e6), total: Math.round(total / 1e6) });
}

async function readStart(path: string, length: number): Promise<Uint8Array> {
  return await firstBytes(createReadStream(path, { end: length - 1 }), length);
}

async function firstBytes(stream: AsyncIterable<Uint8Array>, length: number): Promise<Uint8Array> {
  const start = new Uint8Array(length);
  let filled = 0;
  for await (const chunk of stream) {
    const part = chunk.subarray(0, length - filled);
    start.set(part, filled);
    filled += part.length;
    if (filled === length) break;
  }
  return start.subarray(0, filled);
}

async function* skipBytes(stream: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
  let skip = count;
  for await (const chunk of stream) {
    if (skip < chunk.length) yield skip === 0 ? chunk : chunk.subarray(skip);
    skip = Math.max(0, skip - chunk.length);
  }
}
