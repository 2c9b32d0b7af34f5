/**
 * Variational autoencoders: their configuration, their layers declared once, and the forward pass and objective as pure
 * functions on tfjs. What needs no tfjs (configuration, architecture, parameters) can be imported file by file.
 *
 * @module
 */
export * from "./algebra.ts";
export * from "./config.ts";
export type * from "./config_schema.ts";
export * from "./families/family.ts";
export * from "./forward.ts";
export * from "./layers.ts";
export * from "./likelihoods/mod.ts";
export * from "./naming.ts";
export * from "./model.ts";
export * from "./network.ts";
export * from "./objective.ts";
export * from "./ops.ts";
export * from "./parameters.ts";
export * from "./posterior.ts";
export * from "./warmup.ts";
