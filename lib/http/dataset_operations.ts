/** The operations about datasets and uploads in /openapi.json. */
import { MAX_UPLOAD_PART } from "../protocol_runs.ts";
import {
  datasetChange,
  datasetPageQuery,
  foldersQuery,
  previewRequest,
  thumbnailQuery,
  uploadFilesRequest,
  uploadPartQuery,
  uploadQuery,
  uploadRequest,
} from "./dataset_requests.ts";
import type { Operation } from "./operation.ts";

/** By method and path. */
export const DATASET_OPERATIONS: Readonly<Record<string, Operation>> = {
  "GET /api/datasets": { summary: "The datasets that can be trained on, and the room for more", response: "Datasets" },
  "GET /api/datasets/{name}": {
    summary: "An uploaded dataset: labels, sizes, colours, duplicates, bad files",
    response: "Dataset",
    errors: [404],
  },
  "PATCH /api/datasets/{name}": {
    summary: "Rename labels, give pictures another label, take pictures out",
    body: datasetChange,
    response: "Dataset",
    errors: [404],
  },
  "DELETE /api/datasets/{name}": {
    summary: "Delete an uploaded dataset; it can be restored",
    status: 204,
    errors: [404],
  },
  "POST /api/datasets/{name}/restore": {
    summary: "Take back a deletion",
    response: "Dataset",
    errors: [404, 409, 410],
  },
  "GET /api/datasets/{name}/pictures": {
    summary: "Pictures of an uploaded dataset, a page at a time",
    query: datasetPageQuery,
    response: "DatasetPage",
    errors: [404],
  },
  "GET /api/datasets/{name}/pictures/{id}/thumbnail.png": {
    summary: "A picture, fitted into a small square",
    query: thumbnailQuery,
    types: ["image/png"],
    errors: [404],
  },
  "POST /api/preview": {
    role: "guest",
    summary: "Some pictures of a dataset beside what training will see of them",
    body: previewRequest,
    response: "Preview",
    errors: [403, 404],
  },
  "GET /api/folders": {
    role: "owner",
    summary: "Folders that --data-root names, or those within one",
    query: foldersQuery,
    response: "Folders",
    errors: [403, 404],
  },
  "POST /api/uploads": {
    summary: "Begin an upload, which becomes a dataset of that name",
    body: uploadRequest,
    status: 201,
    response: "Upload",
    errors: [409],
  },
  "GET /api/uploads/{id}": {
    summary: "How far an upload is, with ?files=true each of its files",
    query: uploadQuery,
    response: "Upload",
    errors: [410],
  },
  "DELETE /api/uploads/{id}": { summary: "Give up an upload", status: 204, errors: [410] },
  "POST /api/uploads/{id}/files": {
    summary: "Name files that will be sent; says of each from which byte on",
    body: uploadFilesRequest,
    response: "UploadFiles",
    errors: [409, 410, 503],
  },
  "PUT /api/uploads/{id}/files/{file}": {
    summary: "Send a part of a file; a whole file is checked at once",
    upload: ["application/octet-stream"],
    maxBytes: MAX_UPLOAD_PART,
    query: uploadPartQuery,
    response: "UploadFile",
    errors: [404, 409, 410],
  },
  "POST /api/uploads/{id}/finish": {
    summary: "Make a dataset of an upload",
    status: 201,
    response: "Dataset",
    errors: [400, 409, 410],
  },
};
