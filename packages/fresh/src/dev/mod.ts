/**
 * Builds the app, or serves it while it is developed.
 *
 * @module
 */
export { Builder } from "./builder.ts";
export type { BuildOptions, ResolvedBuildConfig } from "./config.ts";
export type { OnTransformArgs, OnTransformOptions, TransformFn } from "./config.ts";
