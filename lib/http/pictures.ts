/** Latents in, pictures out: what the decoding routes share. */
import { Buffer } from "node:buffer";
import { accepts } from "deno-std/http/negotiation.js";
import { HttpError } from "fresh";
import { LatentboardError } from "../errors.ts";
import { encodePictures } from "../imaging/mod.ts";
import { type DecodedBatch, type ModelPool, pictureOf } from "../inference/mod.ts";
import { type DecodeResponse, MAX_DECODED_PIXELS, type PixelImage } from "../protocol.ts";
import { RUN_PREFIX } from "../protocol_runs.ts";
import type { SnapshotDecoders } from "../runs/mod.ts";

/**
 * Checks the length of latents and makes one array of them.
 *
 * @param field where they stand in the request, such as `z`
 * @returns `[count, latentDim]`
 * @throws {LatentboardError} `invalid`, naming the first latent of another length
 */
export function flattenLatents(
  latents: readonly (readonly number[])[],
  latentDim: number,
  field: string,
): Float32Array {
  const flat = new Float32Array(latents.length * latentDim);
  for (const [i, latent] of latents.entries()) {
    if (latent.length !== latentDim) {
      const place = latents.length === 1 ? field : `${field}[${i}]`;
      throw new LatentboardError(
        "invalid",
        `${place} must hold ${latentDim} numbers, one per latent dimension: it holds ${latent.length}`,
        { field: place },
      );
    }
    flat.set(latent, i * latentDim);
  }
  return flat;
}

/** Whether a request's `z` is several latents. */
export function isBatch(z: readonly number[] | readonly (readonly number[])[]): z is readonly (readonly number[])[] {
  return Array.isArray(z[0]);
}

/** The rows of `[count, latentDim]` as JSON takes them. */
export function toRows(flat: Float32Array, latentDim: number): number[][] {
  return Array.from(
    { length: flat.length / latentDim },
    (_, i) => Array.from(flat.subarray(i * latentDim, (i + 1) * latentDim)),
  );
}

/**
 * Decodes latents of a request's `z`.
 *
 * @throws {LatentboardError} `not-found` for an unknown model, `invalid` for a latent of another length, `too-large` when
 * the pictures would have more than {@linkcode MAX_DECODED_PIXELS} together
 */
export function decodeLatents(
  models: ModelPool,
  model: string,
  latents: readonly (readonly number[])[],
): Promise<DecodedBatch> {
  return models.use(model, (runtime) => {
    const z = flattenLatents(latents, runtime.latentDim, "z");
    const { width, height } = runtime.document.image;
    const most = Math.floor(MAX_DECODED_PIXELS / (width * height));
    if (latents.length > most) {
      throw new LatentboardError(
        "too-large",
        `This would be ${latents.length} pictures of ${width}×${height}, at most ${most} are decoded at once: ask for fewer`,
      );
    }
    return runtime.decode(z, latents.length);
  });
}

/**
 * Decodes latents of a request's `z` by a model, or by a run's newest snapshot where the name begins with
 * {@linkcode RUN_PREFIX}. Errors as {@linkcode decodeLatents} throws them, and `unavailable` before the first snapshot.
 */
export async function decodeByName(
  { models, decoders }: { readonly models: ModelPool; readonly decoders: SnapshotDecoders },
  name: string,
  latents: readonly (readonly number[])[],
): Promise<DecodedBatch> {
  if (!name.startsWith(RUN_PREFIX)) return await decodeLatents(models, name, latents);
  const id = name.slice(RUN_PREFIX.length);
  const z = flattenLatents(latents, await decoders.latentDim(id), "z");
  return await decoders.decode(id, await decoders.newest(id), z, latents.length);
}

/** `[height, width, channels]` bytes as JSON takes them. */
export function pixelImage({ width, height, channels }: Omit<PixelImage, "data">, pixels: Uint8Array): PixelImage {
  const data = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength).toString("base64");
  return { width, height, channels, data };
}

export function pixelImages(batch: DecodedBatch): PixelImage[] {
  return Array.from({ length: batch.count }, (_, i) => pixelImage(batch, pictureOf(batch, i)));
}

export function decodeResponse(model: string, batch: DecodedBatch): DecodeResponse {
  return { model, provider: batch.provider, images: pixelImages(batch) };
}

/**
 * The pictures of a batch as one PNG.
 *
 * @param columns pictures per row; all in one row by default
 * @param signal of the request
 */
export async function sheetResponse(
  batch: DecodedBatch,
  columns: number | undefined,
  signal: AbortSignal,
): Promise<Response> {
  return bytesResponse(await encodePictures(batch, { format: "png", columns }, () => batch, signal), "image/png");
}

export function bytesResponse(
  bytes: Uint8Array,
  type: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { "content-type": type, ...headers } });
}

/**
 * The media type that a request prefers among those that there are, the first where it has no preference.
 *
 * @throws {HttpError} 406 when it accepts none of them
 */
export function chooseType<T extends string>(request: Request, types: readonly [T, ...T[]]): T {
  const chosen = request.headers.has("accept") ? accepts(request, ...types) : types[0];
  if (chosen !== undefined) return chosen as T;
  throw new HttpError(406, `This response comes in other types: ask for ${types.join(" or ")}`);
}
