/** Importance-weighted bounds on the log-likelihood, streamed so that memory stays flat however many samples are drawn. */
import { type Posteriors, samplePrior } from "../latent/mod.ts";

/**
 * The log-likelihood of picture `picture` under the decoder at each of `count` latents.
 *
 * @param z `[count, dimensions]`
 * @param count latents of this call
 * @param picture which picture, 0 and up
 * @returns log p(x | z) in nats, `[count]`
 */
export type LogLikelihood = (z: Float32Array, count: number, picture: number) => Promise<Float32Array>;

/** How {@linkcode importanceWeightedBound} draws. */
export interface BoundOptions {
  /** Importance samples per picture, 1 or more; 1 gives the ELBO itself. The bound rises to the log-likelihood with it. */
  readonly samples: number;
  readonly seed: number;
  /** The number of the first picture: its noise is drawn as if those before it were there; 0 where not given. */
  readonly firstPicture?: number;
  /** Latents of one call of the decoder; 250 where not given. */
  readonly batch?: number;
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** A mean over pictures with its spread. */
export interface Estimate {
  /** Nats a picture. */
  readonly mean: number;
  /** Standard error of the mean over the pictures. */
  readonly standardError: number;
  /** The bound of each picture, nats. */
  readonly values: Float64Array;
}

/**
 * The importance-weighted lower bound on log p(x) of every picture: log 1/k Σ p(x | zᵢ) p(zᵢ) / q(zᵢ | x) with zᵢ from the
 * encoder's posterior and a standard normal prior. Burda, Grosse and Salakhutdinov, "Importance Weighted Autoencoders"
 * (2016), equation 8. Time grows in proportion to pictures × samples; memory does not grow.
 *
 * @returns the bound in nats per picture; its negative is what papers call the negative log-likelihood
 * @throws {RangeError} when samples is not a whole number from 1
 */
export async function importanceWeightedBound(
  posteriors: Posteriors,
  logLikelihood: LogLikelihood,
  options: BoundOptions,
): Promise<Estimate> {
  const { samples, seed, firstPicture = 0, batch = 250, onProgress, signal } = options;
  if (!Number.isInteger(samples) || samples < 1) {
    throw new RangeError(`Cannot estimate with ${samples} importance samples: it must be a whole number from 1`);
  }
  const { count, latentDim: dimensions, mu, logvar, levels = [] } = posteriors;
  const values = new Float64Array(count);
  const scale = new Float64Array(dimensions);
  for (let picture = 0; picture < count; picture++) {
    let half = 0; // ½ Σ logvar: log of the posterior's normaliser, without the 2π that cancels against the prior's
    for (let d = 0; d < dimensions; d++) {
      if (levels[d]) {
        half -= Math.log(levels[d]!); // a code is what it is: only its prior counts
        continue;
      }
      scale[d] = Math.exp(0.5 * logvar[picture * dimensions + d]!);
      half += 0.5 * logvar[picture * dimensions + d]!;
    }
    const weights = new LogMeanExp();
    for (let first = 0; first < samples; first += batch) {
      signal?.throwIfAborted();
      const size = Math.min(batch, samples - first);
      const z = samplePrior(seed, size, dimensions, { first: (firstPicture + picture) * samples + first });
      const logRatio = new Float64Array(size); // log p(z) − log q(z | x)
      for (let i = 0; i < size; i++) {
        let sum = half;
        for (let d = 0; d < dimensions; d++) {
          if (levels[d]) {
            z[i * dimensions + d] = mu[picture * dimensions + d]!;
            continue;
          }
          const noise = z[i * dimensions + d]!;
          const value = mu[picture * dimensions + d]! + scale[d]! * noise;
          z[i * dimensions + d] = value;
          sum += 0.5 * (noise * noise - value * value);
        }
        logRatio[i] = sum;
      }
      const logged = await logLikelihood(z, size, picture);
      for (let i = 0; i < size; i++) weights.add(logged[i]! + logRatio[i]!);
    }
    values[picture] = weights.value();
    onProgress?.(picture + 1);
  }
  return estimateOf(values);
}

/** Mean and standard error of some values; the error is NaN for a single one. */
export function estimateOf(values: Float64Array): Estimate {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (count - 1) / count), values };
}

/** log of the mean of exp, fed one number at a time, with no overflow: the largest so far is taken out. */
class LogMeanExp {
  #largest = -Infinity;
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#count++;
    if (value <= this.#largest) {
      this.#sum += Math.exp(value - this.#largest);
    } else {
      this.#sum = this.#sum * Math.exp(this.#largest - value) + 1;
      this.#largest = value;
    }
  }

  value(): number {
    return this.#largest + Math.log(this.#sum / this.#count);
  }
}
