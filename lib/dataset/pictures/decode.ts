/** Decodes many picture files at once, into a file that can be gone on with after an interruption. */
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { LatentboardError } from "../../errors.ts";
import { brightestValue, checkPicture, closeHeicThreads, decodeFitted } from "../../imaging/mod.ts";
import type { Rgb } from "../../imaging/mod.ts";
import { luma } from "../../imaging/bitmap.ts";
import type { DataProgress } from "../options.ts";
import type { SkippedFile } from "../parts.ts";
import { isOpenFault, type SourceFile } from "./files.ts";

/** What is known of a decoded file, as bits. */
export const FileState = { done: 1, grey: 2, uniform: 4, small: 8, skipped: 16, deep: 32 } as const;

/** Called with how far the decoding is. */
export type Progress = ((progress: DataProgress) => void) | undefined;

/** The shape of the records. */
export interface RecordShape {
  readonly size: number;
  readonly channels: 1 | 3;
  readonly fit: "cover" | "contain";
  readonly background?: Rgb | undefined;
}

/** What was found. */
export interface DecodedState {
  /** {@linkcode FileState} of each file. */
  readonly flags: Uint8Array;
  /** CRC-32 of each file's pixels. */
  readonly checksums: Uint32Array;
  /** Width and height of each file's picture, one after the other; those above 65,535 are cut to that. */
  readonly sizes: Uint16Array;
  /** The value of 16-bit pictures that became white; undefined where there are none. */
  readonly white: number | undefined;
  readonly skipped: readonly SkippedFile[];
}

/** What is decoded is noted after so many milliseconds at the latest: no more than that is done twice. */
const SAVE_MS = 2000;
/** Flags, checksum, width and height of a file in `state.bin`. */
const STATE_BYTES = 1 + 4 + 2 + 2;
/** Files in hand per core: one is read while another is decoded. */
const IN_FLIGHT_PER_CORE = 2;
/** Channels that differ by no more than this are grey: JPEG rounds. */
const GREY_TOLERANCE = 8;

/**
 * Decodes files into `decoded.bin` of a folder, one record for each in their order. `state.bin` and `skipped.jsonl`
 * beside it say what is done already.
 *
 * @throws {unknown} the signal's reason; what is done stays
 */
export async function decodeAll(
  folder: string,
  files: readonly SourceFile[],
  shape: RecordShape,
  { onProgress, signal }: { readonly onProgress?: Progress; readonly signal?: AbortSignal | undefined },
): Promise<DecodedState> {
  const job = await DecodingJob.open(folder, files, shape);
  try {
    const waiting = [...files.keys()].filter((i) => job.flags[i] === 0);
    let done = files.length - waiting.length;
    const report = () => onProgress?.({ what: "decoding", done, total: files.length });
    report();
    await inParallel(waiting, signal, async (i) => {
      await job.decode(i);
      done++;
      report();
    });
    const deep = [...files.keys()].filter((i) => job.flags[i] === FileState.deep);
    const white = deep.length === 0 ? undefined : await job.findWhite(deep, signal);
    await inParallel(deep, signal, (i) => job.decode(i, white));
    return { flags: job.flags, checksums: job.checksums, sizes: job.sizes, white, skipped: job.skipped };
  } finally {
    job.close();
    closeHeicThreads();
  }
}

async function inParallel(
  items: readonly number[],
  signal: AbortSignal | undefined,
  work: (i: number) => Promise<void>,
) {
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      signal?.throwIfAborted();
      await work(items[next++]!);
    }
  };
  const lanes = Array.from({ length: IN_FLIGHT_PER_CORE * navigator.hardwareConcurrency }, lane);
  const results = await Promise.allSettled(lanes); // all have stopped before files are closed
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

class DecodingJob {
  readonly flags: Uint8Array;
  readonly checksums: Uint32Array;
  readonly sizes: Uint16Array;
  readonly skipped: SkippedFile[];
  readonly #files: readonly SourceFile[];
  readonly #shape: RecordShape;
  readonly #output: Deno.FsFile;
  readonly #state: string;
  readonly #skippedFile: string;
  #savedAt = performance.now();
  #skippedSaved: number;

  static async open(folder: string, files: readonly SourceFile[], shape: RecordShape): Promise<DecodingJob> {
    const output = await Deno.open(join(folder, "decoded.bin"), { read: true, write: true, create: true });
    const saved = await Deno.readFile(join(folder, "state.bin")).catch(() => new Uint8Array());
    const lines = await Deno.readTextFile(join(folder, "skipped.jsonl")).catch(() => "");
    const bytes = files.length * shape.size * shape.size * shape.channels;
    const goesOn = saved.length === files.length * STATE_BYTES && (await output.stat()).size === bytes;
    if (!goesOn) await output.truncate(bytes);
    const skipped = goesOn ? lines.split("\n").slice(0, -1).map((line) => JSON.parse(line) as SkippedFile) : [];
    return new DecodingJob(
      folder,
      files,
      shape,
      output,
      goesOn ? saved : new Uint8Array(files.length * STATE_BYTES),
      skipped,
    );
  }

