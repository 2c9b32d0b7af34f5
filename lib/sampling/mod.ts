/**
 * Drawing latents: from the prior, or from what was fitted to where a model puts its pictures.
 *
 * @module
 */
export * from "./mixture.ts";
export * from "./sampler.ts";
export * from "./samplers.ts";
export type { SamplerName } from "../protocol.ts";
export type { LatentMap } from "../latent/map.ts";
export type { SampleOptions } from "../latent/sample.ts";
export type { ModelDocument } from "../model/format.ts";
