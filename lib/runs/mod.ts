/**
 * Training runs as a server sees them: processes of their own, steered and followed through their folders.
 *
 * @module
 */
export * from "./decoders.ts";
export * from "./estimates.ts";
export * from "./form.ts";
export * from "./launch.ts";
export * from "./metrics.ts";
export * from "./queue.ts";
export * from "./runs.ts";
export * from "./sources.ts";
export * from "./store.ts";
export type * from "../protocol.ts";
export type * from "../protocol_runs.ts";
