/**
 * The whole way from a configuration to a published model: the only composer of training, export and inference.
 *
 * @module
 */
export * from "../dataset/binarize.ts";
export * from "../engines/examine.ts";
export * from "../engines/names.ts";
export * from "../engines/parallelism.ts";
export * from "../engines/speed.ts";
export * from "../engines/start.ts";
export * from "../engines/webgpu.ts";
export * from "./finish.ts";
export * from "./functions.ts";
export * from "./live_snapshots.ts";
export * from "./naming.ts";
export * from "./options.ts";
export * from "./prepare.ts";
export * from "./publish.ts";
export * from "./run_recorder.ts";
export * from "./samples.ts";
export * from "./sources.ts";
export * from "./statistics.ts";
export * from "./train.ts";
