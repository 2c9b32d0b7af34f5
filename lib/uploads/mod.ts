/**
 * Pictures that people bring: uploads, checked as they come, that become datasets of the home; and folders of the server.
 *
 * @module
 */
export * from "./catalog.ts";
export * from "./datasets.ts";
export * from "./folders.ts";
export * from "./picture.ts";
export * from "./preview.ts";
export * from "./upload.ts";
export type * from "../protocol.ts";
export type * from "../protocol_runs.ts";
