/**
 * What a model learned, in figures.
 *
 * @module
 */
export * from "./as_trained.ts";
export * from "./evaluate.ts";
export * from "./feature_space.ts";
export * from "./frechet.ts";
export * from "./latents.ts";
export * from "./likelihood.ts";
export * from "./parallel_bound.ts";
export * from "./plots.ts";
export * from "./probes.ts";
export * from "./projection.ts";
export * from "./record.ts";
export * from "./report.ts";
export * from "./snapshots.ts";
export type { PlotFrame } from "../charts/charts.ts";
export type { ImageSet } from "../dataset/image_set.ts";
export type { Bitmap } from "../imaging/bitmap.ts";
export type { ExportCertificate, LatentDescription, LatentStatistics, ModelDocument } from "../model/format.ts";
