/** Where a dataset is, and how its files are read. */
import { basename, extname, join, resolve } from "node:path";
import { LatentboardError } from "../errors.ts";
import { readNpyFile, readNpzFile } from "./arrays.ts";
import { FASHION_MNIST_LABELS, findFashionMnist } from "./fashion_mnist.ts";
import { holdsIdx, readIdxFolder, readIdxPart } from "./idx_folder.ts";
import type { ImageSet } from "./image_set.ts";
import type { LoadOptions } from "./load.ts";
import type { SourceParts } from "./parts.ts";
import { type DecodeOptions, decodePictures } from "./picture_cache.ts";
import { listFolder, listZip } from "./picture_files.ts";

/** Sources that go by a name of ours; each other name is looked up under the home's `datasets`, then as a path. */
export const NAMED_SOURCES: readonly string[] = ["sample", "fashion-mnist", "emoji"];

/** Sets of more bytes than this stay in their file: 1 GiB. */
export const MEMORY_LIMIT = 2 ** 30;

/** Where a source is. */
export interface Located {
  readonly name: string;
  readonly path: string;
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
 * Finds a source by name or path.
 *
 * @throws {LatentboardError} kind `not-found` when there is none
 */
export async function locate(source: string, { data, home, debian }: LoadOptions): Promise<Located> {
  if (source === "sample") {
    return { name: "fashion-mnist-sample", path: join(data, "fashion-mnist-sample"), known: FASHION_MNIST };
  }
  if (source === "fashion-mnist") {
    const found = await findFashionMnist({ home, ...(debian === undefined ? {} : { debian }) });
    if (found !== undefined) return { name: source, path: found.folder, known: FASHION_MNIST };
    throw new LatentboardError("not-found", `Fashion-MNIST is not on this machine: get it with "deno task data"`);
  }
  const isPlainName = /^[\w-][\w.-]*$/.test(source);
  for (const path of [...(isPlainName ? [join(home, "datasets", source)] : []), resolve(source)]) {
    if (await exists(path)) return { name: basename(path, extname(path)), path };
  }
  const hint = source === "emoji"
    ? `make it with "deno task data emoji"`
    : `name ${NAMED_SOURCES.join(", ")}, or a folder, zip, npy, npz or IDX file`;
  throw new LatentboardError("not-found", `Cannot find the dataset "${source}": ${hint}`, { field: "data" });
}

/**
 * Reads a source by the kind of its files.
 *
 * @throws {LatentboardError} kind `unsupported` when it is none that is read, and whatever its reader finds wrong
 */
export async function readParts({ name, path }: Located, options: LoadOptions): Promise<SourceParts> {
  const { memoryLimit = MEMORY_LIMIT } = options;
  const decode: DecodeOptions = { ...options, name, source: path, memoryLimit };
  if ((await Deno.stat(path)).isDirectory) {
    const names: string[] = [];
    for await (const entry of Deno.readDir(path)) if (entry.isFile) names.push(entry.name);
    if (holdsIdx(names)) {
      return await readIdxFolder(path, name);
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
    return { train: await readIdxPart(path, beside, name), notes: [], skipped: [] };
  }
  throw new LatentboardError(
    "unsupported",
    `Cannot read ${path} as a dataset: name a folder, or a zip, npy, npz or idx3-ubyte file`,
  );
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
