/** Samplers: the prior, and a Gaussian mixture fitted to the aggregate posterior. */
import { LatentboardError } from "../errors.ts";
import { type GaussianMixture, sampleMixture, type SampleOptions, samplePrior } from "../latent/mod.ts";
import type { ModelDocument } from "../model/mod.ts";
import { readMap } from "./map.ts";
import { fitGaussianMixture } from "./mixture.ts";

/** The samplers by name, the first being the one that is meant when none is named. */
export const SAMPLERS = ["prior", "gmm"] as const;

/** Where latents are drawn from. */
export type SamplerName = typeof SAMPLERS[number];

/**
 * Draws latents: sample `i` depends on the seed and `first + i` alone.
 *
 * @returns `[count, latentDim]`
 */
export type Sampler = (seed: number, count: number, options?: SampleOptions) => Float32Array;

/**
 * Makes a sampler of a model.
 *
 * @param name which one
 * @param document the model's model.json
 * @param readMapBytes reads its map.bin; only called for `gmm`
 * @throws {LatentboardError} `unsupported` when the model has no map to fit a mixture to
 */
export async function openSampler(
  name: SamplerName,
  document: ModelDocument,
  readMapBytes: () => Promise<Uint8Array>,
): Promise<Sampler> {
  const dimensions = document.latents[0]!.shape[0]!;
  if (name === "prior") return (seed, count, options) => samplePrior(seed, count, dimensions, options);
  if (document.files["map.bin"] === undefined) {
    throw new LatentboardError(
      "unsupported",
      `The model "${document.name}" has no map.bin to fit a mixture to: use the prior as sampler`,
      { field: "sampler" },
    );
  }
  const mixture = fitMapMixture(document, await readMapBytes());
  return (seed, count, options) => sampleMixture(mixture, seed, count, options);
}

const LARGEST_COMPONENTS = 10;
/** A component needs some rows for each of its dimensions, or its covariance only repeats the rows it was given. */
const ROWS_A_DIMENSION = 5;

/**
 * Fits a mixture to a model's aggregate posterior, by the pictures of its map. map.bin holds the means of the
 * posteriors; their spread is put back from model.json, where each latent's standard deviation is that of the whole
 * aggregate posterior. The same model gives the same mixture.
 *
 * @param document model.json, with statistics
 * @param map the bytes of map.bin
 */
export function fitMapMixture(document: ModelDocument, map: Uint8Array): GaussianMixture {
  const dimensions = document.latents[0]!.shape[0]!;
  const { count, mu } = readMap(map, dimensions);
  if (count < 2) {
    throw new LatentboardError(
      "unsupported",
      `The map of "${document.name}" has too few pictures to fit a mixture to`,
      {
        field: "sampler",
      },
    );
  }
  const whole = document.latents[0]!.statistics?.standardDeviation;
  const spread = Array.from({ length: dimensions }, (_, d) => {
    const missing = whole === undefined ? 0 : whole[d]! ** 2 - varianceOf(mu, d, dimensions);
    return Math.sqrt(Math.max(0, missing));
  });
  const noise = samplePrior(1, count, dimensions);
  const drawn = mu.map((value, i) => value + spread[i % dimensions]! * noise[i]!);
  const components = Math.max(1, Math.min(LARGEST_COMPONENTS, Math.floor(count / (ROWS_A_DIMENSION * dimensions))));
  return fitGaussianMixture(drawn, dimensions, { components }).mixture;
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
