/**
 * TensorFlow in Deno: the library over FFI, as the backend of tfjs, with steps that are captured
 * into one function. Nothing opens the library before {@linkcode startTensorFlow} is called.
 *
 * @module
 */
export { attribute } from "./attributes.ts";
export type { Attribute, AttributeValue, UnnamedAttribute } from "./attributes.ts";
export { activeEngine, startTensorFlow } from "./backend.ts";
export type { StartOptions } from "./backend.ts";
export type { ContextOptions } from "./config_proto.ts";
export type { Device } from "./context.ts";
export type { DataType } from "./data_types.ts";
export type { EngineOrigin, MemoryCounters, TensorFlowEngine } from "./engine.ts";
export type { CaptureOptions } from "./capture.ts";
export { type FaultKind, LatentboardError } from "../errors.ts";
export { LibraryUnavailableError, TensorFlowError } from "./errors.ts";
export type { LibraryProgress, ProgressReport } from "./cache.ts";
export { findLibrary } from "./library.ts";
export type { LibraryOptions, TensorFlowLibrary } from "./library.ts";
export {
  biasAdd,
  conv2dTranspose,
  leakyRelu,
  relu,
  sigmoidCrossEntropy,
  splitBytes,
  statelessNormal,
  tanh,
  toFloat,
} from "./ops.ts";
export { createStep, createVariable, StepCache, updateAfter } from "./step.ts";
export type { StepOptions } from "./step.ts";
export type { Feed, StepDefinition, StepFunction, Tensor, TensorSpec } from "./types.ts";
export { applyAdam, applyGradientDescent, applyMomentum, applyRmsProp } from "./optimizer_ops.ts";
export type { AdamSettings, AdamSlots, MomentumSettings, RmsPropSettings, RmsPropSlots } from "./optimizer_ops.ts";
export type { Platform } from "./platform.ts";
export type { CommandResult, System } from "./system.ts";
export type { Variable } from "./variable.ts";
