/** A Gaussian mixture fitted to the aggregate posterior: it leaves out the holes of the prior. */
import { LatentboardError } from "../errors.ts";
import { type LatentMap, samplePrior } from "../latent/mod.ts";
import type { ModelDocument } from "../model/mod.ts";
import { fitGaussianMixture, type GaussianMixture, sampleMixture } from "./mixture.ts";
import type { Sampler } from "./sampler.ts";

const MAX_COMPONENTS = 10;
/** A component needs some rows for each of its dimensions, or its covariance only repeats the rows it was given. */
const ROWS_PER_DIMENSION = 5;

/** Draws from a mixture fitted to the model's map. */
export const gmm: Sampler = {
  fit: async ({ document, readMap }) => {
    if (document.files["map.bin"] === undefined) {
      throw unsupported(`The model "${document.name}" has no map.bin to fit a mixture to`);
    }
    if (document.latents.some(({ kind }) => kind !== "gaussian")) {
      throw unsupported(`The latents of "${document.name}" are codes, which no mixture of Gaussians fits`);
    }
    const mixture = fitMap(document, await readMap());
    return { sample: (seed, count, options) => Promise.resolve(sampleMixture(mixture, seed, count, options)) };
  },
};

/**
 * map.bin holds the means of the posteriors alone; their spread is put back from model.json, where each latent's
 * standard deviation is that of the whole aggregate posterior.
 */
function fitMap(document: ModelDocument, { count, latentDim, latents }: LatentMap): GaussianMixture {
  if (count < 2) {
    throw unsupported(`The map of "${document.name}" has too few pictures to fit a mixture to`);
  }
  const aggregate = document.latents[0]!.statistics?.standardDeviation;
  const spread = Array.from({ length: latentDim }, (_, d) => {
    const missing = aggregate === undefined ? 0 : aggregate[d]! ** 2 - varianceOf(latents, d, latentDim);
    return Math.sqrt(Math.max(0, missing));
  });
  const noise = samplePrior(1, count, latentDim);
  const drawn = latents.map((value, i) => value + spread[i % latentDim]! * noise[i]!);
  const components = Math.max(1, Math.min(MAX_COMPONENTS, Math.floor(count / (ROWS_PER_DIMENSION * latentDim))));
  return fitGaussianMixture(drawn, latentDim, { components }).mixture;
}

function varianceOf(rows: Float32Array, dimension: number, dimensions: number): number {
  const count = rows.length / dimensions;
  let [sum, squares] = [0, 0];
  for (let i = dimension; i < rows.length; i += dimensions) {
    sum += rows[i]!;
    squares += rows[i]! ** 2;
  }
  return squares / count - (sum / count) ** 2;
}

function unsupported(fault: string): LatentboardError {
  return new LatentboardError("unsupported", `${fault}: use the prior as sampler`, { field: "sampler" });
}
