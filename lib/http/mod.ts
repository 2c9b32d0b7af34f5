/**
 * The HTTP side of Latentboard: what requests must look like, guards, problem+json, event streams.
 *
 * @module
 */
export * from "./body.ts";
export * from "./encoding.ts";
export * from "./guards.ts";
export * from "./headers.ts";
export * from "./inference_protocol.ts";
export * from "./model_files.ts";
export * from "./openapi.ts";
export * from "./pictures.ts";
export * from "./problem.ts";
export * from "./requests.ts";
export * from "./sse.ts";
export * from "./state.ts";
export * from "./streams.ts";
export * from "./strip.ts";
export * from "./traversal.ts";
export * from "./zip.ts";
export type { JsonSchema, Shape } from "./schema.ts";
export type * from "../protocol.ts";
export type { LogLevel } from "../log.ts";
export type { Settings } from "../settings.ts";