  private constructor(
    folder: string,
    files: readonly SourceFile[],
    shape: RecordShape,
    output: Deno.FsFile,
    saved: Uint8Array,
    skipped: SkippedFile[],
  ) {
    this.flags = saved.slice(0, files.length);
    this.checksums = new Uint32Array(saved.slice(files.length, files.length * 5).buffer);
    this.sizes = new Uint16Array(saved.slice(files.length * 5).buffer);
    this.skipped = skipped;
    this.#skippedSaved = skipped.length;
    this.#files = files;
    this.#shape = shape;
    this.#output = output;
    this.#state = join(folder, "state.bin");
    this.#skippedFile = join(folder, "skipped.jsonl");
  }

  /** Decodes a file; one of more than 8 bits per channel waits until the brightest value of all is known. */
  async decode(i: number, white?: number): Promise<void> {
    const { size, channels, fit, background } = this.#shape;
    try {
      const bytes = await this.#files[i]!.read();
      const header = checkPicture(bytes);
      if (header.depth > 8 && white === undefined) {
        this.flags[i] = FileState.deep;
        return;
      }
      const colour = await decodeFitted(bytes, header, {
        width: size,
        height: size,
        fit,
        white,
        ...(background === undefined ? {} : { background }),
      });
      const { grey, uniform } = look(colour);
      const record = channels === 3 ? colour : toGrey(colour);
      this.#output.seekSync(i * record.length, Deno.SeekMode.Start);
      for (let at = 0; at < record.length;) at += this.#output.writeSync(record.subarray(at));
      this.checksums[i] = crc32(record);
      this.sizes.set([Math.min(header.width, 0xffff), Math.min(header.height, 0xffff)], 2 * i);
      this.flags[i] = FileState.done | (grey ? FileState.grey : 0) | (uniform ? FileState.uniform : 0) |
        (Math.min(header.width, header.height) * 2 < size ? FileState.small : 0);
    } catch (error) {
      this.#skip(i, error);
    }
    if (performance.now() - this.#savedAt > SAVE_MS) this.save();
  }

  /** The value that becomes white: all bits that the brightest of these files uses. */
  async findWhite(deep: readonly number[], signal: AbortSignal | undefined): Promise<number> {
    let brightest = 0;
    await inParallel(deep, signal, async (i) => {
      try {
        const bytes = await this.#files[i]!.read();
        brightest = Math.max(brightest, await brightestValue(bytes, checkPicture(bytes)));
      } catch {
        return; // it is listed when it is decoded
      }
    });
    return 2 ** Math.max(8, Math.ceil(Math.log2(brightest + 1))) - 1;
  }

  /** Notes what is done: the pictures first, so that nothing is noted that is not there. */
  save(): void {
    const bytes = new Uint8Array(this.flags.length * STATE_BYTES);
    bytes.set(this.flags);
    bytes.set(new Uint8Array(this.checksums.buffer), this.flags.length);
    bytes.set(new Uint8Array(this.sizes.buffer), this.flags.length * 5);
    const lines = this.skipped.slice(this.#skippedSaved).map((file) => `${JSON.stringify(file)}\n`);
    Deno.writeTextFileSync(this.#skippedFile, lines.join(""), { append: true });
    this.#skippedSaved = this.skipped.length;
    Deno.writeFileSync(this.#state, bytes);
    this.#savedAt = performance.now();
  }

  close(): void {
    this.save();
    this.#output.close();
  }

  #skip(i: number, error: unknown): void {
    if (!(error instanceof LatentboardError) && !isOpenFault(error)) throw error;
    this.flags[i] = FileState.done | FileState.skipped;
    const reason = error instanceof LatentboardError ? error.message : "Cannot open the file";
    this.skipped.push({ file: this.#files[i]!.path, reason });
  }
}

/** Whether a coloured picture is grey, or of one colour. */
function look(pixels: Uint8Array): { grey: boolean; uniform: boolean } {
  let grey = true;
  let uniform = true;
  for (let at = 0; at < pixels.length && (grey || uniform); at += 3) {
    const red = pixels[at]!;
    const green = pixels[at + 1]!;
    const blue = pixels[at + 2]!;
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > GREY_TOLERANCE) grey = false;
    if (red !== pixels[0] || green !== pixels[1] || blue !== pixels[2]) uniform = false;
  }
  return { grey, uniform };
}

function toGrey(colour: Uint8Array): Uint8Array {
  const grey = new Uint8Array(colour.length / 3);
  for (let i = 0; i < grey.length; i++) grey[i] = luma(colour[i * 3]!, colour[i * 3 + 1]!, colour[i * 3 + 2]!);
  return grey;
}
