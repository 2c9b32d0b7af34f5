/** HEIC pictures, as phones take them: the one type that sharp's own build leaves out. */
import { LatentboardError } from "../errors.ts";
import type { Bitmap } from "./bitmap.ts";

/** What the decoding thread answers. */
export type HeicAnswer = { readonly width: number; readonly height: number; readonly data: Uint8Array } | "damaged";

/** A picture of 50 million pixels takes about ten seconds on a slow machine; a file built to hang would never end. */
const TIMEOUT_MS = 60_000;
const MAX_IDLE = 4;
const idle: Worker[] = [];

/**
 * Decodes a HEIC picture by libheif, compiled to WebAssembly: in a thread and a memory of its own, and within a time
 * limit, since the bytes may be hostile. Rotation is applied.
 *
 * @param bytes the file, whose declared size was checked
 * @param maxPixels refuses a picture that turns out larger than it declared
 * @returns colour with alpha
 * @throws {LatentboardError} kind `damaged` when it can't be decoded
 */
export async function decodeHeic(bytes: Uint8Array, maxPixels: number): Promise<Bitmap> {
  const worker = idle.pop() ?? new Worker(new URL("./_heic_worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve } = Promise.withResolvers<HeicAnswer | undefined>();
  const timer = setTimeout(() => resolve(undefined), TIMEOUT_MS);
  worker.onmessage = ({ data }: MessageEvent<HeicAnswer>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    resolve(undefined);
  };
  worker.postMessage({ bytes, maxPixels });
  const answer = await promise;
  clearTimeout(timer);
  if (answer === undefined || idle.length >= MAX_IDLE) worker.terminate(); // what hung or failed is not used again
  else idle.push(worker);
  if (answer !== undefined && answer !== "damaged") return { ...answer, channels: 4 };
  throw new LatentboardError("damaged", "Cannot decode this HEIC picture: the file is cut short or damaged");
}

/** Ends the threads that wait for the next picture, so that nothing keeps a process alive. */
export function closeHeicThreads(): void {
  for (const worker of idle.splice(0)) worker.terminate();
}
