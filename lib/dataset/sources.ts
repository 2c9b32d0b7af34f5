/** Where a dataset is, and how its files are read. */
import { createHash } from "node:crypto";
import { basename, dirname, extname, join, relative } from "node:path";
import { LatentboardError } from "../errors.ts";
import { resolveUserPath } from "../settings.ts";
import { filesOfParquet, PARQUET } from "./archives/parquet.ts";
import { type PassingFile, spool } from "./archives/spool.ts";
import { filesOfTars, TAR, versionOf } from "./archives/tar.ts";
import { binaryFormatOf } from "./arrays/binary.ts";
import { holdsIdx, readIdxFile, readIdxFolder } from "./arrays/idx_folder.ts";
import { NPZ_FAMILY, readNpyFile, readNpzFile } from "./arrays/numpy.ts";
import { isPixelCsv, readPixelCsv } from "./arrays/pixel_csv.ts";
import { FASHION_MNIST_LABELS, findFashionMnist } from "./fashion_mnist.ts";
import type { ImageSet } from "./image_set.ts";
import type { LoadOptions, ReadOptions } from "./options.ts";
import type { SkippedFile, SourceParts } from "./parts.ts";
import { listFolder, type Listing, ListingBuilder, MAX_FILE_BYTES } from "./pictures/files.ts";
import { printable } from "./pictures/layout.ts";
import { readPictures } from "./pictures/read.ts";
import { openZip } from "./zip.ts";

/** Sources that go by a name of ours; each other name is looked up under the home's `datasets`, then as a path. */
export const NAMED_SOURCES: readonly string[] = ["sample", "fashion-mnist", "emoji"];

/** Where a source is. */
export interface Located {
  readonly name: string;
  readonly path: string;
  /** Whether it was named by its path, and not by a name that stands on every machine. */
  readonly isPath?: boolean;
  /** What is known about a source of ours beyond its files. */
  readonly known?: {
    readonly heldOut: number;
    readonly labelNames: readonly string[];
    readonly licence: string;
  };
}

const FASHION_MNIST = {
  heldOut: 1 / 60,
  labelNames: FASHION_MNIST_LABELS,
  licence: "MIT, Zalando SE",
} as const;

/**
 * Finds a source by name or path; `~` is the person's own folder.
 *
 * @throws {LatentboardError} kind `not-found` when there is none, saying where was looked
 */
export async function locate(source: string, { data, home, debian, base }: LoadOptions): Promise<Located> {
  if (source === "sample") {
    return { name: "fashion-mnist-sample", path: join(data, "fashion-mnist-sample"), known: FASHION_MNIST };
  }
  if (source === "fashion-mnist") {
    const found = await findFashionMnist({ home, ...(debian === undefined ? {} : { debian }) });
    if (found !== undefined) return { name: source, path: found.folder, known: FASHION_MNIST };
    throw new LatentboardError("not-found", `Fashion-MNIST is not on this machine: get it with "deno task data"`);
  }
  const isPlainName = /^[\w-][\w.-]*$/.test(source);
  const places = [...(isPlainName ? [join(home, "datasets", source)] : []), resolveUserPath(source, base)];
  for (const [i, path] of places.entries()) {
    if (!await exists(path)) continue;
    const name = printable(basename(path, isKnownFile(path) ? extname(path) : ""));
    return { name, path, isPath: i === places.length - 1 };
  }
  const hint = source === "emoji"
    ? `make it with "deno task data emoji"`
    : `looked for ${places.join(" and ")}; name ${NAMED_SOURCES.join(", ")}, or a folder or file (docs/data.md)`;
  throw new LatentboardError("not-found", `Cannot find the dataset "${source}": ${hint}`, { field: "data" });
}

