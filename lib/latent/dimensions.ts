/** The order in which a latent's dimensions are shown. */
import type { LatentDimension } from "../protocol.ts";

export type { LatentDimension };

/**
 * Dimensions in the order of how much each moves the picture: by KL divergence, largest first, dead ones last.
 *
 * @returns a new array; equals stay in the model's own order
 */
export function orderByKl(dimensions: readonly LatentDimension[]): LatentDimension[] {
  return [...dimensions].sort((a, b) => Number(b.active) - Number(a.active) || b.kl - a.kl || a.index - b.index);
}
