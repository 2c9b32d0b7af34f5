/**
 * map.bin: where the test pictures of a model lie in its latent space. Little-endian float32 latents
 * `[count, latentDim]`, then one label byte per picture; the count follows from the length.
 */
import { bytesToFloat32, float32ToBytes } from "./float32.ts";

/** The label of a picture whose class is not known. */
export const NO_LABEL = 255;

/** What map.bin holds. */
export interface LatentMap {
  readonly count: number;
  readonly latentDim: number;
  /** mu of each picture, `[count, latentDim]`. */
  readonly latents: Float32Array;
  /** The class of each picture, {@linkcode NO_LABEL} where the data has none. */
  readonly labels: Uint8Array;
}

/**
 * Writes map.bin.
 *
 * @param latents `[count, latentDim]`
 * @param labels one per picture; none where the data has no labels
 */
export function encodeLatentMap(latents: Float32Array, labels: Uint8Array | undefined, latentDim: number): Uint8Array {
  const count = latents.length / latentDim;
  const bytes = new Uint8Array(count * (latentDim * 4 + 1));
  bytes.set(float32ToBytes(latents));
  bytes.set(labels ?? new Uint8Array(count).fill(NO_LABEL), count * latentDim * 4);
  return bytes;
}

/**
 * Reads map.bin.
 *
 * @throws {RangeError} when the length does not fit the dimensions
 */
export function parseLatentMap(bytes: Uint8Array, latentDim: number): LatentMap {
  const count = bytes.length / (4 * latentDim + 1);
  if (!Number.isInteger(count)) {
    throw new RangeError(`Cannot read map.bin: ${bytes.length} bytes do not divide into ${latentDim} latents`);
  }
  const end = count * latentDim * 4;
  return { count, latentDim, latents: bytesToFloat32(bytes.subarray(0, end)), labels: bytes.slice(end) };
}