/** What turns files that run code, or need a library that is none of a browser's, into what is read. */
const CONVERSIONS: readonly (readonly [files: RegExp, what: string, line: string])[] = [
  [
    /\.(pkl|pickle)$|(^|\/)(data_batch_\d|test_batch)$/i,
    "a Python pickle, which can run programs",
    `python3 -c "import pickle, numpy as n; d = pickle.load(open('FILE', 'rb'), encoding='latin1'); ` +
    `n.savez_compressed('FILE.npz', images=n.asarray(d['data']), labels=n.asarray(d.get('labels', d.get('fine_labels'))))"`,
  ],
  [
    /\.(pt|pth)$/i,
    "a PyTorch file, which can run programs",
    `python3 -c "import torch, numpy as n; x, y = torch.load('FILE', weights_only=True)[:2]; ` +
    `n.savez_compressed('FILE.npz', images=x.numpy(), labels=y.numpy())"`,
  ],
  [
    /\.(h5|hdf5)$/i,
    "an HDF5 file",
    `python3 -c "import h5py, numpy as n; f = h5py.File('FILE'); ` +
    `n.savez_compressed('FILE.npz', **{k: f[k][:] for k in f if hasattr(f[k], 'shape')})"`,
  ],
  [
    /\.mat$/i,
    "a MATLAB file",
    `python3 -c "import scipy.io, numpy as n; d = scipy.io.loadmat('FILE'); ` +
    `n.savez_compressed('FILE.npz', **{k: v for k, v in d.items() if k[0] != '_'})"`,
  ],
];

const CSV = /\.csv(\.gz)?$/i;
const IDX = /idx3-ubyte(\.gz)?$|\.idx(\.gz)?$/i;

function isKnownFile(path: string): boolean {
  return [/\.(zip|npy|npz)$/i, CSV, IDX, TAR, PARQUET].some((ending) => ending.test(path));
}

/**
 * Reads a source by the kind of its files.
 *
 * @throws {LatentboardError} kind `unsupported` when it is none that is read, and whatever its reader finds wrong
 */
export async function readParts({ name, path }: Located, options: ReadOptions): Promise<SourceParts> {
  if ((await Deno.stat(path)).isDirectory) return await readFolder(path, name, options);
  if (/\.npy$/i.test(path)) return await readNpyFile(path, { name }, options);
  if (/\.npz$/i.test(path)) return await readNpzFile(path, { name }, options);
  if (/\.zip$/i.test(path)) return await readListed(() => listZip(path), { name, source: path }, options);
  if (TAR.test(path)) return await readPassing([path], path, name, options, filesOfTars);
  if (PARQUET.test(path)) return await readParquet([path], path, name, options);
  if (CSV.test(path)) return await readPixelCsv(path, name, options);
  if (IDX.test(path)) {
    const beside: string[] = [];
    for await (const entry of Deno.readDir(dirname(path))) beside.push(entry.name);
    return await readIdxFile(path, beside, name, options);
  }
  refuseConvertible(path);
  throw new LatentboardError(
    "unsupported",
    `Cannot read ${path} as a dataset: name a folder, or a zip, tar, npy, npz, csv, parquet or idx3-ubyte file`,
  );
}

