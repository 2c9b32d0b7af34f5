/** What the aggregate posterior looks like: per latent and per label, over the test pictures. */
import { klPerLatent, type Posteriors, samplePrior } from "../latent/mod.ts";
import type { LatentStatistics } from "../model/mod.ts";

/** The probabilities of the quantiles that a model keeps of each latent. */
export const QUANTILES: readonly number[] = [0.005, 0.025, 0.25, 0.5, 0.75, 0.975, 0.995];

/**
 * Statistics of the aggregate posterior, one number per latent. Mean and standard deviation are exact for the mixture of
 * all posteriors; quantiles are those of one draw per picture.
 *
 * @param seed of the draws
 */
export function latentStatistics(posteriors: Posteriors, seed: number): LatentStatistics {
  const { count, latentDim, mu, logvar } = posteriors;
  const noise = samplePrior(seed, count, latentDim);
  const [means, standardDeviation]: [number[], number[]] = [[], []];
  const quantiles: number[][] = [];
  for (let d = 0; d < latentDim; d++) {
    const draws = new Float64Array(count);
    let [sum, squares] = [0, 0];
    for (let n = 0; n < count; n++) {
      const index = n * latentDim + d;
      const variance = Math.exp(logvar[index]!);
      sum += mu[index]!;
      squares += mu[index]! * mu[index]! + variance;
      draws[n] = mu[index]! + Math.sqrt(variance) * noise[index]!;
    }
    const mean = sum / count;
    means.push(mean);
    standardDeviation.push(Math.sqrt(Math.max(0, squares / count - mean * mean)));
    draws.sort();
    quantiles.push(QUANTILES.map((probability) => quantileOf(draws, probability)));
  }
  return {
    kl: klPerLatent(posteriors),
    mean: means,
    standardDeviation,
    quantiles: { probabilities: [...QUANTILES], values: quantiles },
  };
}

/**
 * A quantile by linear interpolation between the neighbouring values.
 *
 * @param sorted ascending, at least one
 * @param probability 0 to 1
 */
export function quantileOf(sorted: ArrayLike<number>, probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (position - below);
}

/**
 * The mean of mu over each label's pictures.
 *
 * @param mu `[count, latentDim]`
 * @param labels one per picture, an index into `names`
 * @returns labels that have pictures, in the order of the names
 */
export function labelMeans(
  mu: Float32Array,
  labels: Uint8Array,
  names: readonly string[],
): { name: string; mean: number[] }[] {
  const latentDim = mu.length / labels.length;
  return names.flatMap((name, label) => {
    const mean = new Array<number>(latentDim).fill(0);
    let count = 0;
    for (const [n, found] of labels.entries()) {
      if (found !== label) continue;
      count++;
      for (let d = 0; d < latentDim; d++) mean[d]! += mu[n * latentDim + d]!;
    }
    return count === 0 ? [] : [{ name, mean: mean.map((sum) => sum / count) }];
  });
}
