/** map.bin: where the pictures of a model's map lie in its latent space. */
import { LatentboardError } from "../errors.ts";
import { parseLatentMap } from "../latent/mod.ts";

/** The latents of a model's map. */
export interface LatentMap {
  /** How many pictures. */
  readonly count: number;
  /** Means of their posteriors, `[count, dimensions]`. */
  readonly mu: Float32Array;
  /** One a picture, 255 for none. */
  readonly labels: Uint8Array;
}

/**
 * Reads map.bin: `[count, dimensions]` float32 little-endian, then one uint8 label a picture.
 *
 * @param bytes the file
 * @param dimensions latents a picture
 * @throws {LatentboardError} `damaged` when its length fits no number of pictures
 */
export function readMap(bytes: Uint8Array, dimensions: number): LatentMap {
  try {
    const { count, latents, labels } = parseLatentMap(bytes, dimensions);
    return { count, mu: latents, labels };
  } catch (cause) {
    throw new LatentboardError("damaged", "The model's map.bin has the wrong length: train or copy the model anew", {
      cause,
    });
  }
}
