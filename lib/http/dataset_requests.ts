/** The schemas of requests about datasets and uploads; /openapi.json shows them. */
import { z } from "zod";
import {
  type DatasetChange,
  MAX_CHANGED_PICTURES,
  MAX_DATASET_PAGE,
  MAX_IMAGE_SIZE,
  MAX_LABEL_LENGTH,
  MAX_PATH_LENGTH,
  MAX_PICTURE_ID_LENGTH,
  MAX_PREVIEW,
  MAX_THUMBNAIL,
  MAX_UPLOAD_FILES,
  MIN_IMAGE_SIZE,
  MIN_THUMBNAIL,
  type PreviewRequest,
  type UploadFilesRequest,
  type UploadRequest,
} from "../protocol_runs.ts";
import { defineSchema } from "./schema.ts";
import { queryInteger } from "./training_requests.ts";

const path = z.string().min(1).max(MAX_PATH_LENGTH).refine(
  (text) => !text.split("/").includes("..") && !/[\\\p{Cc}]/u.test(text) && !text.startsWith("/"),
  { error: "must be a path within the upload, with / between folders" },
);
const label = z.string().max(MAX_LABEL_LENGTH).regex(/^(?:[^\\/:*?"<>|\p{Cc}.][^\\/:*?"<>|\p{Cc}]*)?$/u, {
  error: "must be a name that a folder can have",
});
const ids = z.array(z.string().max(MAX_PICTURE_ID_LENGTH)).max(MAX_CHANGED_PICTURES);

/** `POST /api/uploads`. */
export const uploadRequest = defineSchema<UploadRequest>(z.strictObject({
  name: z.string().regex(/^[\w-](?!.*\.\.)[\w.-]{0,63}$/, {
    error: "must be 1 to 64 letters, digits, dots, dashes and underscores",
  }),
}));

/** `POST /api/uploads/<id>/files`. */
export const uploadFilesRequest = defineSchema<UploadFilesRequest>(z.strictObject({
  files: z.array(z.strictObject({ path, size: z.int().min(0).max(2 ** 40) })).min(1).max(MAX_UPLOAD_FILES),
}));

/** The query of `PUT /api/uploads/<id>/files/<file>`. */
export const uploadPartQuery = defineSchema(z.strictObject({ offset: queryInteger(0, 2 ** 40).default(0) }));

/** The query of `GET /api/uploads/<id>`. */
export const uploadQuery = defineSchema(
  z.strictObject({ files: z.enum(["true", "false"]).default("false").transform((text) => text === "true") }),
);

/** `PATCH /api/datasets/<name>`. */
export const datasetChange = defineSchema<DatasetChange>(z.strictObject({
  rename: z.array(z.strictObject({ from: z.string().max(MAX_LABEL_LENGTH), to: label })).exactOptional(),
  move: z.array(z.strictObject({ ids, to: label })).exactOptional(),
  remove: ids.exactOptional(),
}));

/** The query of `GET /api/datasets/<name>/pictures`. */
export const datasetPageQuery = defineSchema(z.strictObject({
  label: z.string().max(MAX_LABEL_LENGTH).exactOptional(),
  offset: queryInteger(0, 2 ** 31).exactOptional(),
  limit: queryInteger(1, MAX_DATASET_PAGE).default(100),
}));

/** The query of a thumbnail. */
export const thumbnailQuery = defineSchema(
  z.strictObject({ size: queryInteger(MIN_THUMBNAIL, MAX_THUMBNAIL).default(96) }),
);

/** `POST /api/preview`. */
export const previewRequest = defineSchema<PreviewRequest>(z.strictObject({
  source: z.string().min(1).max(MAX_PATH_LENGTH),
  imageSize: z.int().min(MIN_IMAGE_SIZE).max(MAX_IMAGE_SIZE).exactOptional(),
  channels: z.union([z.literal(1), z.literal(3)]).exactOptional(),
  fit: z.enum(["cover", "contain"]).exactOptional(),
  count: z.int().min(1).max(MAX_PREVIEW).exactOptional(),
}));

/** The query of `GET /api/folders`. */
export const foldersQuery = defineSchema(z.strictObject({ path: z.string().max(MAX_PATH_LENGTH).exactOptional() }));
