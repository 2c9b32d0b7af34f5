/** One latent through every kept snapshot of a run. */
import { concat } from "deno-std/bytes/concat.js";
import { encodePictures } from "../imaging/mod.ts";
import type { DecodedBatch } from "../inference/mod.ts";
import { LatentboardError } from "../errors.ts";
import { MAX_EXPORT_PIXELS } from "../protocol.ts";
import type { ReplayRequest } from "../protocol_runs.ts";
import { type SnapshotDecoders, snapshotSteps } from "../runs/mod.ts";
import { bytesResponse } from "./pictures.ts";

/** How long a frame stands where nothing else was asked for. */
const FRAME_MS = 120;

/** A picture, and the step whose snapshot made it. */
export interface ReplayFrame {
  readonly step: number;
  readonly batch: DecodedBatch;
}

/**
 * Decodes a latent by every kept snapshot, oldest first; one that is dropped meanwhile is passed over.
 *
 * @param decoders open the snapshots
 * @param run its id
 * @param folder its folder
 * @param z `[latentDim]`
 * @throws {LatentboardError} `unavailable` when there is no snapshot
 */
export async function replaySnapshots(
  decoders: SnapshotDecoders,
  run: string,
  folder: string,
  z: Float32Array,
): Promise<ReplayFrame[]> {
  const frames: ReplayFrame[] = [];
  for (const step of await snapshotSteps(folder)) {
    try {
      frames.push({ step, batch: await decoders.decode(run, step, z, 1) });
    } catch (error) {
      if (!(error instanceof LatentboardError) || error.kind !== "gone") throw error;
    }
  }
  if (frames.length > 0) return frames;
  throw new LatentboardError("unavailable", "This run has no snapshot yet: wait for its first steps", { field: "id" });
}

/**
 * The pictures as a film.
 *
 * @param signal of the request
 */
export async function replayFilm(
  frames: readonly ReplayFrame[],
  { delayMs = FRAME_MS, scale = 1 }: ReplayRequest,
  type: "image/gif" | "image/webp",
  signal: AbortSignal,
): Promise<Response> {
  const { width, height, channels } = frames[0]!.batch;
  const shape = { count: frames.length, width, height, channels };
  if (frames.length * width * height * scale ** 2 > MAX_EXPORT_PIXELS) {
    throw new LatentboardError("too-large", "This film would be too large: ask for a smaller scale", {
      field: "scale",
    });
  }
  const format = type.slice("image/".length) as "gif" | "webp";
  const join = () => ({ ...shape, pixels: concat(frames.map(({ batch }) => batch.pixels)) });
  const bytes = await encodePictures(shape, { format, delayMs, scale }, join, signal);
  const headers = { "content-disposition": `attachment; filename="learning.${format}"` };
  return bytesResponse(bytes, type, headers);
}
