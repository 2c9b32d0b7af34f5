/**
 * The geometry of latent spaces: pure functions that the server and the browser share, with the same results in both.
 *
 * A latent is any array of numbers; several latents are one flat `Float32Array` of `[count, latentDim]`.
 *
 * @module
 */
export * from "./base64.ts";
export * from "./dimensions.ts";
export * from "./float32.ts";
export * from "./interpolate.ts";
export * from "./levels.ts";
export * from "./manifold.ts";
export * from "./map.ts";
export * from "./neighbours.ts";
export * from "./normal.ts";
export * from "./posteriors.ts";
export * from "./sample.ts";
