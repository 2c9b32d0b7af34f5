/** Strips of frames as animations. */
import gifenc from "gifenc"; // a CommonJS module: its parts hang on the default export
import { loadSharp } from "./_sharp.ts";
import { joinWebp } from "./_webp.ts";
import { type Bitmap, checkBitmap } from "./bitmap.ts";
import { enlargeBitmap } from "./grid.ts";

/** The part of gifenc that is used here; it brings no types. */
interface Gifenc {
  quantize(rgba: Uint8Array, colours: number): Palette;
  applyPalette(rgba: Uint8Array, palette: Palette): Uint8Array;
  GIFEncoder(): {
    writeFrame(
      indexed: Uint8Array,
      width: number,
      height: number,
      options: { palette?: Palette; delay: number; repeat: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array;
  };
}
type Palette = readonly (readonly number[])[];

const { applyPalette, GIFEncoder, quantize } = gifenc as Gifenc;

/** Options of {@linkcode encodeGif} and {@linkcode encodeWebpAnimation}. */
export interface AnimationOptions {
  /** How long a frame stands, milliseconds, at least 10. GIF counts in hundredths of a second. */
  readonly delayMs: number;
  /** Whether it begins again at its end; true by default. */
  readonly loop?: boolean;
  /** The square that a pixel becomes; 1 by default. Frames are enlarged one at a time. */
  readonly scale?: number;
}

/** How many pixels of all frames together the palette of a coloured GIF is made from. */
const PALETTE_PIXELS = 1 << 18;

/**
 * Encodes frames as an animated GIF. Grey frames keep every grey; coloured ones share one palette of 256.
 *
 * @param frames pictures of one shape, at least one; alpha is dropped
 * @param options speed and looping
 * @returns the bytes of the file
 * @throws {RangeError} when there are no frames, their shapes differ or the delay is below 10
 */
export function encodeGif(frames: readonly Bitmap[], options: AnimationOptions): Uint8Array {
  const { width, height, channels } = checkFrames(frames, options);
  const { delayMs, loop = true, scale = 1 } = options;
  const encoder = GIFEncoder();
  const palette = channels === 1 ? GREYS : quantize(sampleOf(frames), 256);
  for (const [i, frame] of frames.entries()) {
    const data = channels === 1 ? frame.data : applyPalette(toRgba(frame), palette);
    const indexed = enlargeBitmap({ width, height, channels: 1, data }, scale);
    encoder.writeFrame(indexed.data, indexed.width, indexed.height, {
      ...(i === 0 ? { palette } : {}),
      delay: delayMs,
      repeat: loop ? 0 : -1,
    });
  }
  encoder.finish();
  return encoder.bytes();
}

/**
 * Encodes frames as an animated WebP without loss, one after the other, so that few are in memory at once.
 *
 * @param frames pictures of one shape, at least one
 * @param options speed and looping
 * @returns the bytes of the file
 * @throws {RangeError} when there are no frames, their shapes differ or the delay is below 10
 */
export async function encodeWebpAnimation(frames: readonly Bitmap[], options: AnimationOptions): Promise<Uint8Array> {
  checkFrames(frames, options);
  const { delayMs, loop = true, scale = 1 } = options;
  const sharp = await loadSharp();
  const encoded: Uint8Array[] = [];
  for (const frame of frames) {
    const { width, height, channels, data } = enlargeBitmap(frame, scale);
    const file = await sharp(data, { limitInputPixels: false, raw: { width, height, channels } }) // ours, in memory
      .webp({ lossless: true, effort: 2 }).toBuffer();
    encoded.push(new Uint8Array(file));
  }
  return joinWebp(encoded, {
    width: frames[0]!.width * scale,
    height: frames[0]!.height * scale,
    delayMs,
    loops: loop ? 0 : 1,
  });
}

const GREYS = Array.from({ length: 256 }, (_, grey): [number, number, number] => [grey, grey, grey]);

function checkFrames(frames: readonly Bitmap[], { delayMs }: AnimationOptions): Bitmap {
  const first = frames[0];
  if (first === undefined) throw new RangeError("Cannot make an animation of no frames: give at least one");
  if (!(delayMs >= 10)) throw new RangeError(`Cannot show a frame for ${delayMs} ms: give at least 10`);
  for (const frame of frames) {
    checkBitmap(frame);
    if (frame.width !== first.width || frame.height !== first.height || frame.channels !== first.channels) {
      throw new RangeError("Cannot make an animation of frames of different shapes: make them of one shape first");
    }
  }
  return first;
}

/** Pixels of all frames, evenly taken, as red, green, blue and alpha. */
function sampleOf(frames: readonly Bitmap[]): Uint8Array {
  const perFrame = frames[0]!.width * frames[0]!.height;
  const step = Math.max(1, Math.ceil(perFrame * frames.length / PALETTE_PIXELS));
  const sample: number[] = [];
  for (let i = 0; i < perFrame * frames.length; i += step) {
    const { data, channels } = frames[Math.floor(i / perFrame)]!;
    const at = (i % perFrame) * channels;
    sample.push(data[at]!, data[at + 1]!, data[at + 2]!, 255);
  }
  return Uint8Array.from(sample);
}

function toRgba({ width, height, channels, data }: Bitmap): Uint8Array {
  const rgba = new Uint8Array(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) rgba[pixel * 4 + channel] = data[pixel * channels + channel]!;
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}
