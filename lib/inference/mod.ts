/**
 * Decoding and encoding with published models through onnxruntime, and how slider moves become frames.
 *
 * @module
 */
export * from "./batch.ts";
export * from "./batcher.ts";
export * from "./cuda.ts";
export * from "./cuda_wheels.ts";
export * from "./dimensions.ts";
export * from "./manifolds.ts";
export * from "./model_graphs.ts";
export * from "./pool.ts";
export * from "./providers.ts";
export * from "./runtime.ts";
export * from "./session.ts";
