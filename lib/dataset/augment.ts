/** Small seeded changes that make more of few pictures. */
import { RandomStream, RandomUse } from "./random.ts";

/** What may be done to a picture; drawn again for each picture in each epoch. */
export interface Augmentation {
  /** Mirrored in half of the cases: left to right, top to bottom, or each of the two. */
  readonly flip?: "horizontal" | "vertical" | "both";
  /** Moved by up to this many pixels in each direction; the edge's pixels fill what is left. 0 by default. */
  readonly shift?: number;
}

/** A picture's size. */
export interface PictureShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * Changes pictures in place. What happens to a picture follows from the seed, the epoch and its place in the set alone,
 * not from its batch.
 *
 * @param images `[n, height, width, channels]`
 * @param shape a picture's size
 * @param options what may be done, the seed, the epoch and `indices`, the pictures' places in their set
 * @throws {RangeError} when the shift is no whole number from 0 to a picture's shorter side
 */
export function augment(
  images: Uint8Array,
  shape: PictureShape,
  options: {
    readonly augmentation: Augmentation;
    readonly seed: number;
    readonly epoch: number;
    readonly indices: ArrayLike<number>;
  },
): void {
  const { augmentation: { flip, shift = 0 }, seed, epoch, indices } = options;
  if (!Number.isInteger(shift) || shift < 0 || shift > Math.min(shape.width, shape.height)) {
    throw new RangeError(`Cannot shift by ${shift} pixels: give a whole number from 0 to the picture's shorter side`);
  }
  const bytes = shape.height * shape.width * shape.channels;
  for (let i = 0; i < indices.length; i++) {
    const random = new RandomStream(seed, RandomUse.augmentation, epoch, indices[i]!);
    const bits = random.bits();
    change(images.subarray(i * bytes, (i + 1) * bytes), shape, {
      mirrored: (flip === "horizontal" || flip === "both") && (bits & 1) === 1,
      upended: (flip === "vertical" || flip === "both") && (bits & 2) === 2,
      right: random.below(2 * shift + 1) - shift,
      down: random.below(2 * shift + 1) - shift,
    });
  }
}

interface Change {
  readonly mirrored: boolean;
  readonly upended: boolean;
  readonly right: number;
  readonly down: number;
}

function change(picture: Uint8Array, shape: PictureShape, { mirrored, upended, right, down }: Change): void {
  if (!mirrored && !upended && right === 0 && down === 0) return;
  const { height, width, channels } = shape;
  const before = picture.slice();
  for (let y = 0; y < height; y++) {
    const row = clamp(y - down, height);
    const fromRow = upended ? height - 1 - row : row;
    for (let x = 0; x < width; x++) {
      const column = clamp(x - right, width);
      const from = (fromRow * width + (mirrored ? width - 1 - column : column)) * channels;
      const to = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) picture[to + channel] = before[from + channel]!;
    }
  }
}

function clamp(place: number, size: number): number {
  return Math.min(Math.max(place, 0), size - 1);
}
