/** Turns drawings of our own making into PNG. */
import sharp from "sharp";

/**
 * Rasterises an SVG. Meant for drawings that Latentboard made itself, with shapes for letters: text elements depend on
 * the fonts of the machine.
 *
 * @param svg the whole document, with a width and a height
 * @param scale pixels per user unit; 2 by default, for sharp lines on dense screens
 * @returns a PNG
 */
export async function rasterizeSvg(svg: string, scale = 2): Promise<Uint8Array> {
  const png = await sharp(new TextEncoder().encode(svg), { density: 72 * scale }).png().toBuffer();
  return new Uint8Array(png);
}
