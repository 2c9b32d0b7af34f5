/** Text as a picture. */
import { loadSharp } from "./_sharp.ts";
import type { Bitmap } from "./bitmap.ts";

/** The font that text is drawn in. */
export interface TextOptions {
  /** The font's name and size, such as `Noto Color Emoji 109`. */
  readonly font: string;
  /** The font's file: one of the machine's own, never one from outside. */
  readonly fontFile: string;
}

/**
 * Draws text on a transparent ground, no larger than it needs.
 *
 * @param text what is drawn; sequences that the font joins become one sign
 * @param options the font
 * @returns colour with alpha
 */
export async function drawText(text: string, options: TextOptions): Promise<Bitmap> {
  const sharp = await loadSharp();
  const { data, info } = await sharp({
    text: { text: escapeMarkup(text), font: options.font, fontfile: options.fontFile, rgba: true, dpi: 72 },
  }).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 4, data: new Uint8Array(data) };
}

function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
