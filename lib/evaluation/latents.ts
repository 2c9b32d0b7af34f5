/** What the encoder made of a set of pictures: units active by variance, and the aggregate posterior against the prior. */
import { LatentboardError } from "../errors.ts";
import type { Posteriors } from "../latent/mod.ts";

/** Burda et al. (2016) count a unit as active when the variance of its mu over the data is above this. */
const ACTIVE_VARIANCE = 0.01;

/**
 * Counts the latents whose mu varies over the data. Burda, Grosse and Salakhutdinov, "Importance Weighted Autoencoders"
 * (2016), section 5. `activeUnits` of lib/latent, which everything else goes by, counts by KL divergence instead.
 *
 * @returns 0 to `latentDim`
 */
export function activeUnitsByVariance({ count, latentDim, mu }: Posteriors): number {
  let active = 0;
  for (let d = 0; d < latentDim; d++) {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < count; i++) {
      const value = mu[i * latentDim + d]!;
      sum += value;
      squares += value * value;
    }
    const mean = sum / count;
    if (squares / count - mean * mean > ACTIVE_VARIANCE) active++;
  }
  return active;
}

/**
 * Squared maximum mean discrepancy of two samples under a sum of inverse multiquadratic kernels, C / (C + ‖a − b‖²) with
 * C = 2 d s for s in 0.1, 0.2, 0.5, 1, 2, 5, 10, the unbiased estimate. Tolstikhin et al., "Wasserstein Auto-Encoders"
 * (2018), section 4. About zero, and at times just below, when both come from one distribution.
 *
 * @param a one sample, `[n, dimensions]`; at least 2 rows
 * @param b the other, `[m, dimensions]`; at least 2 rows
 * @param dimensions numbers per row
 */
export function maximumMeanDiscrepancy(a: Float32Array, b: Float32Array, dimensions: number): number {
  const [n, m] = [a.length / dimensions, b.length / dimensions];
  if (n < 2 || m < 2) throw new LatentboardError("invalid", "MMD needs at least two rows in each sample");
  return meanKernel(a, a, dimensions, true) + meanKernel(b, b, dimensions, true) -
    2 * meanKernel(a, b, dimensions, false);
}

const SCALES = [0.1, 0.2, 0.5, 1, 2, 5, 10];

function meanKernel(a: Float32Array, b: Float32Array, dimensions: number, same: boolean): number {
  const [n, m] = [a.length / dimensions, b.length / dimensions];
  const constants = SCALES.map((scale) => 2 * dimensions * scale);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = same ? i + 1 : 0; j < m; j++) {
      let distance = 0;
      for (let d = 0; d < dimensions; d++) {
        const difference = a[i * dimensions + d]! - b[j * dimensions + d]!;
        distance += difference * difference;
      }
      for (const constant of constants) sum += constant / (constant + distance);
    }
  }
  return same ? 2 * sum / (n * (n - 1)) : sum / (n * m);
}
