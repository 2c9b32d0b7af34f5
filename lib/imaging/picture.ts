/** Picture files of a person's own, decoded and fitted in one go: what makes up a dataset. */
import { LatentboardError } from "../errors.ts";
import { loadSharp } from "./_sharp.ts";
import type { FitOptions } from "./fit.ts";
import { WHITE } from "./bitmap.ts";
import { decodeHeic } from "./heic.ts";
import { PICTURE_TYPE_NAMES, type PictureHeader, type PictureType, sniffPicture } from "./sniff.ts";

/** 120 million pixels: what the cameras of phones make. */
export const MAX_PICTURE_PIXELS = 120_000_000;

const TYPES = Object.keys(PICTURE_TYPE_NAMES) as PictureType[];

/**
 * Reads a picture's type and size from its header, and refuses one that is not read or too large.
 *
 * @throws {LatentboardError} kind `unsupported`, `damaged` or `too-large`
 */
export function checkPicture(bytes: Uint8Array): PictureHeader {
  const header = sniffPicture(bytes, TYPES);
  if (header.width * header.height <= MAX_PICTURE_PIXELS) return header;
  throw new LatentboardError(
    "too-large",
    `Cannot read a picture of ${header.width}×${header.height} pixels: at most ${
      MAX_PICTURE_PIXELS.toLocaleString("en")
    } are taken, so make it smaller`,
  );
}

/**
 * Decodes a picture file and fits it, in one pass of sharp: a camera's orientation is applied, transparency is laid on
 * the background, colours become sRGB, of several pages the first is taken. A picture that has the size already keeps
 * its pixels exactly.
 *
 * @param bytes the file
 * @param header from {@linkcode checkPicture}
 * @param options the size; `white` is the 16-bit value that becomes 255, 65,535 by default
 * @returns `[height, width, 3]`, 0 to 255
 * @throws {LatentboardError} kind `damaged` when it can't be decoded
 */
export async function decodeFitted(
  bytes: Uint8Array,
  header: PictureHeader,
  options: Omit<FitOptions, "channels"> & { readonly white?: number | undefined },
): Promise<Uint8Array> {
  const { width, height, fit = "cover", background: [r, g, b] = WHITE, white } = options;
  const background = { r, g, b };
  try {
    const opened = await openPicture(bytes, header);
    const picture = opened.resize(width, height, { fit, background }).flatten({ background });
    if (white === undefined || header.depth <= 8) {
      return await picture.toColourspace("srgb").raw({ depth: "uchar" }).toBuffer();
    }
    const wide = await picture.toColourspace("rgb16").raw({ depth: "ushort" }).toBuffer();
    const values = new Uint16Array(wide.buffer, wide.byteOffset, wide.length / 2);
    return Uint8Array.from(values, (value) => Math.min(255, Math.round(value * 255 / white)));
  } catch (cause) {
    throw damaged(header, cause);
  }
}

/**
 * The brightest value of a picture of more than 8 bits per channel, 0 to 65,535.
 *
 * @throws {LatentboardError} kind `damaged` when it can't be decoded
 */
export async function brightestValue(bytes: Uint8Array, header: PictureHeader): Promise<number> {
  try {
    const { channels } = await (await openPicture(bytes, header)).removeAlpha().stats();
    return Math.max(...channels.map(({ max }) => max));
  } catch (cause) {
    throw damaged(header, cause);
  }
}

async function openPicture(bytes: Uint8Array, { type }: PictureHeader) {
  const sharp = await loadSharp();
  if (type === "heic") {
    const { data, width, height, channels } = await decodeHeic(bytes, MAX_PICTURE_PIXELS);
    return sharp(data, { raw: { width, height, channels }, limitInputPixels: MAX_PICTURE_PIXELS });
  }
  return sharp(bytes, { limitInputPixels: MAX_PICTURE_PIXELS, pages: 1, sequentialRead: true }).autoOrient();
}

function damaged({ type }: PictureHeader, cause: unknown): LatentboardError {
  if (cause instanceof LatentboardError) return cause;
  const name = PICTURE_TYPE_NAMES[type];
  return new LatentboardError("damaged", `Cannot decode this ${name} picture: the file is cut short or damaged`, {
    cause,
  });
}
