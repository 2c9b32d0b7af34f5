/**
 * What computes: TensorFlow, or tfjs's own backends where there is none.
 *
 * @module
 */
export * from "./examine.ts";
export * from "./names.ts";
export * from "./parallelism.ts";
export * from "./speed.ts";
export * from "./start.ts";
export * from "./webgpu.ts";
