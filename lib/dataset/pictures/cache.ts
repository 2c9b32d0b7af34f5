/** Picture files decoded once: fitted to one shape and kept as a file of equal records, which later loads read as it is. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { LatentboardError } from "../../errors.ts";
import type { ReadOptions } from "../options.ts";
import type { SkippedFile } from "../parts.ts";
import { decodeAll, FileState, type Progress } from "./decode.ts";
import type { SourceFile } from "./files.ts";
import { chooseChannels, chooseShape } from "./shape.ts";

/** What is kept of decoded files. */
export interface DecodedFiles {
  /** Pictures one after the other, one for each file in order; those of skipped files are empty. */
  readonly path: string;
  readonly size: number;
  readonly channels: 1 | 3;
  readonly fit: "cover" | "contain";
  /** Width and height of each file's picture, one after the other. */
  readonly sizes: Uint16Array;
  /** Places of the files that could be read; absent when all could. */
  readonly kept?: readonly number[];
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
  readonly skipped: readonly SkippedFile[];
}

type CacheIndex = Omit<DecodedFiles, "path" | "sizes"> & { readonly version: number; readonly count: number };

const VERSION = 3;

/**
 * Decodes picture files into the cache, or finds them there. What was interrupted goes on where it was, and a second
 * process waits for the first. Files that can't be read are listed and passed over.
 *
 * @param files the files
 * @param source where they are from
 * @throws {LatentboardError} kind `damaged` when not one of the files can be read
 */
export async function decodeFiles(
  files: readonly SourceFile[],
  source: string,
  options: ReadOptions,
): Promise<DecodedFiles> {
  const folder = join(options.home, "cache", "pictures", keyOf(files, source, options));
  const found = await readIndex(folder, files.length);
  if (found !== undefined) return found;
  const unfinished = `${folder}.part`;
  await Deno.mkdir(unfinished, { recursive: true });
  using lock = await Deno.open(join(unfinished, "lock"), { write: true, create: true });
  await lock.lock(true);
  const meanwhile = await readIndex(folder, files.length);
  if (meanwhile !== undefined) {
    await Deno.remove(unfinished, { recursive: true }).catch(() => {});
    return meanwhile;
  }
  await Deno.mkdir(unfinished, { recursive: true });
  const { index, sizes } = await decodeInto(unfinished, files, source, options);
  await Deno.writeFile(join(unfinished, "sizes.bin"), new Uint8Array(sizes.buffer));
  await Deno.writeTextFile(join(unfinished, "index.json"), JSON.stringify(index));
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  await Deno.rename(unfinished, folder);
  return { ...index, sizes, path: join(folder, "pictures.bin") };
}

async function readIndex(folder: string, count: number): Promise<DecodedFiles | undefined> {
  try {
    const index = JSON.parse(await Deno.readTextFile(join(folder, "index.json"))) as CacheIndex;
    const path = join(folder, "pictures.bin");
    const { size } = await Deno.stat(path);
    const whole = index.version === VERSION && index.count === count &&
      size === count * index.size * index.size * index.channels;
    const sizes = await Deno.readFile(join(folder, "sizes.bin"));
    return whole ? { ...index, path, sizes: new Uint16Array(sizes.buffer) } : undefined;
  } catch {
    return undefined; // not there, or not whole: it is made again
  }
}

function keyOf(files: readonly SourceFile[], source: string, options: ReadOptions): string {
  const { imageSize, channels, fit, background } = options;
  const hash = createHash("sha256").update(JSON.stringify([VERSION, source, imageSize, channels, fit, background]));
  for (const { path, version } of files) hash.update(`${path}\0${version}\n`);
  return hash.digest("hex").slice(0, 32);
}

