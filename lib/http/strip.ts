/** Interpolations: frames that are sent while the next ones are decoded, or one file of them all. */
import { LatentboardError } from "../errors.ts";
import { type Bitmap, encodeGif, encodeWebpAnimation, enlargeBitmap, sheetPng } from "../imaging/mod.ts";
import { type ModelPool, pictureOf } from "../inference/mod.ts";
import { interpolate } from "../latent/mod.ts";
import {
  type DoneEvent,
  type FrameEvent,
  type InterpolateRequest,
  MAX_EXPORT_PIXELS,
  type ProblemEvent,
} from "../protocol.ts";
import { bitmaps, bytesAnswer, flatten, rows } from "./pictures.ts";
import { toProblem } from "./problem.ts";
import { EventStream } from "./sse.ts";
import { pixelImage } from "./streams.ts";

/**
 * The latents of a strip.
 *
 * @param latentDim of the request's model
 * @returns `[frames, latentDim]`
 * @throws {LatentboardError} `invalid` when the keys don't fit the model, or are more than there are frames
 */
export function planStrip(request: InterpolateRequest, latentDim: number): Float32Array {
  const { keys, method = "slerp", frames = Math.max(24, keys.length) } = request;
  const flat = flatten(keys, latentDim, "keys");
  if (frames < keys.length) {
    throw new LatentboardError("invalid", `frames must be at least ${keys.length}, one a key`, { field: "frames" });
  }
  return interpolate(rows(flat, latentDim), frames, method);
}

/**
 * Sends a strip's frames as they are decoded, no faster than they are read, and `done` after the last one. When the
 * client leaves, decoding ends.
 *
 * @param z `[frames, latentDim]`
 */
export function stripStream(models: ModelPool, request: InterpolateRequest, z: Float32Array): Response {
  const left = new AbortController();
  const events = new EventStream({ onClose: () => left.abort() });
  sendFrames(models, request, z, events, left.signal);
  return events.response();
}

async function sendFrames(
  models: ModelPool,
  { model }: InterpolateRequest,
  z: Float32Array,
  events: EventStream,
  signal: AbortSignal,
): Promise<void> {
  const started = performance.now();
  let seq = 0;
  try {
    await models.use(model, async (runtime) => {
      const frames = z.length / runtime.latentDim;
      for await (const batch of runtime.frames(z, frames, { signal })) {
        for (let i = 0; i < batch.count; i++) {
          await events.room();
          const frame: FrameEvent = {
            channel: "strip",
            seq: seq++,
            model,
            provider: batch.provider,
            serverMs: Math.round((performance.now() - started) * 1000) / 1000,
            dropped: 0,
            ...pixelImage(batch, pictureOf(batch, i)),
          };
          if (!events.send("frame", frame)) return; // the client has left
        }
      }
      events.send("done", { frames } satisfies DoneEvent, { keep: true });
    });
  } catch (error) {
    if (signal.aborted) return;
    const { title, detail } = toProblem(error);
    events.send("problem", { channel: "strip", seq, title, detail } satisfies ProblemEvent, { keep: true });
  } finally {
    events.close();
  }
}

/**
 * A strip as one file.
 *
 * @param z `[frames, latentDim]`
 * @param type image/gif or image/webp, which move, or image/png, a sheet
 * @throws {LatentboardError} `too-large` when the file would have too many pixels
 */
export async function stripFile(
  models: ModelPool,
  request: InterpolateRequest,
  z: Float32Array,
  type: "image/gif" | "image/webp" | "image/png",
  signal: AbortSignal,
): Promise<Response> {
  const { model, delayMs = 80, loop = true, scale = 1, columns } = request;
  const { image } = await models.document(model);
  const pictures = await models.use(model, async (runtime) => {
    const count = z.length / runtime.latentDim;
    if (count * image.width * image.height * scale ** 2 > MAX_EXPORT_PIXELS) {
      throw new LatentboardError("too-large", "This file would be too large: ask for fewer frames or a smaller scale", {
        field: "scale",
      });
    }
    const decoded: Bitmap[] = [];
    for await (const batch of runtime.frames(z, count, { signal })) {
      for (const bitmap of bitmaps(batch)) decoded.push(enlargeBitmap(bitmap, scale));
    }
    return decoded;
  });
  const extension = type.slice("image/".length);
  const headers = { "content-disposition": `attachment; filename="interpolation.${extension}"` };
  if (type === "image/png") return bytesAnswer(sheetPng(pictures, columns), type, headers);
  return type === "image/gif"
    ? bytesAnswer(encodeGif(pictures, { delayMs, loop }), type, headers)
    : bytesAnswer(await encodeWebpAnimation(pictures, { delayMs, loop }), type, headers);
}
