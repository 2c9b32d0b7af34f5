/**
 * Training: optimizers, schedules, the loop, and what a run leaves on disk.
 *
 * @module
 */
export { type FaultKind, LatentboardError } from "../errors.ts";
export * from "./checkpoint.ts";
export * from "./control.ts";
export * from "./divergence.ts";
export * from "./evaluator.ts";
export * from "./event_log.ts";
export * from "./events.ts";
export * from "./fused_ops.ts";
export * from "./history.ts";
export * from "./optimizers.ts";
export * from "./pictures.ts";
export * from "./run.ts";
export * from "./safetensors.ts";
export * from "./schedules.ts";
export * from "./state.ts";
export * from "./step.ts";
export * from "./trainer.ts";
export * from "./trainer_options.ts";
export * from "./trainable.ts";
export type * from "../protocol.ts";
export type * from "../protocol_runs.ts";
