/** What every sampler is: it fits a distribution to a model, and draws from that. */
import type { LatentMap, SampleOptions } from "../latent/mod.ts";
import type { ModelDocument } from "../model/mod.ts";

/** What a sampler may look at. */
export interface SampledModel {
  readonly document: ModelDocument;
  /** Reads map.bin, where the test pictures lie; only called by samplers that need it. */
  readMap(): Promise<LatentMap>;
}

/** A distribution over a model's latents. */
export interface LatentDistribution {
  /**
   * Draws latents: sample `i` depends on the seed and `first + i` alone.
   *
   * @param seed 0 to 2^53 - 1
   * @returns `[count, latentDim]`
   * @throws {RangeError} when the seed, a count or the temperature is out of range
   */
  sample(seed: number, count: number, options?: SampleOptions): Promise<Float32Array>;
}

/** A way of drawing latents. */
export interface Sampler {
  /**
   * Fits the distribution; the same model gives the same one.
   *
   * @throws {LatentboardError} `unsupported` when the model lacks what the sampler is fitted to
   */
  fit(model: SampledModel): Promise<LatentDistribution>;
}
