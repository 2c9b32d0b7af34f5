/** Numbers of any kind as pixels and labels: looked at over a whole set, never part by part. */
import { LatentboardError } from "../../errors.ts";
import { type ImageSet, memoryImageSet } from "../image_set.ts";
import type { NpyArray } from "./npy.ts";

/** The numbers that become black and white. */
export interface ValueRange {
  readonly black: number;
  readonly white: number;
  /** What was chosen, where the person may wonder. */
  readonly note?: string;
}

/** Pictures of fewer levels than this are as good as black: they are stretched. */
const DARK_BELOW = 32;

/**
 * Finds the range of a set's numbers.
 *
 * @param arrays all parts of the set; `fromUnit` says that 1 may be white
 * @param source what they are from, for messages
 * @param asked the range that the person gave
 * @throws {LatentboardError} kind `unsupported` when they can't be pixels, `invalid` when the range is none
 */
export function rangeOf(
  arrays: readonly Pick<NpyArray, "data" | "fromUnit">[],
  source: string,
  asked?: readonly [black: number, white: number],
): ValueRange {
  if (asked !== undefined) {
    const [black, white] = asked;
    if (Number.isFinite(black) && Number.isFinite(white) && black !== white) return { black, white };
    throw new LatentboardError("invalid", `The range must be two different numbers: it is ${asked.join(",")}`, {
      field: "range",
    });
  }
  let [min, max] = [Infinity, -Infinity];
  for (const { data } of arrays) {
    for (let i = 0; i < data.length; i++) {
      const value = data[i]!;
      if (!(value >= min)) min = value; // NaN stays from here on
      if (!(value <= max)) max = value;
    }
  }
  return chooseRange(min, max, arrays.some(({ fromUnit }) => fromUnit), source);
}

/** The range of numbers from `min` to `max`; see {@linkcode rangeOf}. */
export function chooseRange(min: number, max: number, fromUnit: boolean, source: string): ValueRange {
  if (!(min >= 0 && max <= 65_535)) { // NaN ends here too
    const advice = min >= -1 && max <= 1
      ? "add --range=-1,1 if -1 is black and 1 is white"
      : "0 to 255 or 0 to 1 is needed, or --range=<black>,<white>";
    throw new LatentboardError(
      "unsupported",
      `Cannot use ${source} as pictures: its numbers run from ${min} to ${max}, and ${advice}`,
      { field: "range" },
    );
  }
  if (max === 1 || (fromUnit && max <= 1)) {
    return { black: 0, white: 1, ...(fromUnit ? {} : { note: "The pixels are 0 and 1 alone: 1 was taken as white" }) };
  }
  if (max > 255) {
    const white = 2 ** Math.ceil(Math.log2(max + 1)) - 1;
    return { black: 0, white, note: `The pixels run up to ${max}: 0 to ${white} became black to white` };
  }
  if (max < DARK_BELOW && max > 0) {
    return { black: 0, white: max, note: `The pixels run up to ${max} only: 0 to ${max} became black to white` };
  }
  return { black: 0, white: 255 };
}

/** Numbers as bytes, 0 for black and 255 for white. */
export function toBytes(data: Uint8Array | Float64Array, { black, white }: ValueRange): Uint8Array {
  if (black === 0 && white === 255 && data instanceof Uint8Array) return data;
  const scale = 255 / (white - black);
  return Uint8ClampedArray.from(data, (value) => (value - black) * scale) as unknown as Uint8Array;
}

/** How an array lies in memory as pictures. */
export interface PixelLayout {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly channelsFirst: boolean;
}

/**
 * How an array of some shape is pictures: `[count, height, width]`, with 1 or 3 channels last or after the count, or
 * `[count, pixels]` of square pictures, which are taken as channels first where there are three.
 *
 * @throws {LatentboardError} kind `unsupported` for any other shape
 */
export function layoutOfShape(shape: readonly number[], source: string): PixelLayout {
  const [count = 0, a = 0, b = 0, c] = shape;
  if (count > 0 && a > 0) {
    if (shape.length === 2) {
      for (const channels of [1, 3] as const) {
        const side = Math.sqrt(a / channels);
        if (Number.isInteger(side) && side >= 4) {
          return { count, height: side, width: side, channels, channelsFirst: channels === 3 };
        }
      }
    }
    if (shape.length === 3 && b > 0) return { count, height: a, width: b, channels: 1, channelsFirst: false };
    if (shape.length === 4 && b > 0 && (c === 1 || c === 3)) {
      return { count, height: a, width: b, channels: c, channelsFirst: false };
    }
    if (shape.length === 4 && (a === 1 || a === 3) && b > 0 && c !== undefined && c > 0) {
      return { count, height: b, width: c, channels: a, channelsFirst: true };
    }
  }
  throw new LatentboardError(
    "unsupported",
    `Cannot use ${source} as pictures: its shape is (${shape.join(", ")}), and [count, height, width], ` +
      `[count, height, width, 1 or 3] or [count, pixels of a square] is needed`,
  );
}

