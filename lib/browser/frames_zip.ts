/** Frames as numbered PNG files in a zip. */
import { zipSync } from "fflate/browser";
import type { PixelImage } from "../protocol.ts";
import { PixelPainter } from "./pixels.ts";
import { enlarge, toPng } from "./scaled_png.ts";

/**
 * Packs `frame-001.png` and on.
 *
 * @param scale the side of the square that a pixel becomes
 */
export async function zipFrames(frames: readonly PixelImage[], scale: number): Promise<Blob> {
  const painter = new PixelPainter(document.createElement("canvas"));
  const files: Record<string, Uint8Array> = {};
  for (const [index, frame] of frames.entries()) {
    painter.paint(frame);
    const png = await toPng(enlarge(painter.canvas, scale));
    files[`frame-${String(index + 1).padStart(3, "0")}.png`] = new Uint8Array(await png.arrayBuffer());
  }
  return new Blob([zipSync(files, { level: 0 }) as Uint8Array<ArrayBuffer>], { type: "application/zip" });
}
