/**
 * The likelihoods, one file each.
 *
 * @module
 */
export * from "./gaussian.ts";
export * from "./kinds.ts";
export type * from "./likelihood.ts";
