/**
 * Event files for TensorBoard.
 *
 * @module
 */
export * from "./records.ts";
export * from "./writer.ts";
