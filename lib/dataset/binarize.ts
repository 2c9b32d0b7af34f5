/** Pictures of black and white alone, drawn from grey ones. */

/** When pixels are drawn: never, once for all epochs, or again in every epoch. */
export type Binarize = "none" | "static" | "dynamic";

/** The parts of a dataset. */
export type SplitName = "train" | "validation" | "test";

/** Of test pixels, whatever the run: figures of two runs are of the same pictures. */
const TEST_SEED = 3;

/** The seed that a split's pixels are drawn with: a run's own, but for test pictures, which are the same for all runs. */
export function binarizeSeed(seed: number, split: SplitName): number {
  return split === "test" ? TEST_SEED : split === "validation" ? seed + 1 : seed;
}

/**
 * Draws each pixel from the Bernoulli distribution that its brightness is the mean of (Salakhutdinov and Murray 2008).
 * The draw of a picture depends on the key and its number alone, not on the batch that it is in.
 *
 * @param images `[count, …]`, 0 to 255
 * @param indices each picture's number in its set
 * @param key the run's seed, and the epoch where the draw changes with it
 * @returns a copy in which each pixel is 0 or 255
 */
export function binarizePictures(
  images: Uint8Array,
  indices: ArrayLike<number>,
  key: { readonly seed: number; readonly epoch: number },
): Uint8Array {
  const size = images.length / indices.length;
  const drawn = new Uint8Array(images.length);
  for (let n = 0; n < indices.length; n++) {
    const next = generator(key.seed, key.epoch, indices[n]!);
    for (let i = n * size; i < (n + 1) * size; i++) {
      // A byte b is drawn white with probability b / 255: the random number has 32 bits, so that 0 never is and 255 always.
      drawn[i] = next() < images[i]! * (2 ** 32 / 255) ? 255 : 0;
    }
  }
  return drawn;
}

/** sfc32 (Doty-Humphrey, PractRand), seeded by three words. */
function generator(a: number, b: number, c: number): () => number {
  let counter = 1;
  const next = () => {
    const result = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + result | 0;
    return result >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  return next;
}
