/**
 * A model on disk: its format, and how it is read and published.
 *
 * @module
 */
export * from "./format.ts";
export * from "./store.ts";
