/** map.bin: where the test pictures of a model lie in its latent space. */

/** The label of a picture whose class is not known. */
export const NO_LABEL = 255;

/** What map.bin holds. */
export interface LatentMap {
  /** How many pictures. */
  readonly count: number;
  /** Numbers a latent. */
  readonly latentDim: number;
  /** mu of each picture, `[count × latentDim]`. */
  readonly latents: Float32Array;
  /** The class of each picture, {@linkcode NO_LABEL} where the data has none. */
  readonly labels: Uint8Array;
}

/**
 * Reads map.bin: little-endian float32 latents `[count × latentDim]`, then one label byte a picture.
 *
 * @param bytes the file
 * @param latentDim numbers a latent
 * @throws {RangeError} when the length does not fit the dimensions
 */
export function parseLatentMap(bytes: Uint8Array, latentDim: number): LatentMap {
  const count = bytes.length / (4 * latentDim + 1);
  if (!Number.isInteger(count)) {
    throw new RangeError(`Cannot read map.bin: ${bytes.length} bytes do not divide into ${latentDim} latents`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latents = Float32Array.from({ length: count * latentDim }, (_, index) => view.getFloat32(index * 4, true));
  return { count, latentDim, latents, labels: bytes.slice(count * latentDim * 4) };
}
