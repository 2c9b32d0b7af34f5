/** SVG plots as PNG. */

/**
 * Draws an SVG document as a PNG.
 *
 * @param svg the document, one of ours
 * @param options `scale` is pixels of the PNG a pixel of the SVG, 2 where not given
 * @returns the bytes of a PNG
 */
export async function svgToPng(svg: string, options: { readonly scale?: number } = {}): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp"); // loaded when needed: it is not small
  const density = 72 * (options.scale ?? 2);
  return new Uint8Array(
    await sharp(new TextEncoder().encode(svg), { density }).png({ compressionLevel: 9 }).toBuffer(),
  );
}
