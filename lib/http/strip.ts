/** Interpolations: frames that are sent while the next ones are decoded, or one file of them all. */
import { LatentboardError } from "../errors.ts";
import { encodePictures } from "../imaging/mod.ts";
import { latentDimOf, type ModelPool, pictureOf } from "../inference/mod.ts";
import { interpolate } from "../latent/mod.ts";
import { type DoneEvent, type FrameEvent, type InterpolateRequest, MAX_EXPORT_PIXELS } from "../protocol.ts";
import { bytesResponse, flattenLatents, pixelImage, toRows } from "./pictures.ts";
import { EventStream } from "./sse.ts";
import { millisecondsSince, problemEvent } from "./streams.ts";

const DEFAULT_FRAMES = 24;

/**
 * The latents of a strip.
 *
 * @param latentDim of the request's model
 * @returns `[frames, latentDim]`
 * @throws {LatentboardError} `invalid` when the keys don't fit the model, or are more than there are frames
 */
export function planStrip(request: InterpolateRequest, latentDim: number): Float32Array {
  const { keys, method = "slerp", frames = Math.max(DEFAULT_FRAMES, keys.length) } = request;
  const flat = flattenLatents(keys, latentDim, "keys");
  if (frames < keys.length) {
    throw new LatentboardError("invalid", `frames must be at least ${keys.length}, one per key`, { field: "frames" });
  }
  return interpolate(toRows(flat, latentDim), frames, method);
}

/**
 * Sends a strip's frames as they are decoded, no faster than they are read, and `done` after the last one. Decoding
 * ends when the client leaves.
 *
 * @param z `[frames, latentDim]`
 */
export function stripStream(models: ModelPool, model: string, z: Float32Array): Response {
  const left = new AbortController();
  const events = new EventStream({ onClose: () => left.abort() });
  void sendFrames(models, model, z, events, left.signal);
  return events.response();
}

async function sendFrames(
  models: ModelPool,
  model: string,
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
            seq: seq++,
            model,
            provider: batch.provider,
            serverMs: millisecondsSince(started),
            dropped: 0,
            ...pixelImage(batch, pictureOf(batch, i)),
          };
          if (!events.send("frame", frame)) return; // the client has left
        }
      }
      events.send("done", { frames } satisfies DoneEvent, { keep: true });
    });
  } catch (error) {
    if (!signal.aborted) events.send("problem", problemEvent(seq, error), { keep: true });
  } finally {
    events.close();
  }
}

/**
 * A strip as one file: an animation, or a sheet where it is a PNG. Nothing is decoded before its turn to be encoded.
 *
 * @param z `[frames, latentDim]`
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
  const document = await models.document(model);
  const shape = { count: z.length / latentDimOf(document), ...document.image };
  if (shape.count * shape.width * shape.height * scale ** 2 > MAX_EXPORT_PIXELS) {
    throw new LatentboardError("too-large", "This file would be too large: ask for fewer frames or a smaller scale", {
      field: "scale",
    });
  }
  const format = type.slice("image/".length) as "gif" | "webp" | "png";
  const frames = () => models.use(model, (runtime) => runtime.decode(z, shape.count, { signal }));
  const bytes = await encodePictures(shape, { format, delayMs, loop, scale, columns }, frames, signal);
  const headers = { "content-disposition": `attachment; filename="interpolation.${format}"` };
  return bytesResponse(bytes, type, headers);
}
