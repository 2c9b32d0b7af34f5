/** Uncompressed pictures. */

/** An uncompressed picture of 8 bits a channel: grey (1), red-green-blue (3) or that with alpha (4). */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  /** `[height, width, channels]`, 0 to 255. */
  readonly data: Uint8Array;
}

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** White: what pictures lie on where nothing else is asked for. */
export const WHITE: Rgb = [255, 255, 255];

/**
 * Views of pictures that lie one after the other; nothing is copied.
 *
 * @param pixels `[count, height, width, channels]`
 */
export function splitBitmaps(
  pixels: Uint8Array,
  { width, height, channels }: Pick<Bitmap, "width" | "height" | "channels">,
): Bitmap[] {
  const size = width * height * channels;
  return Array.from({ length: pixels.length / size }, (_, i) => {
    return { width, height, channels, data: pixels.subarray(i * size, (i + 1) * size) };
  });
}

/**
 * Refuses a bitmap whose data don't fit its shape.
 *
 * @param bitmap what is checked
 * @throws {RangeError} when a side is not a positive whole number, or the data have another length
 */
export function checkBitmap({ width, height, channels, data }: Bitmap): void {
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new RangeError(`Cannot use a picture of ${width}×${height} pixels: both sides must be whole numbers from 1`);
  }
  if (data.length !== width * height * channels) {
    throw new RangeError(
      `Cannot use a picture of ${width}×${height}×${channels} with ${data.length} bytes: ${
        width * height * channels
      } are needed`,
    );
  }
}

/** The brightness of a colour, 0 to 255 (ITU-R BT.601 luma, rounded); a grey's is itself. */
export function luma(red: number, green: number, blue: number): number {
  return Math.floor((299 * red + 587 * green + 114 * blue + 500) / 1000);
}
