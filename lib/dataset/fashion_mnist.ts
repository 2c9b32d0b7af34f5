/** Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017): where it is, and how to get it. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { LatentboardError } from "../errors.ts";
import type { DataProgress } from "./options.ts";

/** Where Debian's package dataset-fashion-mnist puts it. */
export const DEBIAN_FASHION_MNIST = "/usr/share/datasets/fashion-mnist";

/** Its public homes, tried in order: the project's own repository, and the address that its description names. */
export const FASHION_MNIST_HOMES: readonly string[] = [
  "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
  "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
];

/** The labels, in order. */
export const FASHION_MNIST_LABELS: readonly string[] = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
];

/** A file of the set. */
export interface DataFile {
  readonly name: string;
  /** Bytes once unpacked. */
  readonly bytes: number;
  /** SHA-256 of the unpacked bytes: the same whoever gzipped them. */
  readonly sha256: string;
}

/** The four files; the MD5 sums that the project publishes are of gzipped files with these very contents. */
export const FASHION_MNIST_FILES: readonly DataFile[] = [
  {
    name: "train-images-idx3-ubyte.gz",
    bytes: 47_040_016,
    sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
  },
  {
    name: "train-labels-idx1-ubyte.gz",
    bytes: 60_008,
    sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
  },
  {
    name: "t10k-images-idx3-ubyte.gz",
    bytes: 7_840_016,
    sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
  },
  {
    name: "t10k-labels-idx1-ubyte.gz",
    bytes: 10_008,
    sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
  },
];

/** Where a set is looked for, and which files make it. */
export interface FindOptions {
  /** The home folder; downloads lie in its `datasets/fashion-mnist`. */
  readonly home: string;
  /** Where Debian's package would be; {@linkcode DEBIAN_FASHION_MNIST} by default. */
  readonly debian?: string;
  /** The files looked for; {@linkcode FASHION_MNIST_FILES} by default. */
  readonly files?: readonly DataFile[];
}

/** How a set is got. */
export interface GetOptions extends FindOptions {
  /** A folder that the person has it in. */
  readonly from?: string;
  /** Base addresses, tried in order; {@linkcode FASHION_MNIST_HOMES} by default. */
  readonly bases?: readonly string[];
  readonly onProgress?: (progress: DataProgress) => void;
  readonly signal?: AbortSignal;
}

/** Where a set was found. */
export interface FoundData {
  readonly folder: string;
  /** In words, for the person. */
  readonly origin: string;
}

/** A gzipped file of more bytes than this isn't one of the set's. */
const MAX_DOWNLOAD = 64 << 20;

/**
 * Looks for the full Fashion-MNIST on this machine: Debian's package, then what was downloaded before.
 *
 * @param options where to look
 * @returns the folder, or undefined where no folder has all four files
 */
export async function findFashionMnist(options: FindOptions): Promise<FoundData | undefined> {
  const { home, debian = DEBIAN_FASHION_MNIST, files = FASHION_MNIST_FILES } = options;
  const places: FoundData[] = [
    { folder: debian, origin: "Debian's dataset-fashion-mnist" },
    { folder: cacheFolder(home), origin: "an earlier download" },
  ];
  for (const place of places) if (await holdsAll(place.folder, files)) return place;
  return undefined;
}

/**
 * Gets the full Fashion-MNIST: from a folder the person names, from Debian's package, from an earlier download, else from
 * its public home. Every file's checksum is verified, wherever it comes from.
 *
 * @param options where to look and load from
 * @returns the folder with the four verified files
 * @throws {LatentboardError} kind `not-found` when a named folder lacks a file, `damaged` when a checksum differs,
 *   `unavailable` when no public home could be reached
 */
export async function getFashionMnist(options: GetOptions): Promise<FoundData> {
  const { home, from, files = FASHION_MNIST_FILES } = options;
  if (from !== undefined) {
    for (const file of files) await checkFile(from, file);
    const folder = cacheFolder(home);
    await Deno.mkdir(folder, { recursive: true });
    for (const { name } of files) await Deno.copyFile(join(from, name), join(folder, name));
    return { folder, origin: from };
  }
  const found = await findFashionMnist(options);
  if (found !== undefined) {
    for (const file of files) await checkFile(found.folder, file);
    return found;
  }
  return await download(options);
}

async function download(options: GetOptions): Promise<FoundData> {
  const { home, bases = FASHION_MNIST_HOMES, files = FASHION_MNIST_FILES } = options;
  const folder = cacheFolder(home);
  await Deno.mkdir(folder, { recursive: true });
  const faults: string[] = [];
  for (const base of bases) {
    try {
      for (const file of files) await downloadFile(new URL(file.name, base), join(folder, file.name), file, options);
      return { folder, origin: base };
    } catch (error) {
      options.signal?.throwIfAborted();
      faults.push(`${base}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new LatentboardError(
    "unavailable",
    `Cannot download Fashion-MNIST (${faults.join("; ")}): install Debian's dataset-fashion-mnist, or name a folder ` +
      `that holds ${files.map(({ name }) => name).join(", ")} with --from`,
  );
}

async function downloadFile(address: URL, path: string, file: DataFile, options: GetOptions): Promise<void> {
  if (await isWhole(path, file)) return; // an earlier, interrupted download got this far
  const response = await fetch(address, options.signal ? { signal: options.signal } : {});
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`${file.name} was answered with status ${response.status}`);
  }
  const total = Number(response.headers.get("content-length")) || 0;
  const parts: Uint8Array[] = [];
  let done = 0;
  for await (const part of response.body) {
    done += part.length;
    if (done > MAX_DOWNLOAD) throw new Error(`${file.name} is longer than it can be`);
    parts.push(part);
    options.onProgress?.({ what: `downloading ${file.name}`, done, total });
  }
  const bytes = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
  const fault = faultOf(bytes, file);
  if (fault !== undefined) throw new Error(`${file.name} ${fault}`);
  const temporary = `${path}.${crypto.randomUUID()}.part`;
  await Deno.writeFile(temporary, bytes);
  await Deno.rename(temporary, path);
}

async function checkFile(folder: string, file: DataFile): Promise<void> {
  const path = join(folder, file.name);
  const bytes = await Deno.readFile(path).catch((cause) => {
    throw new LatentboardError("not-found", `Cannot read ${path}: the folder must hold all four files`, { cause });
  });
  const fault = faultOf(bytes, file);
  if (fault !== undefined) throw new LatentboardError("damaged", `${path} ${fault}: get it again`);
}

function faultOf(bytes: Uint8Array, { bytes: length, sha256 }: DataFile): string | undefined {
  let plain: Uint8Array;
  try {
    plain = gunzipSync(bytes, { maxOutputLength: length });
  } catch {
    return "is no gzip file, cut short, or longer than it must be";
  }
  const found = createHash("sha256").update(plain).digest("hex");
  return found === sha256 ? undefined : `has the checksum ${found.slice(0, 12)}… instead of ${sha256.slice(0, 12)}…`;
}

async function isWhole(path: string, file: DataFile): Promise<boolean> {
  const bytes = await Deno.readFile(path).catch(() => undefined);
  return bytes !== undefined && faultOf(bytes, file) === undefined;
}

async function holdsAll(folder: string, files: readonly DataFile[]): Promise<boolean> {
  const found = await Promise.all(files.map(({ name }) => Deno.stat(join(folder, name)).catch(() => undefined)));
  return found.every((info) => info?.isFile);
}

function cacheFolder(home: string): string {
  return join(home, "datasets", "fashion-mnist");
}
