/**
 * A model on disk: its format, and how it is read and published.
 *
 * @module
 */
export * from "./archive.ts";
export * from "./change.ts";
export * from "./format.ts";
export * from "./history.ts";
export * from "./latent_map.ts";
export * from "./metrics.ts";
export * from "./name.ts";
export * from "./per_model_cache.ts";
export * from "./removal.ts";
export * from "./store.ts";
export { refuseUnsafeGraph } from "./untrusted_graph.ts";
export type { LatentMap } from "../latent/map.ts";
