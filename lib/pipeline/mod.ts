/**
 * The whole way from a configuration to a published model: the only composer of training, export and inference.
 *
 * @module
 */
export * from "./estimate.ts";
export * from "./finish.ts";
export * from "./functions.ts";
export * from "./live_snapshots.ts";
export * from "./options.ts";
export * from "./precision.ts";
export * from "./prepare.ts";
export * from "./publish.ts";
export * from "./reexport.ts";
export * from "./run_recorder.ts";
export * from "./samples.ts";
export * from "./sources.ts";
export * from "./tensorboard_recorder.ts";
export * from "./statistics.ts";
export * from "./train.ts";
