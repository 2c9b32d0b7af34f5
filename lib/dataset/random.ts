/** Seeded random numbers for shuffling, splitting and augmentation: the same on every machine and engine. */
import { philox } from "../latent/mod.ts";

/** Keeps the streams of different uses apart that share a seed. */
export const RandomUse = { shuffle: 5, split: 6, augmentation: 7 } as const;

/**
 * An endless stream of random numbers: the words of Philox4x32-10 (Salmon et al., 2011, "Parallel random numbers: as
 * easy as 1, 2, 3") under the key `seed`, at counters `[0, use, a, b]`, `[1, use, a, b]` and so on. Streams with
 * different `(seed, use, a, b)` are independent, and any of them can be opened without those before it.
 */
export class RandomStream {
  readonly #key: readonly [number, number];
  readonly #place: readonly [number, number, number];
  #block = 0;
  #words: readonly number[] = [];
  #used = 0;

  /**
   * @param seed a whole number, 0 to 2^53 - 1
   * @param use what the numbers are for
   * @param a a further number, such as the epoch
   * @param b a further number, such as the place in the epoch
   * @throws {RangeError} when the seed is out of range
   */
  constructor(seed: number, use: number, a = 0, b = 0) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`Cannot use the seed ${seed}: it must be a whole number from 0 to 2^53 - 1`);
    }
    this.#key = [seed >>> 0, Math.floor(seed / 2 ** 32)];
    this.#place = [use, a >>> 0, b >>> 0];
  }

  /** The next 32 random bits, 0 to 2^32 - 1. */
  bits(): number {
    if (this.#used === this.#words.length) {
      this.#words = philox([this.#block++, ...this.#place], this.#key);
      this.#used = 0;
    }
    return this.#words[this.#used++]!;
  }

  /**
   * A whole number, each equally likely: numbers beyond the last whole multiple of `bound` are drawn again.
   *
   * @param bound 1 to 2^32
   * @returns 0 to `bound - 1`
   */
  below(bound: number): number {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let bits = this.bits();
    while (bits >= limit) bits = this.bits();
    return bits % bound;
  }

  /**
   * Puts numbers in a random order, in place (Fisher and Yates; Durstenfeld, 1964).
   *
   * @param order the numbers
   * @returns the same array
   */
  shuffle(order: Uint32Array): Uint32Array {
    for (let last = order.length - 1; last > 0; last--) {
      const other = this.below(last + 1);
      const kept = order[last]!;
      order[last] = order[other]!;
      order[other] = kept;
    }
    return order;
  }
}
