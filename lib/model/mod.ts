/**
 * A model on disk: its format, and how it is read and published.
 *
 * @module
 */
export * from "./format.ts";
export * from "./latent_map.ts";
export * from "./name.ts";
export * from "./per_model_cache.ts";
export * from "./store.ts";
export type { LatentMap } from "../latent/map.ts";