/** Labels of the parts of a set. */
export interface InterpretedLabels {
  /** One array per part; absent where they can't be used. */
  readonly labels?: readonly Uint8Array[];
  readonly names?: readonly string[];
  readonly note?: string;
}

/**
 * Labels of any kind as bytes: whole numbers, one-hot rows, or text. What doesn't fit is left out and said; pictures
 * are never refused for their labels.
 *
 * @param parts labels with the number of pictures that they are for
 * @param source what they are from, for messages
 */
export function interpretLabels(
  parts: readonly { readonly array: NpyArray; readonly count: number }[],
  source: string,
): InterpretedLabels {
  const out = (why: string): InterpretedLabels => ({ note: `The labels of ${source} are left out: ${why}` });
  for (const { array: { shape, data, text }, count } of parts) {
    const found = shape[0] ?? 0;
    if (found !== count) return out(`there are ${found} for ${count} pictures`);
    const each = (text?.length ?? data.length) / count;
    if (each > 1 && !isOneHot(data, count)) return out(`each picture has ${each}, and one is needed`);
  }
  const values = parts.map(({ array: { data, text }, count }): readonly (number | string)[] => {
    if (text !== undefined) return text;
    const each = data.length / count;
    if (each === 1) return Array.from(data);
    return Array.from({ length: count }, (_, i) => data.subarray(i * each, (i + 1) * each).indexOf(1));
  });
  const all = new Set(values.flatMap((part) => [...new Set(part)]));
  const numbers = [...all].filter((value) => typeof value === "number");
  if (numbers.some((value) => value < 0)) return out("some are negative, which often stands for no label");
  if (numbers.some((value) => !Number.isInteger(value))) return out("they are no whole numbers");
  const hot = parts.some(({ array: { data, text }, count }) => text === undefined && data.length > count);
  const note = hot ? { note: `The labels of ${source} are one-hot: the place of the 1 was taken` } : {};
  if (numbers.length === all.size && numbers.every((value) => value <= 255)) {
    return { labels: values.map((part) => Uint8Array.from(part as number[])), ...note };
  }
  if (all.size > 256) return out(`there are ${all.size.toLocaleString("en")} different ones, more than 256`);
  const sorted = [...all].sort((a, b) => typeof a === "number" && typeof b === "number" ? a - b : a < b ? -1 : 1);
  const index = new Map(sorted.map((value, i) => [value, i]));
  return {
    labels: values.map((part) => Uint8Array.from(part, (value) => index.get(value)!)),
    names: sorted.map(String),
    ...note,
  };
}

function isOneHot(data: Uint8Array | Float64Array, count: number): boolean {
  const each = data.length / count;
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let j = i * each; j < (i + 1) * each; j++) {
      if (data[j] !== 0 && data[j] !== 1) return false;
      sum += data[j]!;
    }
    if (sum !== 1) return false;
  }
  return true;
}

/** A set of pictures that are bytes already. */
export function pixelSet(
  bytes: Uint8Array,
  layout: Omit<PixelLayout, "count">,
  about: {
    readonly name: string;
    readonly labels?: Uint8Array | undefined;
    readonly labelNames?: readonly string[] | undefined;
  },
): ImageSet {
  const { height, width, channels, channelsFirst } = layout;
  const { name, labels, labelNames } = about;
  return memoryImageSet({
    name,
    images: channelsFirst && channels > 1 ? channelsLast(bytes, height * width, channels) : bytes,
    height,
    width,
    channels,
    labels,
    ...(labelNames === undefined || labels === undefined ? {} : { labelNames }),
  });
}

/** `[count, channels, pixels]` as `[count, pixels, channels]`. */
function channelsLast(bytes: Uint8Array, pixels: number, channels: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += pixels * channels) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        result[start + pixel * channels + channel] = bytes[start + channel * pixels + pixel]!;
      }
    }
  }
  return result;
}

/** Pictures with rows and columns exchanged, each of `height × width` bytes. */
export function transposed(bytes: Uint8Array, height: number, width: number): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += height * width) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) result[start + x * height + y] = bytes[start + y * width + x]!;
    }
  }
  return result;
}
