/** Bytes of what is published beside a model. */

/**
 * Pixels of 0 to 1 as bytes, rounded.
 *
 * @param image any numbers from 0 to 1
 */
export function toBytes(image: Float32Array): Uint8Array {
  return Uint8Array.from(image, (value) => Math.round(value * 255));
}

/**
 * map.bin: the latents of some test pictures, `[count, latentDim]` float32 little-endian, then one uint8 label each
 * (255 where the data has no labels). The count follows from the length.
 *
 * @param mu `[count, latentDim]`
 * @param labels one a picture
 * @param latentDim how many latents
 */
export function writeMap(mu: Float32Array, labels: Uint8Array | undefined, latentDim: number): Uint8Array {
  const count = mu.length / latentDim;
  const bytes = new Uint8Array(count * (latentDim * 4 + 1));
  const view = new DataView(bytes.buffer);
  for (const [i, value] of mu.entries()) view.setFloat32(i * 4, value, true);
  bytes.set(labels ?? new Uint8Array(count).fill(255), count * latentDim * 4);
  return bytes;
}
