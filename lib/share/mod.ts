/**
 * Shared boards: one model's board as static files, which decodes in the visitor's browser.
 *
 * @module
 */
export * from "./runtime_files.ts";
export * from "./site.ts";
