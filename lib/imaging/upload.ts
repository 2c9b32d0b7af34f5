/** Pictures from outside. Everything about them is hostile until decoded: type, size, metadata. */
import { LatentboardError } from "../errors.ts";
import { loadSharp } from "./_sharp.ts";
import type { Bitmap } from "./bitmap.ts";
import { PICTURE_TYPE_NAMES, sniffPicture } from "./sniff.ts";

/** Options of {@linkcode decodeUpload}. */
export interface UploadOptions {
  /** Pictures of more pixels are refused before anything is decoded; {@linkcode MAX_UPLOAD_PIXELS} by default. */
  readonly maxPixels?: number;
  /** Larger pictures are shrunk while they are decoded, so that no side is longer; not by default. */
  readonly maxSide?: number;
}

/** Pixels a side: a panorama. */
const MAX_SIDE = 30_000;

/** A picture of 50 million pixels takes two seconds on a slow machine. */
const TIMEOUT_SECONDS = 15;

/** 50 million pixels: what a good camera makes. */
export const MAX_UPLOAD_PIXELS = 50_000_000;

/**
 * Decodes a PNG, JPEG or WebP picture from an untrusted source. The type is told from the bytes and the number of pixels
 * from the header, before any of it is decoded. The orientation that a camera noted is applied, colours become sRGB,
 * all metadata is dropped, and of an animation the first frame is taken.
 *
 * @param bytes the file
 * @param options limits
 * @returns grey, colour, or colour with alpha where the picture has it
 * @throws {LatentboardError} kind `unsupported` for another type, `too-large` for too many pixels, `damaged` for a file
 *   that is cut short or altered
 */
export async function decodeUpload(bytes: Uint8Array, options: UploadOptions = {}): Promise<Bitmap> {
  const { maxPixels = MAX_UPLOAD_PIXELS, maxSide } = options;
  const { width, height, type } = sniffPicture(bytes);
  if (Math.max(width, height) > MAX_SIDE) {
    throw new LatentboardError(
      "too-large",
      `Cannot read a picture of ${width}×${height} pixels: at most ${MAX_SIDE} a side are taken, so make it smaller`,
    );
  }
  if (width * height > maxPixels) {
    throw new LatentboardError(
      "too-large",
      `Cannot read a picture of ${width}×${height} pixels: at most ${
        maxPixels.toLocaleString("en")
      } are taken, so make it smaller`,
    );
  }
  const sharp = await loadSharp();
  try {
    const picture = sharp(bytes, { limitInputPixels: maxPixels, pages: 1, sequentialRead: true })
      .timeout({ seconds: TIMEOUT_SECONDS });
    const { channels, hasAlpha, space } = await picture.metadata();
    const grey = !hasAlpha && (space === "b-w" || space === "grey16") && channels === 1;
    picture.autoOrient();
    if (maxSide !== undefined) picture.resize(maxSide, maxSide, { fit: "inside", withoutEnlargement: true });
    const { data, info } = await picture.toColourspace(grey ? "b-w" : "srgb").raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    const decoded = { width: info.width, height: info.height, data: new Uint8Array(data) };
    if (info.channels === 2) return { ...decoded, channels: 4, data: greyAlphaToRgba(decoded.data) };
    return { ...decoded, channels: info.channels as 1 | 3 | 4 };
  } catch (cause) {
    if (cause instanceof Error && cause.message.startsWith("timeout")) {
      throw new LatentboardError("too-large", "Reading this picture takes too long: make it smaller", { cause });
    }
    throw new LatentboardError(
      "damaged",
      `Cannot decode this ${PICTURE_TYPE_NAMES[type]} picture: the file is cut short or damaged`,
      { cause },
    );
  }
}

function greyAlphaToRgba(pairs: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(pairs.length * 2);
  for (let pixel = 0; pixel * 2 < pairs.length; pixel++) {
    rgba.fill(pairs[pixel * 2]!, pixel * 4, pixel * 4 + 3);
    rgba[pixel * 4 + 3] = pairs[pixel * 2 + 1]!;
  }
  return rgba;
}
