/**
 * TensorFlow in Deno: the library over FFI, as the backend of tfjs, with steps that are captured into one function.
 * Nothing opens the library before {@linkcode startTensorFlow} is called.
 *
 * @module
 */
export { activeEngine } from "./binding/engine.ts";
export type { EngineOrigin, MemoryCounters, Placement, TensorFlowEngine } from "./binding/engine.ts";
export { biasAdd, conv2dTranspose, leakyRelu, relu, sigmoidCrossEntropy, tanh } from "./binding/ops.ts";
export { splitBytes, toFloat } from "./binding/ops.ts";
export { applyAdam, applyGradientDescent, applyMomentum, applyRmsProp } from "./binding/optimizer_ops.ts";
export type { AdamSettings, AdamSlots, MomentumSettings } from "./binding/optimizer_ops.ts";
export type { RmsPropSettings, RmsPropSlots } from "./binding/optimizer_ops.ts";
export { startTensorFlow } from "./binding/start.ts";
export type { StartOptions } from "./binding/start.ts";
export { createStep, createVariable, StepCache } from "./binding/step.ts";
export type { StepOptions } from "./binding/step.ts";
export type { Feed, StepDefinition, StepFunction, Tensor, TensorSpec } from "./binding/types.ts";
export type { Variable } from "./binding/variable.ts";
export { LibraryUnavailableError, TensorFlowError } from "./errors.ts";
export { attribute } from "./ffi/attributes.ts";
export type { Attribute, AttributeValue, UnnamedAttribute } from "./ffi/attributes.ts";
export type { ContextOptions } from "./ffi/context.ts";
export type { DataType } from "./ffi/data_types.ts";
export { DownloadError, fetchWheels, missingWheels, sizesOf, tensorFlowFetches } from "./library/cache.ts";
export type { FetchOptions, LibraryProgress, ProgressReport, WheelFetch } from "./library/cache.ts";
export { findLibrary } from "./library/find.ts";
export type { LibraryOptions, TensorFlowLibrary } from "./library/find.ts";
export type { DeviceChoice, GpuVerdict } from "./library/gpu.ts";
export { VERSION as TENSORFLOW_VERSION, wheelsFor } from "./library/platform.ts";
export type { Platform, TensorFlowWheel } from "./library/platform.ts";
export { thisSystem } from "./library/system.ts";
export type { CommandResult, System } from "./library/system.ts";
export type { Wheel } from "./library/wheel.ts";
export type { DriverReport, NvidiaDriver, NvidiaGpu } from "./nvidia.ts";
