/** When a latent counts as off the manifold: by how far decode → encode lands from it. */

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
