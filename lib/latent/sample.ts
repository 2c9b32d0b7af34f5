/**
 * Seeded prior samples: counter-based, so that any one can be drawn without those before it, and the same in the
 * server and in every browser.
 */
import type { LatentVector } from "./interpolate.ts";
import { normalQuantile } from "./normal.ts";

/** Options of {@linkcode samplePrior}. */
export interface SampleOptions {
  /** The number of the first sample; 0 by default. Samples 5 to 9 are the same whether 0 to 4 were drawn or not. */
  readonly first?: number;
  /** Multiplies every number, 0 or more; 1 by default. Below 1 samples lie nearer to the mean. */
  readonly temperature?: number;
}

/** Options of {@linkcode mutate}. */
export interface MutateOptions {
  /** How much of the latent is replaced by noise, 0 (none) to 1 (all); 0.2 by default. */
  readonly amount?: number;
  /** Which dimensions stay as they are. */
  readonly locked?: readonly boolean[];
}

/** Keeps the noise of different uses apart that share a seed. */
const PRIOR = 0;
const MUTATION = 1;

/**
 * Samples of the standard normal prior. Sample `i`, dimension `d` is the normal quantile of word `d % 4` of
 * Philox4x32-10 (Salmon et al., 2011, "Parallel random numbers: as easy as 1, 2, 3") at counter `[d / 4, i, 0, 0]`
 * under the key `seed`, rounded to float32.
 *
 * @param seed a whole number, 0 to 2^53 - 1
 * @param latentDim numbers per sample
 * @returns `[count, latentDim]`
 * @throws {RangeError} when the seed, a count or the temperature is out of range
 */
export function samplePrior(seed: number, count: number, latentDim: number, options: SampleOptions = {}): Float32Array {
  const { first = 0, temperature = 1 } = options;
  checkWhole("seed", seed, Number.MAX_SAFE_INTEGER);
  checkWhole("count", count, 2 ** 32);
  checkWhole("latentDim", latentDim, 2 ** 32);
  checkWhole("first", first, 2 ** 32 - count);
  if (!(temperature >= 0 && temperature < Infinity)) {
    throw new RangeError(`Cannot sample at temperature ${temperature}: it must be 0 or more`);
  }
  const samples = new Float32Array(count * latentDim);
  for (let i = 0; i < count; i++) {
    const noise = normals(seed, PRIOR, first + i, latentDim);
    for (let d = 0; d < latentDim; d++) samples[i * latentDim + d] = noise[d]! * temperature;
  }
  return samples;
}

/**
 * Samples of a model's own prior: standard normal, and any value of a code or label as likely as another. Continuous
 * numbers are those of {@linkcode samplePrior}.
 *
 * @param levels how many values each number takes, 0 where it is continuous
 * @returns `[count, levels.length]`
 * @throws {RangeError} as {@linkcode samplePrior} does
 */
export function sampleLatents(
  seed: number,
  count: number,
  levels: readonly number[],
  options: SampleOptions = {},
): Float32Array {
  const size = levels.length;
  const samples = samplePrior(seed, count, size, options);
  if (levels.every((values) => values === 0)) return samples;
  for (let i = 0; i < count; i++) {
    const shares = uniforms(seed, PRIOR, (options.first ?? 0) + i, size);
    for (const [d, values] of levels.entries()) {
      if (values > 0) samples[i * size + d] = Math.floor(shares[d]! * values);
    }
  }
  return samples;
}

/**
 * A latent near `z`: `sqrt(1 - amount²) z + amount ε` (the preconditioned Crank-Nicolson step), so that a prior sample
 * mutated any number of times is still a prior sample and doesn't wander off.
 *
 * @param seed a whole number, 0 to 2^53 - 1; another seed gives another neighbour
 * @returns `[latentDim]`
 * @throws {RangeError} when the seed or the amount is out of range
 */
export function mutate(z: LatentVector, seed: number, options: MutateOptions = {}): Float32Array {
  const { amount = 0.2, locked = [] } = options;
  checkWhole("seed", seed, Number.MAX_SAFE_INTEGER);
  if (!(amount >= 0 && amount <= 1)) throw new RangeError(`Cannot mutate by ${amount}: it must lie between 0 and 1`);
  const kept = Math.sqrt(1 - amount * amount);
  const noise = normals(seed, MUTATION, 0, z.length);
  return Float32Array.from(z, (value, d) => locked[d] ? value : kept * value + amount * noise[d]!);
}

/**
 * A square grid over a two-dimensional prior, each cell's centre at equal steps of probability (Kingma and Welling,
 * 2013, figure 4): the picture of a whole 2-latent model. Rows go from high to low second latent, as on a map.
 *
 * @param side cells per row and column
 * @returns `[side × side, 2]`
 * @throws {RangeError} when `side` is not a whole number from 1
 */
export function priorGrid(side: number): Float32Array {
  checkWhole("side", side, 4096);
  if (side === 0) throw new RangeError("Cannot lay out a grid of no cells: side must be 1 or more");
  const steps = Array.from({ length: side }, (_, i) => normalQuantile((i + 0.5) / side));
  const grid = new Float32Array(side * side * 2);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      grid.set([steps[column]!, steps[side - 1 - row]!], (row * side + column) * 2);
    }
  }
  return grid;
}

function normals(seed: number, use: number, index: number, length: number): number[] {
  return uniforms(seed, use, index, length).map(normalQuantile);
}

/** Above 0 and below 1. */
function uniforms(seed: number, use: number, index: number, length: number): number[] {
  const shares: number[] = [];
  for (let block = 0; shares.length < length; block++) {
    const words = philox([block, index, 0, use], [seed >>> 0, Math.floor(seed / 2 ** 32)]);
    for (const word of words) shares.push((word + 0.5) / 2 ** 32);
  }
  shares.length = length;
  return shares;
}

/** Four 32-bit words, as a Philox counter or result. */
export type PhiloxWords = readonly [number, number, number, number];

/**
 * Philox4x32-10: four random words of a counter under a key. Stateless.
 *
 * @param counter four words, 0 to 2^32 - 1
 * @param key two words, 0 to 2^32 - 1
 */
export function philox(counter: PhiloxWords, key: readonly [number, number]): PhiloxWords {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0];
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  return [c0 >>> 0, c1 >>> 0, c2 >>> 0, c3 >>> 0];
}

/** The upper 32 bits of a 32 × 32 bit product, all unsigned. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff, aHigh = a >>> 16, bLow = b & 0xffff, bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const cross = (middle & 0xffff) + aLow * bHigh;
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(cross / 0x10000);
}

function checkWhole(name: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= max) return;
  throw new RangeError(`Cannot sample with ${name} ${value}: it must be a whole number from 0 to ${max}`);
}
