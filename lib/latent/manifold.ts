/** How far decode → encode lands from a latent, and when that counts as off the manifold. */
import { distance, type LatentVector } from "./interpolate.ts";

/** The share of a model's test pictures that lie nearer than its typical distance. */
export const TYPICAL_QUANTILE = 0.99;

/** In prior standard deviations, for a model without a map of test pictures, which would give it a scale of its own. */
const DEFAULT_TYPICAL = 0.5;

/** So many typical distances away, a latent is off the manifold. */
const FAR = 2;

/**
 * The limits of the off-manifold distance: below `near` a latent is on the manifold, from `far` on it is off.
 *
 * @param typical what {@linkcode TYPICAL_QUANTILE} of the model's test pictures stay below, where it was measured
 */
export function manifoldLimits(typical = DEFAULT_TYPICAL): { readonly near: number; readonly far: number } {
  return { near: typical, far: FAR * typical };
}

/**
 * A distance among those of test pictures.
 *
 * @param distances of test pictures, nearest first
 * @returns `typical`, which {@linkcode TYPICAL_QUANTILE} of them stay below, and `percentile`, the share that is nearer
 */
export function rankDistance(
  distance: number,
  distances: readonly number[],
): { readonly typical: number; readonly percentile: number } {
  return {
    typical: distances[Math.ceil(TYPICAL_QUANTILE * distances.length) - 1]!,
    percentile: distances.filter((other) => other < distance).length / distances.length,
  };
}

/**
 * The off-manifold distance: root mean square of `mu - z` over the active dimensions, in standard deviations of the
 * prior. 0 means that the decoded picture is encoded to where it came from.
 *
 * @param z `[latentDim]`
 * @param mu where the encoder puts the picture that z decodes to, `[latentDim]`
 * @param active the dimensions that count; no picture depends on the others
 */
export function offManifoldDistance(z: LatentVector, mu: LatentVector, active: readonly number[]): number {
  const take = (latent: LatentVector) => active.map((index) => latent[index]!);
  return distance(take(mu), take(z)) / Math.sqrt(Math.max(1, active.length));
}
