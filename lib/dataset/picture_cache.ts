/** Picture files decoded once: fitted to one shape and kept as a file of equal records, which later loads read as it is. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { decodeUpload, fitBitmap, sniffPicture } from "../imaging/mod.ts";
import { type ImageSet, memoryImageSet } from "./image_set.ts";
import type { DataProgress, SkippedFile, SourceParts } from "./parts.ts";
import { labelsOf, type PictureFile } from "./picture_files.ts";
import { openRecordFile } from "./record_file.ts";

/** How picture files become a set. */
export interface DecodeOptions {
  readonly name: string;
  /** Where the files are from; part of what the cache goes by. */
  readonly source: string;
  readonly home: string;
  /** Width and height; where not given, the pictures' own size when they share a small square one, else 64. */
  readonly imageSize?: number | undefined;
  /** 1 for grey, 3 for colour; where not given, grey when all pictures are. */
  readonly channels?: 1 | 3 | undefined;
  /** How pictures of another shape are fitted; `cover` by default. */
  readonly fit?: "cover" | "contain" | undefined;
  /** What shows through where they are transparent; white by default. */
  readonly background?: readonly [red: number, green: number, blue: number] | undefined;
  /** Sets of more bytes than this stay in their file. */
  readonly memoryLimit: number;
  readonly onProgress?: ((progress: DataProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface CacheIndex {
  readonly version: number;
  readonly count: number;
  readonly size: number;
  readonly channels: 1 | 3;
  readonly labelNames: readonly string[];
  readonly hasLabels: boolean;
  readonly notes: readonly string[];
  readonly skipped: readonly SkippedFile[];
}

const VERSION = 1;
/** Files decoded at once. */
const AT_ONCE = 8;
/** Files looked at to learn size and channels. */
const LOOKED_AT = 32;
const OWN_SIZE_UP_TO = 64;
const DEFAULT_SIZE = 64;

/**
 * Decodes picture files into the cache, or finds them there. Files that can't be read are listed and passed over.
 *
 * @param files the files
 * @param options shape and cache
 * @returns the pictures, in memory or in their file, with the labels of their folders
 * @throws {LatentboardError} kind `damaged` when not one of the files can be read
 */
export async function decodePictures(files: readonly PictureFile[], options: DecodeOptions): Promise<SourceParts> {
  const folder = join(options.home, "cache", "pictures", keyOf(files, options));
  let index = await readIndex(folder);
  if (index === undefined) {
    await decodeInto(folder, files, options);
    index = await readIndex(folder);
    if (index === undefined) {
      throw new LatentboardError("damaged", `Cannot use the cache ${folder}: delete it and try again`);
    }
  }
  return { train: await openCached(folder, index, options), notes: index.notes, skipped: index.skipped };
}

async function openCached(folder: string, index: CacheIndex, options: DecodeOptions): Promise<ImageSet> {
  const { count, size, channels, labelNames } = index;
  const labels = index.hasLabels ? await Deno.readFile(join(folder, "labels.bin")) : undefined;
  const path = join(folder, "pictures.bin");
  const set = { name: options.name, height: size, width: size, channels, labels, labelNames };
  if (count * size * size * channels > options.memoryLimit) return openRecordFile({ ...set, path, count });
  return memoryImageSet({ ...set, images: await Deno.readFile(path) });
}

async function readIndex(folder: string): Promise<CacheIndex | undefined> {
  try {
    const index = JSON.parse(await Deno.readTextFile(join(folder, "index.json"))) as CacheIndex;
    const { size } = await Deno.stat(join(folder, "pictures.bin"));
    const whole = index.version === VERSION && size === index.count * index.size * index.size * index.channels;
    return whole ? index : undefined;
  } catch {
    return undefined; // not there, or not whole: it is made again
  }
}

function keyOf(files: readonly PictureFile[], options: DecodeOptions): string {
  const { source, imageSize, channels, fit, background } = options;
  const hash = createHash("sha256").update(JSON.stringify([VERSION, source, imageSize, channels, fit, background]));
  for (const { path, version } of files) hash.update(`${path}\0${version}\n`);
  return hash.digest("hex").slice(0, 32);
}

async function decodeInto(folder: string, files: readonly PictureFile[], options: DecodeOptions): Promise<void> {
  const temporary = `${folder}.${crypto.randomUUID()}.part`;
  await Deno.mkdir(temporary, { recursive: true });
  try {
    const shape = await shapeOf(files, options);
    const { kept, skipped } = await writePictures(join(temporary, "pictures.bin"), files, { ...options, ...shape });
    if (kept.length === 0) {
      throw new LatentboardError(
        "damaged",
        `Cannot read any of the ${files.length} pictures in ${options.source}; the first, ${skipped[0]?.file}: ` +
          `${skipped[0]?.reason}`,
      );
    }
    const { labels, names, note } = labelsOf(kept);
    if (labels !== undefined) await Deno.writeFile(join(temporary, "labels.bin"), labels);
    const index: CacheIndex = {
      version: VERSION,
      count: kept.length,
      size: shape.imageSize,
      channels: shape.channels,
      labelNames: names,
      hasLabels: labels !== undefined,
      notes: note === undefined ? [] : [note],
      skipped,
    };
    await Deno.writeTextFile(join(temporary, "index.json"), JSON.stringify(index));
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.rename(temporary, folder);
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    throw error;
  }
}

type Shaped = DecodeOptions & { readonly imageSize: number; readonly channels: 1 | 3 };

async function writePictures(
  path: string,
  files: readonly PictureFile[],
  options: Shaped,
): Promise<{ kept: string[]; skipped: SkippedFile[] }> {
  const kept: string[] = [];
  const skipped: SkippedFile[] = [];
  using output = await Deno.open(path, { write: true, createNew: true });
  for (let start = 0; start < files.length; start += AT_ONCE) {
    options.signal?.throwIfAborted();
    const group = files.slice(start, start + AT_ONCE);
    const decoded = await Promise.all(group.map((file) => decode(file, options)));
    for (const [i, picture] of decoded.entries()) {
      if (picture instanceof Uint8Array) {
        kept.push(group[i]!.path);
        await writeAll(output, picture);
      } else {
        skipped.push({ file: group[i]!.path, reason: picture.message });
      }
    }
    options.onProgress?.({ what: "decoding", done: start + group.length, total: files.length });
  }
  await output.sync();
  return { kept, skipped };
}

/** A file's pixels in the set's shape, or what is wrong with it. */
async function decode(file: PictureFile, options: Shaped): Promise<Uint8Array | LatentboardError> {
  const { imageSize, channels, fit, background } = options;
  try {
    const bytes = await file.read();
    const { width, height } = sniffPicture(bytes);
    // shrunk while it is decoded, but never below twice the size that is wanted
    const maxSide = Math.ceil(2 * imageSize * Math.max(width, height) / Math.min(width, height));
    const { data } = await fitBitmap(await decodeUpload(bytes, { maxSide }), {
      width: imageSize,
      height: imageSize,
      channels,
      ...(fit === undefined ? {} : { fit }),
      ...(background === undefined ? {} : { background }),
    });
    return data;
  } catch (error) {
    if (error instanceof LatentboardError) return error;
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.PermissionDenied) {
      return new LatentboardError("not-found", "Cannot open the file", { cause: error });
    }
    throw error;
  }
}

async function shapeOf(
  files: readonly PictureFile[],
  options: DecodeOptions,
): Promise<{ imageSize: number; channels: 1 | 3 }> {
  const { imageSize, channels } = options;
  if (imageSize !== undefined && channels !== undefined) return { imageSize, channels };
  const step = Math.max(1, Math.floor(files.length / LOOKED_AT));
  const sizes = new Set<number>();
  let allGrey = true;
  for (const file of files.filter((_, i) => i % step === 0).slice(0, LOOKED_AT)) {
    try {
      const bytes = await file.read();
      const { width, height } = sniffPicture(bytes);
      sizes.add(width === height ? width : 0);
      if (channels === undefined) allGrey &&= (await decodeUpload(bytes, { maxSide: OWN_SIZE_UP_TO })).channels === 1;
    } catch (error) {
      if (!(error instanceof LatentboardError)) throw error; // a broken file says nothing; it is listed later
    }
  }
  const [own = 0] = sizes;
  const small = sizes.size === 1 && own > 0 && own <= OWN_SIZE_UP_TO;
  return { imageSize: imageSize ?? (small ? own : DEFAULT_SIZE), channels: channels ?? (allGrey ? 1 : 3) };
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
