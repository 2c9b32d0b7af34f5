/** The schemas of JSON responses about datasets and uploads. */
import { z } from "zod";
import type {
  DatasetDetail,
  DatasetList,
  DatasetPage,
  FolderList,
  PreviewResponse,
  UploadFilesResponse,
  UploadFileState,
  UploadState,
} from "../protocol_runs.ts";
import { pixelImage } from "./pixel_image_schema.ts";
import { defineSchema, type Schema } from "./schema.ts";

const count = z.int().min(0);
const bad = z.array(z.strictObject({ path: z.string(), reason: z.string() }));
const summary = {
  source: z.string(),
  name: z.string(),
  about: z.string(),
  kind: z.enum(["known", "own", "folder"]),
  available: z.boolean(),
  count: count.exactOptional(),
  labels: count.exactOptional(),
  bytes: count.exactOptional(),
  createdAt: z.iso.datetime().exactOptional(),
};
const fileState = z.strictObject({
  file: count,
  path: z.string(),
  size: count,
  received: count,
  pictures: count.exactOptional(),
  problems: bad.exactOptional(),
});

/** By the name that each has in /openapi.json. */
export const DATASET_RESPONSES = {
  Datasets: defineSchema<DatasetList>(z.strictObject({
    datasets: z.array(z.strictObject(summary)),
    roots: z.array(z.string()),
    space: z.strictObject({ used: count, cap: count, free: count }),
  })),
  Dataset: defineSchema<DatasetDetail>(z.strictObject({
    ...summary,
    pictures: count,
    labelCounts: z.array(z.strictObject({ name: z.string(), count })),
    sizes: z.strictObject({ smallest: count, median: count, largest: count }),
    shapes: z.strictObject({ landscape: count, portrait: count, square: count }),
    colours: z.strictObject({
      grey: count,
      colour: count,
      transparent: count,
      mean: z.tuple([z.number(), z.number(), z.number()]),
    }),
    duplicates: z.array(z.array(z.string())),
    bad,
  })),
  DatasetPage: defineSchema<DatasetPage>(z.strictObject({
    pictures: z.array(z.strictObject({
      id: z.string(),
      label: z.string(),
      name: z.string(),
      width: count,
      height: count,
      bytes: count,
      duplicate: z.boolean(),
    })),
    total: count,
  })),
  Preview: defineSchema<PreviewResponse>(
    z.strictObject({ originals: z.array(pixelImage), fitted: z.array(pixelImage) }),
  ),
  Folders: defineSchema<FolderList>(z.strictObject({
    path: z.string().exactOptional(),
    folders: z.array(z.strictObject({ path: z.string(), name: z.string() })),
    pictures: count,
  })),
  Upload: defineSchema<UploadState>(z.strictObject({
    id: z.string(),
    name: z.string(),
    files: count,
    complete: count,
    bytes: count,
    received: count,
    pictures: count,
    bad,
    states: z.array(fileState).exactOptional(),
  })),
  UploadFile: defineSchema<UploadFileState>(fileState),
  UploadFiles: defineSchema<UploadFilesResponse>(z.strictObject({ files: z.array(fileState) })),
} as const satisfies Readonly<Record<string, Schema<unknown>>>;
