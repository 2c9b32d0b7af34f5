/** The model's own prior: standard normal, and uniform over the values of codes and labels. */
import { latentLevels, sampleLatents } from "../latent/mod.ts";
import type { Sampler } from "./sampler.ts";

/** Draws from the prior; there is nothing to fit. */
export const prior: Sampler = {
  fit: ({ document }) => {
    const levels = latentLevels(document.latents);
    return Promise.resolve({
      sample: (seed, count, options) => Promise.resolve(sampleLatents(seed, count, levels, options)),
    });
  },
};
