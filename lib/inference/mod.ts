export * from "./batch.ts";
export * from "./batcher.ts";
