/** Sheets of small pictures for the screen. */
import { loadSharp } from "./_sharp.ts";
import type { Bitmap } from "./bitmap.ts";
import { tileBitmaps } from "./grid.ts";

/** Of lossy WebP, 1 to 100: differences can't be seen at the size of a thumbnail. */
const QUALITY = 70;

/**
 * Pictures edge to edge on black as a lossy WebP, a fraction of what a PNG takes.
 *
 * @param bitmaps pictures of one shape, at least one
 * @param columns pictures per row; all in one row by default
 */
export async function sheetWebp(bitmaps: readonly Bitmap[], columns: number = bitmaps.length): Promise<Uint8Array> {
  const { data, width, height, channels } = tileBitmaps(bitmaps, { columns, background: [0, 0, 0] });
  const sharp = await loadSharp();
  const raw = { width, height, channels };
  return new Uint8Array(await sharp(data, { limitInputPixels: false, raw }).webp({ quality: QUALITY }).toBuffer());
}
