/** Samples of a Gaussian mixture, drawn the same way in server and browser. */
import { philox, samplePrior } from "./sample.ts";

/** A mixture of Gaussians over a latent space. */
export interface GaussianMixture {
  /** One a component, 0 to 1, summing to 1. */
  readonly weights: readonly number[];
  /** `[components][dimensions]`. */
  readonly means: readonly (readonly number[])[];
  /** Lower Cholesky factors of the covariances, `[components][row]`, row `r` holding `r + 1` numbers. */
  readonly factors: readonly (readonly (readonly number[])[])[];
}

/** Keeps the draws of components apart from those of positions: the fourth word of Philox's counter. */
const COMPONENT = 2;

/**
 * Draws from a mixture: a component by its weight, then a point of that component. Sample `i` depends on the seed and
 * `first + i` alone.
 *
 * @param mixture what to draw from
 * @param seed a whole number, 0 to 2^53 - 1
 * @param count how many samples
 * @param options `first` is the number of the first sample; `temperature`, 0 or more, scales each component's spread
 * @returns `[count, dimensions]`
 * @throws {RangeError} when the seed, a count or the temperature is out of range
 */
export function sampleMixture(
  mixture: GaussianMixture,
  seed: number,
  count: number,
  options: { readonly first?: number; readonly temperature?: number } = {},
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

function componentAt(weights: readonly number[], share: number): number {
  let sum = 0;
  for (let k = 0; k < weights.length; k++) {
    sum += weights[k]!;
    if (share < sum) return k;
  }
  return weights.length - 1; // rounding left the weights a little below 1
}
