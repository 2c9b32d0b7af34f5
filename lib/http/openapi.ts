/** The API's description: one entry per operation, with the schemas that requests are checked against. */
import { MAX_JSON_BYTES, MAX_PICTURE_BYTES, MAX_TENSOR_BYTES } from "../protocol.ts";
import { formatBytes } from "./body.ts";
import { inferRequest } from "./inference_protocol.ts";
import { DATASET_OPERATIONS } from "./dataset_operations.ts";
import type { Operation, Role } from "./operation.ts";
import {
  decodeRequest,
  encodeQuery,
  galleryBulkChange,
  galleryChange,
  galleryListQuery,
  interpolateRequest,
  manifoldRequest,
  modelChange,
  moveRequest,
  sampleRequest,
  saveRequest,
  traverseRequest,
  zipRequest,
} from "./requests.ts";
import { type ResponseName, RESPONSES } from "./responses.ts";
import type { JsonSchema } from "./schema.ts";
import { TRAINING_OPERATIONS } from "./training_operations.ts";

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

const PICTURE_TYPES = ["image/png", "image/jpeg", "image/webp", "multipart/form-data"];

/** By method and path; `{name}` stands for a part of the path. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  "GET /api/health": { role: "anyone", summary: "Whether the server answers", response: "Health" },
  "GET /api/status": { summary: "Version, execution provider, loaded models", response: "Status" },
  "GET /api/models": { summary: "The models", response: "Models" },
  "GET /api/models/{name}": {
    summary: "One model and its latent dimensions",
    response: "Model",
    errors: [400, 404, 422],
  },
  "POST /api/models": {
    summary: "Import a model from a zip archive, checked against its model.json; a name that is taken gets a number",
    upload: ["application/zip"],
    status: 201,
    response: "ModelSummary",
    errors: [400, 413, 415, 422],
  },
  "PATCH /api/models/{name}": {
    summary: "Give a model another title or name; saved pictures follow",
    body: modelChange,
    response: "ModelSummary",
    errors: [400, 404, 409, 413, 415, 422],
  },
  "DELETE /api/models/{name}": {
    summary: "Delete a model; it can be restored for a day",
    status: 204,
    errors: [400, 404],
  },
  "POST /api/models/{name}/restore": {
    summary: "Undo the latest deletion of a model",
    response: "ModelSummary",
    errors: [400, 404, 409],
  },
  "GET /api/models/{name}/model.zip": {
    summary: "A model's folder as an archive, as POST /api/models takes it",
    types: ["application/zip"],
    errors: [400, 404, 422],
  },
  "GET /api/models/{name}/{file}": {
    summary: "A file of a model: encoder.onnx, decoder.onnx, map.bin, map.png, preview.png or history.json",
    types: ["image/png", "application/octet-stream", "application/json"],
    errors: [400, 404, 422],
  },
  "GET /api/models/{name}/share.zip": {
    summary: "The model's board as static files, which decode in the visitor's browser",
    types: ["application/zip"],
    errors: [400, 404, 422, 503],
  },
  "POST /api/decode": {
    role: "guest",
    summary: "Latents to pictures; a sheet when asked for image/png, or for image/webp, which is lossy",
    body: decodeRequest,
    response: "Decoded",
    types: ["image/png", "image/webp"],
    errors: [404, 406],
  },
  "POST /api/encode": {
    role: "guest",
    summary: "A picture to its place in latent space, with its reconstruction",
    upload: PICTURE_TYPES,
    maxBytes: MAX_PICTURE_BYTES,
    query: encodeQuery,
    response: "Encoded",
    errors: [404, 422, 503],
  },
  "POST /api/interpolate": {
    role: "guest",
    summary: "Frames between latents: `frame` events and one `done`, or a file when a picture type is asked for",
    body: interpolateRequest,
    types: ["text/event-stream", "image/gif", "image/webp", "image/png"],
    errors: [404, 406],
  },
  "POST /api/sample": {
    role: "guest",
    summary: "Seeded samples of the prior or of a fitted mixture, and their pictures",
    body: sampleRequest,
    response: "Samples",
    types: ["image/png"],
    errors: [404, 406, 422],
  },
  "POST /api/traverse": {
    role: "guest",
    summary: "What chosen latent dimensions do to a picture",
    body: traverseRequest,
    response: "Traversals",
    types: ["image/png"],
    errors: [404, 406],
  },
  "POST /api/manifold": {
    role: "guest",
    summary: "How far decode, then encode, lands from where it began",
    body: manifoldRequest,
    response: "Manifold",
    errors: [404],
  },
  "GET /api/stream": {
    summary: "A tab's event stream: `hello`, then a `frame` or a `problem` for each move that was not overtaken",
    types: ["text/event-stream"],
    errors: [403, 503],
  },
  "POST /api/streams/{id}/move": {
    role: "guest",
    summary: "A slider has moved; the frame comes down the stream",
    body: moveRequest,
    status: 202,
    errors: [404, 410],
  },
  "POST /api/save": {
    summary: "Decode a latent and keep the picture in the gallery",
    body: saveRequest,
    status: 201,
    response: "SavedPicture",
    errors: [404],
  },
  "GET /api/gallery": { summary: "Saved pictures, a page at a time", query: galleryListQuery, response: "GalleryPage" },
  "GET /api/gallery/{id}": { summary: "One saved picture", response: "SavedPicture", errors: [404, 410] },
  "PATCH /api/gallery/{id}": {
    summary: "Star or tag a saved picture",
    body: galleryChange,
    response: "SavedPicture",
    errors: [404, 410],
  },
  "DELETE /api/gallery/{id}": {
    summary: "Delete a saved picture; it can be restored",
    status: 204,
    errors: [404, 410],
  },
  "POST /api/gallery/{id}/restore": { summary: "Take back a deletion", response: "SavedPicture", errors: [404, 410] },
  "GET /api/gallery/{id}/picture.png": {
    summary: "A saved picture's PNG, its recipe in it",
    types: ["image/png"],
    errors: [404, 410],
  },
  "POST /api/gallery/change": {
    summary: "Star, tag, delete or restore many saved pictures, all or none of them",
    body: galleryBulkChange,
    response: "GalleryBulkChanged",
    errors: [400, 404, 410, 413, 415],
  },
  "POST /api/gallery/zip": {
    role: "guest",
    summary: "The PNG files of saved pictures in one archive",
    body: zipRequest,
    types: ["application/zip"],
    errors: [404, 410],
  },
  ...DATASET_OPERATIONS,
  ...TRAINING_OPERATIONS,
  "GET /v2": { summary: "Open Inference Protocol: the server", response: "Server" },
  "GET /v2/health/live": {
    role: "anyone",
    summary: "Open Inference Protocol: whether the server answers",
    response: "Live",
  },
  "GET /v2/health/ready": {
    role: "anyone",
    summary: "Open Inference Protocol: whether it can run a model",
    response: "Ready",
    errors: [503],
  },
  "GET /v2/models/{name}": {
    summary: "Open Inference Protocol: the tensors of <model> (its decoder) or <model>:encoder",
    response: "Graph",
    errors: [400, 404],
  },
  "GET /v2/models/{name}/ready": {
    summary: "Open Inference Protocol: loads a model",
    response: "Ready",
    errors: [400, 404, 422, 503],
  },
  "POST /v2/models/{name}/infer": {
    role: "guest",
    summary: "Open Inference Protocol: runs a decoder or encoder on JSON tensors",
    body: inferRequest,
    maxBytes: MAX_TENSOR_BYTES,
    response: "Inferred",
    errors: [404],
  },
  "GET /health/live": { role: "anyone", summary: "Whether the server answers at all", response: "Live" },
  "GET /health/ready": {
    role: "anyone",
    summary: "Whether there are a model and an execution provider",
    response: "Ready",
    errors: [503],
  },
  "GET /metrics": { summary: "Figures for Prometheus, in base units", types: ["text/plain"] },
  "GET /openapi.json": { summary: "This document", types: ["application/json"] },
};

/** The methods of a path, such as `/api/gallery/{id}`; none where there is no such path. */
export function methodsOf(path: string): string[] {
  const routes = Object.keys(OPERATIONS).map((route) => route.split(" ") as [string, string]);
  return routes.filter(([, known]) => known === path).map(([method]) => method);
}

