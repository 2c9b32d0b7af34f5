/** Latents in, pictures out: what the decoding routes share. */
import { accepts } from "deno-std/http/negotiation.js";
import { HttpError } from "fresh";
import { LatentboardError } from "../errors.ts";
import type { Bitmap } from "../imaging/mod.ts";
import { type DecodedBatch, type ModelPool, pictureOf } from "../inference/mod.ts";
import type { DecodeResponse, PixelImage } from "../protocol.ts";
import { pixelImage } from "./streams.ts";

/**
 * Checks latents against a model and makes one array of them.
 *
 * @param latents each of `latentDim` numbers
 * @param field where they stand in the request, such as `z`
 * @returns `[count, latentDim]`
 * @throws {LatentboardError} `invalid`, naming the first latent of another length
 */
export function flatten(latents: readonly (readonly number[])[], latentDim: number, field: string): Float32Array {
  const flat = new Float32Array(latents.length * latentDim);
  for (const [i, latent] of latents.entries()) {
    if (latent.length !== latentDim) {
      const place = latents.length === 1 ? field : `${field}[${i}]`;
      throw new LatentboardError(
        "invalid",
        `${place} must hold ${latentDim} numbers, one a latent dimension: it holds ${latent.length}`,
        { field: place },
      );
    }
    flat.set(latent, i * latentDim);
  }
  return flat;
}

/** Latents of one flat array, as JSON takes them. */
export function rows(flat: Float32Array, latentDim: number): number[][] {
  return Array.from(
    { length: flat.length / latentDim },
    (_, i) => Array.from(flat.subarray(i * latentDim, (i + 1) * latentDim)),
  );
}

/**
 * Decodes latents that were checked for their numbers, but not yet for their length.
 *
 * @throws {LatentboardError} `not-found` for an unknown model, `invalid` for a latent of another length
 */
export function decodeLatents(
  models: ModelPool,
  model: string,
  latents: readonly (readonly number[])[],
  field = "z",
): Promise<DecodedBatch> {
  return models.use(
    model,
    (runtime) => runtime.decode(flatten(latents, runtime.latentDim, field), latents.length),
  );
}

/** The pictures of a batch as they are sent in JSON. */
export function pixelImages(batch: DecodedBatch): PixelImage[] {
  return Array.from({ length: batch.count }, (_, i) => pixelImage(batch, pictureOf(batch, i)));
}

/** A batch as the JSON answer of a decode. */
export function decodeResponse(model: string, batch: DecodedBatch): DecodeResponse {
  return { model, provider: batch.provider, images: pixelImages(batch) };
}

/** The pictures of a batch, each a view of its pixels. */
export function bitmaps(batch: DecodedBatch): Bitmap[] {
  const { width, height, channels } = batch;
  return Array.from({ length: batch.count }, (_, i) => ({ width, height, channels, data: pictureOf(batch, i) }));
}

/** An answer of bytes. */
export function bytesAnswer(bytes: Uint8Array, type: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { "content-type": type, ...headers } });
}

/**
 * Which of the types a request asks for.
 *
 * @param types what there is, the first one being sent to whom it is all the same
 * @throws {HttpError} 406 when it wants none of them
 */
export function chooseType<T extends string>(request: Request, types: readonly [T, ...T[]]): T {
  const chosen = request.headers.has("accept") ? accepts(request, ...types) : types[0];
  if (chosen !== undefined) return chosen as T;
  throw new HttpError(406, `There is no such form of this answer: ask for ${types.join(" or ")}`);
}