async function decodeInto(
  folder: string,
  files: readonly SourceFile[],
  source: string,
  options: ReadOptions,
): Promise<{ index: CacheIndex; sizes: Uint16Array }> {
  const { imageSize: size, fit } = await chooseShape(files, options);
  const channels = options.channels ?? 3; // grey or colour is known once all are decoded
  const { background, onProgress, signal } = options;
  const shape = { size, channels, fit, background };
  const state = await decodeAll(folder, files, shape, { onProgress: onProgress as Progress, signal });
  const kept = [...state.flags.keys()].filter((i) => (state.flags[i]! & FileState.skipped) === 0);
  const skipped = state.skipped.toSorted((a, b) => a.file < b.file ? -1 : 1);
  if (kept.length === 0) {
    await Deno.remove(folder, { recursive: true });
    const [first] = skipped;
    throw new LatentboardError(
      "damaged",
      `Cannot read any of the ${files.length} pictures in ${source}; the first, ${first?.file}: ${first?.reason}`,
    );
  }
  const countOf = (flag: number) => kept.reduce((sum, i) => sum + ((state.flags[i]! & flag) === 0 ? 0 : 1), 0);
  const decision = options.channels === undefined
    ? chooseChannels(countOf(FileState.grey), kept.length)
    : { channels: options.channels };
  const decoded = join(folder, "decoded.bin");
  const pictures = join(folder, "pictures.bin");
  if (decision.channels === channels) await Deno.rename(decoded, pictures);
  else await takeFirstChannel(decoded, pictures);
  for (const file of ["state.bin", "skipped.jsonl", "lock"]) await Deno.remove(join(folder, file));
  const index: CacheIndex = {
    version: VERSION,
    count: files.length,
    size,
    channels: decision.channels,
    fit,
    ...(kept.length === files.length ? {} : { kept }),
    ...describeContents(state, kept, size, decision.note),
    skipped,
  };
  return { index, sizes: state.sizes };
}

function describeContents(
  { flags, checksums, white }: { flags: Uint8Array; checksums: Uint32Array; white: number | undefined },
  kept: readonly number[],
  size: number,
  mixed: string | undefined,
): { notes: string[]; warnings: string[] } {
  const total = kept.length.toLocaleString("en");
  const count = (flag: number) => kept.filter((i) => (flags[i]! & flag) !== 0).length;
  const notes = mixed === undefined ? [] : [mixed];
  if (white !== undefined && white < 65_535) {
    notes.push(
      `The 16-bit pictures use ${
        Math.round(Math.log2(white + 1))
      } of their 16 bits: 0 to ${white} became black to white`,
    );
  }
  const small = count(FileState.small);
  if (small > 0) {
    notes.push(
      `${small.toLocaleString("en")} of ${total} pictures are smaller than half of ${size}×${size}: they are enlarged`,
    );
  }
  const plain = count(FileState.uniform);
  const warnings: string[] = [];
  if (kept.length > 1 && new Set(kept.map((i) => checksums[i]!)).size === 1) {
    warnings.push(`All ${total} pictures are the same: there is nothing to learn from them`);
  } else if (plain > 0.1 * kept.length || (plain > 0 && plain === kept.length)) {
    warnings.push(
      `${plain.toLocaleString("en")} of ${total} pictures are of one colour throughout, empty or fully transparent: ` +
        "look at them before training",
    );
  }
  return { notes, warnings };
}

/** Grey pictures were decoded as colour of three equal channels, or nearly so. */
async function takeFirstChannel(from: string, to: string): Promise<void> {
  using input = await Deno.open(from);
  using output = await Deno.open(to, { write: true, create: true, truncate: true });
  const coloured = new Uint8Array(3 << 20);
  for (let filled = 0;;) {
    const read = await input.read(coloured.subarray(filled));
    filled += read ?? 0;
    const pixels = Math.floor(filled / 3);
    const grey = new Uint8Array(pixels);
    // green is nearest to the luma of what is nearly grey
    for (let i = 0; i < pixels; i++) grey[i] = coloured[i * 3 + 1]!;
    for (let at = 0; at < grey.length;) at += await output.write(grey.subarray(at));
    coloured.copyWithin(0, pixels * 3, filled);
    filled -= pixels * 3;
    if (read === null) break;
  }
  await output.sync();
  await Deno.remove(from);
}
