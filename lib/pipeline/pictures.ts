/** The pictures that are published beside a model: the map's sheet and a preview. */
import type { Bitmap } from "../imaging/bitmap.ts";
import { encodePng } from "../imaging/png.ts";
import type { ImageShape } from "../vae/mod.ts";

/**
 * Lays pictures out as one sheet, row by row, cells edge to edge; cells left over at the end are black.
 *
 * @param pixels `[count, height, width, channels]`
 * @param image the size of one
 * @param columns pictures a row
 */
export function sheetOf(pixels: Uint8Array, image: ImageShape, columns: number): Bitmap {
  const { height, width, channels } = image;
  const stride = width * channels;
  const count = pixels.length / (height * stride);
  const rows = Math.ceil(count / columns);
  const data = new Uint8Array(rows * height * columns * stride);
  for (let n = 0; n < count; n++) {
    const [row, column] = [Math.floor(n / columns), n % columns];
    for (let y = 0; y < height; y++) {
      const from = (n * height + y) * stride;
      data.set(pixels.subarray(from, from + stride), ((row * height + y) * columns + column) * stride);
    }
  }
  return { width: columns * width, height: rows * height, channels, data };
}

/**
 * {@linkcode sheetOf} as a PNG.
 *
 * @param pixels `[count, height, width, channels]`
 * @param image the size of one
 * @param columns pictures a row
 */
export function sheetPng(pixels: Uint8Array, image: ImageShape, columns: number): Uint8Array {
  return encodePng(sheetOf(pixels, image, columns), { level: 9 });
}

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
