/** The standard normal prior. */
import { samplePrior } from "../latent/mod.ts";
import type { Sampler } from "./sampler.ts";

/** Draws from N(0, I); there is nothing to fit. */
export const prior: Sampler = {
  fit: ({ document }) => {
    const dimensions = document.latents[0]!.shape[0]!;
    return Promise.resolve({
      sample: (seed, count, options) => Promise.resolve(samplePrior(seed, count, dimensions, options)),
    });
  },
};
