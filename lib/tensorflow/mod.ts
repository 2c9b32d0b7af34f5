/**
 * TensorFlow in Deno: the library over FFI, as the backend of tfjs, with steps that are captured
 * into one function. Nothing opens the library before {@linkcode startTensorFlow} is called.
 *
 * @module
 */
export { attribute } from "./ffi/attributes.ts";
export type { Attribute, AttributeValue, UnnamedAttribute } from "./ffi/attributes.ts";
export { activeEngine, startTensorFlow } from "./binding/start.ts";
export type { StartOptions } from "./binding/start.ts";
export type { ContextOptions } from "./ffi/config_proto.ts";
export type { Device } from "./ffi/context.ts";
export type { DataType } from "./ffi/data_types.ts";
export type { EngineOrigin, MemoryCounters, TensorFlowEngine } from "./binding/engine.ts";
export type { CaptureOptions } from "./binding/capture.ts";
export { LibraryUnavailableError, TensorFlowError } from "./errors.ts";
export type { LibraryProgress, ProgressReport } from "./library/cache.ts";
export { findLibrary } from "./library/find.ts";
export type { LibraryOptions, TensorFlowLibrary } from "./library/find.ts";
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
} from "./binding/ops.ts";
export { createStep, createVariable, StepCache, updateAfter } from "./binding/step.ts";
export type { StepOptions } from "./binding/step.ts";
export type { Feed, StepDefinition, StepFunction, Tensor, TensorSpec } from "./binding/types.ts";
export { applyAdam, applyGradientDescent, applyMomentum, applyRmsProp } from "./binding/optimizer_ops.ts";
export type {
  AdamSettings,
  AdamSlots,
  MomentumSettings,
  RmsPropSettings,
  RmsPropSlots,
} from "./binding/optimizer_ops.ts";
export type { Platform } from "./library/platform.ts";
export type { CommandResult, System } from "./library/system.ts";
export type { Variable } from "./binding/variable.ts";
