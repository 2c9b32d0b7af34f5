/** Picture files for those who wait at a server: encoded in threads, so that nobody else waits. */
import { type WorkerLoad, WorkerPool } from "../system/worker_pool.ts";
import { encodeGif, encodeWebpAnimation } from "./animation.ts";
import { splitBitmaps } from "./bitmap.ts";
import { sheetPng } from "./grid.ts";
import { encodePng } from "./png.ts";

export type { WorkerLoad };

/** Pictures of one shape, as a file. */
export interface EncodingOptions {
  readonly format: "gif" | "webp" | "png";
  /** The square that a pixel becomes; 1 by default. */
  readonly scale?: number;
  /** Of an animation. */
  readonly delayMs?: number;
  /** Of an animation; true by default. */
  readonly loop?: boolean;
  /** Pictures per row of a PNG; all in one row by default. */
  readonly columns?: number | undefined;
  /** Of a PNG with one picture. */
  readonly text?: Readonly<Record<string, string>>;
}

/** How many pictures of what shape. */
export interface FrameShape {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** Pictures one after the other. */
export interface Frames extends FrameShape {
  /** `[count, height, width, channels]` */
  readonly pixels: Uint8Array;
}

/** What a thread is sent. */
export interface EncodingTask extends EncodingOptions, Frames {
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** What all files that are being encoded may take. */
const BUDGET_BYTES = 512 * 2 ** 20;

/** Smaller files take a few milliseconds: no longer than it takes to hand them over. */
const SMALL_BYTES = 128 * 2 ** 10;

const pool = new WorkerPool<EncodingTask, Uint8Array<ArrayBuffer>>({
  module: new URL("./_encode_worker.ts", import.meta.url),
  bytes: BUDGET_BYTES,
  busy: "Too many files are being made: try again in a moment",
  late: "Making this file took too long: ask for fewer frames or a smaller scale",
});

/**
 * Encodes pictures as one file: an animation, or a PNG with all of them. Two at a time, in threads; small ones at once.
 *
 * @param shape what the pictures will be like, to judge what their file takes
 * @param frames makes the pictures when their turn comes
 * @param signal ends the work, such as that of a client who left
 * @throws {LatentboardError} `unavailable` when too many wait or it takes too long
 */
export async function encodePictures(
  shape: FrameShape,
  options: EncodingOptions,
  frames: () => Promise<Frames> | Frames,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const bytes = shape.count * shape.width * shape.height * shape.channels * (options.scale ?? 1) ** 2;
  const prepare = async (): Promise<EncodingTask> => {
    const { count, width, height, channels, pixels } = await frames();
    return { ...options, count, width, height, channels, pixels: pixels.slice() }; // a buffer of its own, to hand over
  };
  if (bytes <= SMALL_BYTES) return await encodeNow(await prepare());
  return await pool.run({
    // the pixels as they are, enlarged, and filtered or compressed
    bytes: 3 * bytes,
    prepare,
    transfer: ({ pixels }) => [pixels.buffer],
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Encodes in this thread. */
export async function encodeNow(task: EncodingTask): Promise<Uint8Array<ArrayBuffer>> {
  const { format, pixels, scale = 1, delayMs = 100, loop = true, columns, text } = task;
  const frames = splitBitmaps(pixels, task);
  if (format === "gif") return owned(encodeGif(frames, { delayMs, loop, scale }));
  if (format === "webp") return owned(await encodeWebpAnimation(frames, { delayMs, loop, scale }));
  if (text !== undefined) return owned(encodePng(frames[0]!, { text, level: 9 }));
  return owned(sheetPng(frames, columns, scale));
}

/** How many files are being encoded, and how many wait. */
export function encodingLoad(): WorkerLoad {
  return pool.load;
}

/** Ends the threads; files that are being encoded are given up. */
export function closeEncodingThreads(): void {
  pool.close();
}

/** Bytes with a buffer of their own. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes as Uint8Array<ArrayBuffer> : bytes.slice();
}
