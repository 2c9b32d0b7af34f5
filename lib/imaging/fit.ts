/** Pictures of any size and colour made to fit a model. */
import { loadSharp } from "./_sharp.ts";
import { type Bitmap, checkBitmap, luma, type Rgb, WHITE } from "./bitmap.ts";

/** Options of {@linkcode fitBitmap}. */
export interface FitOptions {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** What shows through where the picture is transparent, and beside one that is contained; white by default. */
  readonly background?: Rgb;
  /** `cover` (the default) fills the result and cuts off what stands over; `contain` keeps the whole picture. */
  readonly fit?: "cover" | "contain";
}

/**
 * Fits a picture to a size and a number of channels, from its middle. Shrinking averages (Lanczos); a picture that has
 * the size already keeps its pixels exactly.
 *
 * @param bitmap the picture
 * @param options what it should become
 * @returns a bitmap of the size and channels asked for
 * @throws {RangeError} when the bitmap's data don't fit its shape
 */
export async function fitBitmap(bitmap: Bitmap, options: FitOptions): Promise<Bitmap> {
  checkBitmap(bitmap);
  const { width, height, channels, background = WHITE, fit = "cover" } = options;
  const flat = withChannels(bitmap, channels, background);
  if (flat.width === width && flat.height === height) return flat;
  if (fit === "cover") return await resize(flat, width, height);
  const scale = Math.min(width / flat.width, height / flat.height);
  const inner = await resize(
    flat,
    Math.max(1, Math.round(flat.width * scale)),
    Math.max(1, Math.round(flat.height * scale)),
  );
  return centred(inner, width, height, background);
}

/** Lays a picture on a colour where it is transparent, and makes it grey or coloured. */
function withChannels(bitmap: Bitmap, channels: 1 | 3, background: Rgb): Bitmap {
  if (bitmap.channels === channels) return bitmap;
  const { width, height, data } = bitmap;
  const from = bitmap.channels;
  const result = new Uint8Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    let red = data[pixel * from]!;
    let green = from === 1 ? red : data[pixel * from + 1]!;
    let blue = from === 1 ? red : data[pixel * from + 2]!;
    if (from === 4) {
      const alpha = data[pixel * 4 + 3]! / 255;
      red = Math.round(red * alpha + background[0] * (1 - alpha));
      green = Math.round(green * alpha + background[1] * (1 - alpha));
      blue = Math.round(blue * alpha + background[2] * (1 - alpha));
    }
    if (channels === 1) {
      result[pixel] = luma(red, green, blue);
    } else {
      result[pixel * 3] = red;
      result[pixel * 3 + 1] = green;
      result[pixel * 3 + 2] = blue;
    }
  }
  return { width, height, channels, data: result };
}

async function resize(bitmap: Bitmap, width: number, height: number): Promise<Bitmap> {
  if (bitmap.width === width && bitmap.height === height) return bitmap;
  const sharp = await loadSharp();
  const { data } = await sharp(bitmap.data, {
    raw: { width: bitmap.width, height: bitmap.height, channels: bitmap.channels },
  }).resize(width, height, { fit: "cover" }).toColourspace(bitmap.channels === 1 ? "b-w" : "srgb").raw()
    .toBuffer({ resolveWithObject: true });
  return { width, height, channels: bitmap.channels, data: new Uint8Array(data) };
}

function centred(inner: Bitmap, width: number, height: number, background: Rgb): Bitmap {
  const { channels } = inner;
  const canvas = solidBitmap(width, height, channels, background);
  const left = (width - inner.width) >> 1;
  const top = (height - inner.height) >> 1;
  for (let y = 0; y < inner.height; y++) {
    const row = inner.data.subarray(y * inner.width * channels, (y + 1) * inner.width * channels);
    canvas.data.set(row, ((top + y) * width + left) * channels);
  }
  return canvas;
}

/** A bitmap of one colour. */
export function solidBitmap(width: number, height: number, channels: 1 | 3 | 4, colour: Rgb): Bitmap {
  const data = new Uint8Array(width * height * channels);
  const pixel = channels === 1 ? [luma(...colour)] : channels === 3 ? colour : [...colour, 255];
  for (let at = 0; at < data.length; at += channels) data.set(pixel, at);
  return { width, height, channels, data };
}