function refuseConvertible(path: string): void {
  const found = CONVERSIONS.find(([files]) => files.test(path));
  if (found === undefined) return;
  const [, what, line] = found;
  throw new LatentboardError(
    "unsupported",
    `Cannot read ${path}: it is ${what}; convert it with ${line.replaceAll("FILE", path.replaceAll(/['"$`\\]/g, "?"))}`,
  );
}

async function readFolder(folder: string, name: string, options: ReadOptions, isFound = false): Promise<SourceParts> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) if (!entry.isDirectory) names.push(entry.name);
  names.sort();
  if (holdsIdx(names)) return await readIdxFolder(folder, name, options);
  const binary = binaryFormatOf(names);
  if (binary !== undefined) return await binary.read(folder, name, options);
  let fault: unknown;
  try {
    if (!isFound) return await readListed(() => listFolder(folder), { name, source: folder }, options);
  } catch (error) {
    if (!(error instanceof LatentboardError && error.message.startsWith("Cannot find pictures"))) throw error;
    fault = error;
  }
  const files = (ending: RegExp) => names.filter((file) => ending.test(file)).map((file) => join(folder, file));
  const [arrays, parquet, tars, csv] = [files(/\.np[yz]$/i), files(PARQUET), files(TAR), files(CSV)];
  if (arrays.length === 1 || arrays.every((path) => NPZ_FAMILY.test(basename(path))) && arrays.length > 0) {
    return await readParts({ name, path: arrays[0]! }, options);
  }
  if (parquet.length > 0) return await readParquet(parquet, folder, name, options);
  if (tars.length > 0) return await readPassing(tars, folder, name, options, filesOfTars);
  const table = csv.find((path) => /train/i.test(basename(path))) ?? csv[0];
  if (table !== undefined && await isPixelCsv(table)) return await readPixelCsv(table, name, options);
  if (isFound) throw new LatentboardError("invalid", `Cannot find pictures in ${folder}: it holds none that are read`);
  const within = await findWithin(folder);
  if (within.length > 1) {
    const found = within.map((path) => relative(folder, path)).join(", ");
    throw new LatentboardError("invalid", `${folder} holds several sets, in ${found}: name one of them`, {
      field: "data",
    });
  }
  if (within[0] !== undefined) {
    const parts = await readFolder(within[0], name, options, true);
    return { ...parts, notes: [`The pictures were found in ${relative(folder, within[0])}`, ...parts.notes] };
  }
  for (const file of names) refuseConvertible(join(folder, file));
  throw fault;
}

/** How deep below a folder its data are looked for: `MNIST/raw` lies two below. */
const MAX_DEPTH = 3;

/** The folders within one that hold arrays, CIFAR's files or archives. */
async function findWithin(folder: string, depth = 1): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (!isDirectory || name.startsWith(".")) continue;
    const path = join(folder, name);
    const names: string[] = [];
    for await (const entry of Deno.readDir(path)) if (!entry.isDirectory) names.push(entry.name);
    const holds = holdsIdx(names) || binaryFormatOf(names) !== undefined ||
      names.some((file) => /\.np[yz]$/i.test(file) || PARQUET.test(file) || TAR.test(file) || CSV.test(file));
    if (holds) found.push(path);
    else if (depth < MAX_DEPTH) found.push(...await findWithin(path, depth + 1));
  }
  return found.sort();
}

async function readListed(
  open: () => Promise<Listing>,
  about: { readonly name: string; readonly source: string },
  options: ReadOptions,
): Promise<SourceParts> {
  const listing = await open();
  try {
    const parts = await readPictures(listing, about, options);
    return { ...parts, files: { ...parts.files, readAll: (work) => readAll(open, work) } };
  } finally {
    listing.close();
  }
}

async function readAll(open: () => Promise<Listing>, work: (path: string, bytes: Uint8Array) => Promise<void>) {
  const listing = await open();
  try {
    for (const file of listing.pictures) {
      const bytes = await file.read().catch(() => undefined); // it was listed as skipped before
      if (bytes !== undefined) await work(file.path, bytes);
    }
  } finally {
    listing.close();
  }
}

/** The picture files of a zip archive; nothing of it is unpacked to disk, and names play no part but as labels. */
async function listZip(path: string): Promise<Listing> {
  const archive = await openZip(path);
  const builder = new ListingBuilder();
  for (const entry of archive.entries) {
    builder.add({ path: entry.name, version: `${entry.size}-${entry.crc}`, read: () => entry.read(MAX_FILE_BYTES) });
  }
  return builder.finish(path, () => archive.close());
}

async function readParquet(paths: readonly string[], source: string, name: string, options: ReadOptions) {
  const files = (all: readonly string[]) => filesOfParquet(all, options.labels);
  return await readPassing(paths, source, name, { ...options, labels: undefined }, files, options.labels);
}

/**
 * Reads archives whose files can only be had in order. The list of them is kept, so that they are gone through again
 * only when something has to be decoded.
 */
async function readPassing(
  paths: readonly string[],
  source: string,
  name: string,
  options: ReadOptions,
  filesOf: (paths: readonly string[]) => AsyncIterable<PassingFile>,
  key = "",
): Promise<SourceParts> {
  const version = await versionOf(paths);
  const hash = createHash("sha256").update(JSON.stringify([1, paths, version, key])).digest("hex").slice(0, 32);
  const kept = join(options.home, "cache", "listings", `${hash}.json`);
  let spooled: Promise<Listing> | undefined;
  const openNew = () => spool(watched(filesOf(paths), options), { source, version }, options.home);
  const open = () => spooled ??= openNew();
  try {
    const listing = await readListing(kept, open) ?? await open();
    await writeListing(kept, listing);
    const parts = await readPictures(listing, { name, source }, options);
    return { ...parts, files: { ...parts.files, readAll: (work) => readAll(openNew, work) } };
  } finally {
    const opened = await spooled?.catch(() => undefined);
    opened?.close();
  }
}

async function* watched(files: AsyncIterable<PassingFile>, { onProgress, signal }: ReadOptions) {
  let done = 0;
  for await (const file of files) {
    signal?.throwIfAborted();
    onProgress?.({ what: "reading files of the archive", done: ++done, total: done });
    yield file;
  }
}

interface KeptListing {
  readonly pictures: readonly { readonly path: string; readonly version: string; readonly label?: string }[];
  readonly tables: KeptListing["pictures"];
  readonly ignored: readonly (readonly [string, number])[];
  readonly skipped: readonly SkippedFile[];
}

async function readListing(path: string, open: () => Promise<Listing>): Promise<Listing | undefined> {
  let kept: KeptListing;
  try {
    kept = JSON.parse(await Deno.readTextFile(path));
  } catch {
    return undefined; // it was not gone through yet
  }
  const lazily = (list: "pictures" | "tables") =>
    kept[list].map((file, i) => ({ ...file, read: async () => await (await open())[list][i]!.read() }));
  return {
    pictures: lazily("pictures"),
    tables: lazily("tables"),
    ignored: new Map(kept.ignored),
    skipped: kept.skipped,
    close: () => {},
  };
}

async function writeListing(path: string, { pictures, tables, ignored, skipped }: Listing): Promise<void> {
  const plain = (files: Listing["pictures"]) => files.map(({ path, version, label }) => ({ path, version, label }));
  await Deno.mkdir(dirname(path), { recursive: true });
  const kept = { pictures: plain(pictures), tables: plain(tables), ignored: [...ignored], skipped };
  await Deno.writeTextFile(path, JSON.stringify(kept));
}

/** What is known about a source besides its pictures. */
export interface About {
  readonly labelNames?: readonly string[];
  readonly licence?: string;
}

/** Label names and licence: those of a source of ours, else what `labels.txt` and `LICENSE` beside the pictures say. */
export async function readAbout({ path, known }: Located): Promise<About> {
  if (known !== undefined) return known;
  const lines = async (name: string) => {
    const text = await Deno.readTextFile(join(path, name)).catch(() => "");
    return text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  };
  const labelNames = await lines("labels.txt");
  const [licence] = await lines("LICENSE");
  return { ...(labelNames.length > 0 ? { labelNames } : {}), ...(licence === undefined ? {} : { licence }) };
}

/** Names labels only where every label gets a name: folders have named theirs already. */
export function describeSet(set: ImageSet, about: About): ImageSet {
  const { labelNames, licence } = about;
  const numbered = set.labelNames.every((name, label) => name === String(label));
  const fits = labelNames !== undefined && numbered && set.labels !== undefined &&
    set.labelNames.length <= labelNames.length;
  return { ...set, ...(fits ? { labelNames } : {}), ...(licence === undefined ? {} : { licence }) };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
