/** Many pictures as one, and small pictures made larger. */
import { type Bitmap, checkBitmap, type Rgb, WHITE } from "./bitmap.ts";
import { solidBitmap } from "./fit.ts";
import { encodePng } from "./png.ts";

/** Options of {@linkcode tileBitmaps}. */
export interface TileOptions {
  readonly columns: number;
  /** Pixels between two pictures; 0 by default. */
  readonly gap?: number;
  /** The colour of gaps and empty places; white by default. */
  readonly background?: Rgb;
}

/**
 * Lays pictures of one shape out in rows, from the top left.
 *
 * @param bitmaps the pictures, at least one
 * @param options how they lie
 * @returns one picture that holds them all
 * @throws {RangeError} when there are none, their shapes differ, or columns or gap are no whole numbers in range
 */
export function tileBitmaps(bitmaps: readonly Bitmap[], options: TileOptions): Bitmap {
  const { columns, gap = 0, background = WHITE } = options;
  const first = bitmaps[0];
  if (first === undefined) throw new RangeError("Cannot lay out a grid of no pictures: give at least one");
  if (!Number.isInteger(columns) || columns < 1) {
    throw new RangeError(`Cannot lay out a grid of ${columns} columns: give a whole number from 1`);
  }
  if (!Number.isInteger(gap) || gap < 0) {
    throw new RangeError(`Cannot leave a gap of ${gap} pixels: give a whole number from 0`);
  }
  const { width, height, channels } = first;
  const used = Math.min(columns, bitmaps.length);
  const rows = Math.ceil(bitmaps.length / columns);
  const sheet = solidBitmap(used * (width + gap) - gap, rows * (height + gap) - gap, channels, background);
  for (const [i, bitmap] of bitmaps.entries()) {
    checkBitmap(bitmap);
    if (bitmap.width !== width || bitmap.height !== height || bitmap.channels !== channels) {
      throw new RangeError(
        `Cannot lay out pictures of different shapes: picture ${i} is ` +
          `${bitmap.width}×${bitmap.height}×${bitmap.channels}, the first ${width}×${height}×${channels}`,
      );
    }
    const left = (i % columns) * (width + gap);
    const top = Math.floor(i / columns) * (height + gap);
    for (let y = 0; y < height; y++) {
      const row = bitmap.data.subarray(y * width * channels, (y + 1) * width * channels);
      sheet.data.set(row, ((top + y) * sheet.width + left) * channels);
    }
  }
  return sheet;
}

/**
 * Pictures edge to edge on black, as the smallest PNG.
 *
 * @param bitmaps pictures of one shape, at least one
 * @param columns pictures per row; all in one row by default
 * @param scale the square that a pixel becomes
 */
export function sheetPng(bitmaps: readonly Bitmap[], columns: number = bitmaps.length, scale: number = 1): Uint8Array {
  return encodePng(enlargeBitmap(tileBitmaps(bitmaps, { columns, background: [0, 0, 0] }), scale), { level: 9 });
}

/**
 * Enlarges a picture by repeating its pixels, so that small ones stay crisp.
 *
 * @param bitmap the picture
 * @param factor how many times, a whole number from 1
 * @returns a picture of `factor` times the width and height
 * @throws {RangeError} when the factor is no such number
 */
export function enlargeBitmap(bitmap: Bitmap, factor: number): Bitmap {
  checkBitmap(bitmap);
  if (!Number.isInteger(factor) || factor < 1) {
    throw new RangeError(`Cannot enlarge ${factor} times: give a whole number from 1`);
  }
  if (factor === 1) return bitmap;
  const { width, height, channels, data } = bitmap;
  const stride = width * factor * channels;
  const result = new Uint8Array(stride * height * factor);
  for (let y = 0; y < height; y++) {
    const start = y * factor * stride;
    for (let x = 0; x < width * factor; x++) {
      const from = (y * width + Math.floor(x / factor)) * channels;
      for (let channel = 0; channel < channels; channel++) {
        result[start + x * channels + channel] = data[from + channel]!;
      }
    }
    for (let copy = 1; copy < factor; copy++) result.copyWithin(start + copy * stride, start, start + stride);
  }
  return { width: width * factor, height: height * factor, channels, data: result };
}
