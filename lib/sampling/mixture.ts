/** Mixtures of Gaussians with full covariances: fitted by expectation maximisation, scored, and drawn from. */
import { CholeskyDecomposition, Matrix } from "ml-matrix";
import { kmeans } from "ml-kmeans";
import { philox, type SampleOptions, samplePrior } from "../latent/mod.ts";

/** A mixture of Gaussians over a latent space. */
export interface GaussianMixture {
  /** One per component, 0 to 1, summing to 1. */
  readonly weights: readonly number[];
  /** `[components][dimensions]`. */
  readonly means: readonly (readonly number[])[];
  /** Lower Cholesky factors of the covariances, `[components][row]`, row `r` holding `r + 1` numbers. */
  readonly factors: readonly (readonly (readonly number[])[])[];
}

/** How {@linkcode fitGaussianMixture} fits. */
export interface MixtureOptions {
  /** Components of the mixture; 10 where not given, fewer when there are fewer rows than ten a component. */
  readonly components?: number;
  /** Where k-means, which begins the fit, begins. */
  readonly seed?: number;
  /** Iterations of EM at most; 200 where not given. */
  readonly iterations?: number;
  /** EM ends when a row gains less than this many nats; 1e-4 where not given. */
  readonly tolerance?: number;
  /** Added to every variance, so that none vanishes; 1e-6 where not given. */
  readonly floor?: number;
}

/** A fitted mixture. */
export interface FittedMixture {
  readonly mixture: GaussianMixture;
  /** Mean log density of the rows it was fitted to, nats. */
  readonly logDensity: number;
  readonly iterations: number;
}

/**
 * Fits a mixture of Gaussians with full covariances by expectation maximisation (Dempster, Laird and Rubin, 1977), begun
 * from k-means.
 *
 * @param rows latents, `[count, dimensions]`
 * @param dimensions numbers per row
 * @throws {RangeError} when there are fewer than two rows
 */
export function fitGaussianMixture(
  rows: Float32Array,
  dimensions: number,
  options: MixtureOptions = {},
): FittedMixture {
  const { seed = 1, iterations = 200, tolerance = 1e-4, floor = 1e-6 } = options;
  const count = rows.length / dimensions;
  if (count < 2) throw new RangeError(`Cannot fit a mixture to ${count} latents: at least 2 are needed`);
  const components = Math.max(1, Math.min(options.components ?? 10, Math.floor(count / 10)));

  let shares = startingShares(rows, dimensions, components, seed);
  let mixture = maximise(rows, dimensions, shares, floor);
  let before = -Infinity;
  for (let iteration = 1;; iteration++) {
    const expected = expect(rows, dimensions, mixture);
    if (iteration >= iterations || expected.logDensity - before < tolerance) {
      return { mixture, logDensity: expected.logDensity, iterations: iteration };
    }
    before = expected.logDensity;
    shares = expected.shares;
    mixture = maximise(rows, dimensions, shares, floor);
  }
}

/**
 * The mean log density of some rows under a mixture.
 *
 * @param rows `[count, dimensions]`
 * @returns nats per row
 */
export function mixtureLogDensity(mixture: GaussianMixture, rows: Float32Array): number {
  return expect(rows, mixture.means[0]!.length, mixture).logDensity;
}

/** Keeps the draws of components apart from those of positions: the fourth word of Philox's counter. */
const COMPONENT = 2;

/**
 * Draws from a mixture: a component by its weight, then a point of that component. Sample `i` depends on the seed and
 * `first + i` alone.
 *
 * @param seed a whole number, 0 to 2^53 - 1
 * @param options `first` is the number of the first sample; `temperature`, 0 or more, scales each component's spread
 * @returns `[count, dimensions]`
 * @throws {RangeError} when the seed, a count or the temperature is out of range
 */
export function sampleMixture(
  mixture: GaussianMixture,
  seed: number,
  count: number,
  options: SampleOptions = {},
): Float32Array {
  const dimensions = mixture.means[0]!.length;
  const noise = samplePrior(seed, count, dimensions, options);
  const samples = new Float32Array(noise.length);
  for (let i = 0; i < count; i++) {
    const [word] = philox([0, (options.first ?? 0) + i, 0, COMPONENT], [seed >>> 0, Math.floor(seed / 2 ** 32)]);
    const chosen = componentAt(mixture.weights, (word + 0.5) / 2 ** 32);
    const [mean, factor] = [mixture.means[chosen]!, mixture.factors[chosen]!];
    for (let row = 0; row < dimensions; row++) {
      let value = mean[row]!;
      for (let column = 0; column <= row; column++) value += factor[row]![column]! * noise[i * dimensions + column]!;
      samples[i * dimensions + row] = value;
    }
  }
  return samples;
}