/**
 * The API as an OpenAPI 3.1 document.
 *
 * @param version of Latentboard
 */
export function openApiDocument(version: string): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [method, path] = route.split(" ") as [string, string];
    (paths[path] ??= {})[method.toLowerCase()] = describe(operation, method.toLowerCase(), path);
  }
  const schemas = Object.fromEntries(Object.entries(RESPONSES).map(([name, { jsonSchema }]) => [name, jsonSchema]));
  return {
    openapi: "3.1.1",
    info: {
      title: "Latentboard",
      version,
      summary: "Variational autoencoders behind an HTTP API: decode, encode, interpolate, and follow a slider",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "Asked for beyond loopback: the owner's token or a guest's; browsers send it as a cookie",
        },
      },
    },
  };
}

/**
 * Who may use a route.
 *
 * @param route its pattern, such as `/api/models/:name`; null where there is none
 */
export function roleFor(method: string, route: string | null): Role | "anyone" {
  const verb = method === "HEAD" ? "GET" : method;
  const operation = OPERATIONS[`${verb} ${(route ?? "").replace(/:(\w+)/g, "{$1}")}`];
  return operation?.role ?? defaultRole(verb);
}

function defaultRole(method: string): Role {
  return method.toUpperCase() === "GET" ? "guest" : "owner";
}