/** One row's shares in each component, `[components][count]`, all or nothing by k-means. */
function startingShares(rows: Float32Array, dimensions: number, components: number, seed: number): Float64Array[] {
  const count = rows.length / dimensions;
  const points = Array.from(
    { length: count },
    (_, i) => Array.from(rows.subarray(i * dimensions, (i + 1) * dimensions)),
  );
  const { clusters } = kmeans(points, components, { seed, initialization: "kmeans++" });
  return Array.from({ length: components }, (_, k) => Float64Array.from(clusters, (cluster) => cluster === k ? 1 : 0));
}

function maximise(
  rows: Float32Array,
  dimensions: number,
  shares: readonly Float64Array[],
  floor: number,
): GaussianMixture {
  const count = rows.length / dimensions;
  const weights: number[] = [];
  const means: number[][] = [];
  const factors: number[][][] = [];
  for (const share of shares) {
    const total = share.reduce((sum, value) => sum + value, 0) + 1e-12;
    const mean = new Array<number>(dimensions).fill(0);
    for (let i = 0; i < count; i++) {
      for (let d = 0; d < dimensions; d++) mean[d]! += share[i]! * rows[i * dimensions + d]! / total;
    }
    const covariance = Matrix.zeros(dimensions, dimensions);
    const offset = new Float64Array(dimensions);
    for (let i = 0; i < count; i++) {
      if (share[i]! < 1e-12) continue;
      for (let d = 0; d < dimensions; d++) offset[d] = rows[i * dimensions + d]! - mean[d]!;
      for (let r = 0; r < dimensions; r++) {
        const scaled = share[i]! * offset[r]! / total;
        for (let c = 0; c <= r; c++) covariance.set(r, c, covariance.get(r, c) + scaled * offset[c]!);
      }
    }
    for (let r = 0; r < dimensions; r++) {
      covariance.set(r, r, covariance.get(r, r) + floor);
      for (let c = 0; c < r; c++) covariance.set(c, r, covariance.get(r, c));
    }
    const lower = new CholeskyDecomposition(covariance).lowerTriangularMatrix;
    weights.push(total / count);
    means.push(mean);
    factors.push(Array.from({ length: dimensions }, (_, r) => lower.getRow(r).slice(0, r + 1)));
  }
  return { weights, means, factors };
}

function expect(
  rows: Float32Array,
  dimensions: number,
  mixture: GaussianMixture,
): { shares: Float64Array[]; logDensity: number } {
  const count = rows.length / dimensions;
  const shares = mixture.weights.map(() => new Float64Array(count));
  const constants = mixture.weights.map((weight, k) =>
    Math.log(weight) - 0.5 * dimensions * Math.log(2 * Math.PI) -
    mixture.factors[k]!.reduce((sum, row, r) => sum + Math.log(row[r]!), 0)
  );
  const solved = new Float64Array(dimensions);
  let total = 0;
  for (let i = 0; i < count; i++) {
    let largest = -Infinity;
    for (let k = 0; k < shares.length; k++) {
      const [mean, factor] = [mixture.means[k]!, mixture.factors[k]!];
      let distance = 0; // of Mahalanobis, by forward substitution
      for (let r = 0; r < dimensions; r++) {
        let value = rows[i * dimensions + r]! - mean[r]!;
        for (let c = 0; c < r; c++) value -= factor[r]![c]! * solved[c]!;
        solved[r] = value / factor[r]![r]!;
        distance += solved[r]! * solved[r]!;
      }
      const logged = constants[k]! - 0.5 * distance;
      shares[k]![i] = logged;
      largest = Math.max(largest, logged);
    }
    const sum = shares.reduce((all, share) => all + Math.exp(share[i]! - largest), 0);
    const density = largest + Math.log(sum);
    for (const share of shares) share[i] = Math.exp(share[i]! - density);
    total += density;
  }
  return { shares, logDensity: total / count };
}

function componentAt(weights: readonly number[], share: number): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) {
    sum += weights[k]!;
    if (share < sum) return k;
  }
  return weights.length - 1; // rounding left the weights a little below 1
}