function describe(operation: Operation, method: string, path: string): Record<string, unknown> {
  const { summary, body, upload, query, status = 200, response, types = [], errors = [] } = operation;
  const hasBody = body !== undefined || upload !== undefined;
  const common = hasBody ? [400, 413, 415, 500] : query === undefined ? [500] : [400, 500];
  if (method !== "get" && method !== "head") common.push(507);
  const role = operation.role ?? defaultRole(method);
  if (role !== "anyone") common.push(401);
  if (role === "owner") common.push(403);
  const parameters = [...pathParameters(path), ...query === undefined ? [] : queryParameters(query.jsonSchema)];
  const requestBody = describeBody(operation);
  const content: Record<string, unknown> = {};
  if (response !== undefined) content["application/json"] = { schema: reference(response) };
  for (const type of types) content[type] = {};
  return {
    operationId: method + path.replace(/[^A-Za-z0-9]+(.?)/g, (_, next: string) => next.toUpperCase()),
    summary,
    security: role === "anyone" ? [] : [{ token: [role] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(requestBody === undefined ? {} : { requestBody }),
    responses: {
      [status]: { description: summary, ...(Object.keys(content).length === 0 ? {} : { content }) },
      ...Object.fromEntries([...errors, ...common].map((error) => [error, PROBLEM])),
    },
  };
}

function describeBody({ body, upload, maxBytes = MAX_JSON_BYTES }: Operation): Record<string, unknown> | undefined {
  const description = `At most ${formatBytes(maxBytes)}`;
  if (body !== undefined) {
    return { required: true, description, content: { "application/json": { schema: body.jsonSchema } } };
  }
  if (upload === undefined) return undefined;
  const content = Object.fromEntries(upload.map((type) => [type, { schema: uploadSchema(type) }]));
  return { required: true, description, content };
}

function reference(name: ResponseName): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

const PROBLEM = {
  description: "What is wrong and what to do next",
  content: { "application/problem+json": { schema: reference("Problem") } },
};

function uploadSchema(type: string): JsonSchema {
  if (type !== "multipart/form-data") return {};
  return { type: "object", properties: { picture: { type: "string", contentMediaType: "application/octet-stream" } } };
}

function pathParameters(path: string): JsonSchema[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => (
    { name, in: "path", required: true, schema: { type: "string" } }
  ));
}

function queryParameters({ properties, required = [] }: JsonSchema): JsonSchema[] {
  return Object.entries(properties as Record<string, JsonSchema>).map(([name, schema]) => (
    { name, in: "query", required: (required as string[]).includes(name), schema }
  ));
}
