/** The API's description: one line an operation, its schemas from where they are checked. */
import { type AnswerName, ANSWERS } from "./responses.ts";
import { inferRequest } from "./inference_protocol.ts";
import {
  decodeRequest,
  encodeQuery,
  galleryChange,
  galleryListQuery,
  interpolateRequest,
  manifoldRequest,
  moveRequest,
  sampleRequest,
  saveRequest,
  traverseRequest,
  zipRequest,
} from "./requests.ts";
import type { JsonSchema, Shape } from "./schema.ts";

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

/** One operation: how it is asked and what it answers. */
interface Operation {
  /** `POST /api/decode`; `{name}` stands for a part of the path. */
  readonly route: string;
  readonly summary: string;
  /** A JSON body. */
  readonly body?: Shape<unknown>;
  /** A body of another kind, by its types. */
  readonly upload?: readonly string[];
  readonly query?: Shape<unknown>;
  /** 200 where it is not given. */
  readonly status?: number;
  /** A JSON answer. */
  readonly answer?: AnswerName;
  /** What it answers besides, or instead, by type. */
  readonly types?: readonly string[];
  /** Error statuses besides 500. */
  readonly errors?: readonly number[];
}

const PICTURE = ["image/png", "image/jpeg", "image/webp", "multipart/form-data"];

const OPERATIONS: readonly Operation[] = [
  { route: "GET /api/health", summary: "Whether the server answers", answer: "Health" },
  { route: "GET /api/status", summary: "Version, execution provider, loaded models", answer: "Status" },
  { route: "GET /api/models", summary: "The models", answer: "Models" },
  {
    route: "GET /api/models/{name}",
    summary: "One model and its latent dimensions",
    answer: "Model",
    errors: [400, 404, 422],
  },
  {
    route: "GET /api/models/{name}/{file}",
    summary: "A file of a model: map.bin, map.png or preview.png",
    types: ["image/png", "application/octet-stream"],
    errors: [400, 404, 422],
  },
  {
    route: "POST /api/decode",
    summary: "Latents to pictures; a PNG sheet when asked for image/png",
    body: decodeRequest,
    answer: "Decoded",
    types: ["image/png"],
    errors: [400, 404, 406, 413, 415],
  },
  {
    route: "POST /api/encode",
    summary: "A picture to its place in latent space, with its reconstruction",
    upload: PICTURE,
    query: encodeQuery,
    answer: "Encoded",
    errors: [400, 404, 413, 415, 422, 503],
  },
  {
    route: "POST /api/interpolate",
    summary: "Frames between latents: `frame` events and one `done`, or a file when a picture type is asked for",
    body: interpolateRequest,
    types: ["text/event-stream", "image/gif", "image/webp", "image/png"],
    errors: [400, 404, 406, 413, 415],
  },
  {
    route: "POST /api/sample",
    summary: "Seeded samples of the prior or of a fitted mixture, and their pictures",
    body: sampleRequest,
    answer: "Samples",
    types: ["image/png"],
    errors: [400, 404, 406, 413, 415, 422],
  },
  {
    route: "POST /api/traverse",
    summary: "What chosen latent dimensions do to a picture",
    body: traverseRequest,
    answer: "Traversals",
    types: ["image/png"],
    errors: [400, 404, 406, 413, 415],
  },
  {
    route: "POST /api/manifold",
    summary: "How far decode, then encode, lands from where it began",
    body: manifoldRequest,
    answer: "Manifold",
    errors: [400, 404, 413, 415],
  },
  {
    route: "GET /api/stream",
    summary: "A tab's event stream: `hello`, then a `frame` or a `problem` for each move that was not overtaken",
    types: ["text/event-stream"],
    errors: [403, 503],
  },
  {
    route: "POST /api/streams/{id}/move",
    summary: "A slider has moved; the frame comes down the stream",
    body: moveRequest,
    status: 202,
    answer: "MoveAccepted",
    errors: [400, 404, 410, 413, 415],
  },
  {
    route: "POST /api/save",
    summary: "Decode a latent and keep the picture in the gallery",
    body: saveRequest,
    status: 201,
    answer: "SavedPicture",
    errors: [400, 404, 413, 415],
  },
  {
    route: "GET /api/gallery",
    summary: "Saved pictures, a page at a time",
    query: galleryListQuery,
    answer: "GalleryPage",
    errors: [400],
  },
  { route: "GET /api/gallery/{id}", summary: "One saved picture", answer: "SavedPicture", errors: [404, 410] },
  {
    route: "PATCH /api/gallery/{id}",
    summary: "Star or tag a saved picture",
    body: galleryChange,
    answer: "SavedPicture",
    errors: [400, 404, 410, 413, 415],
  },
  {
    route: "DELETE /api/gallery/{id}",
    summary: "Delete a saved picture; it can be restored",
    status: 204,
    errors: [404, 410],
  },
  {
    route: "POST /api/gallery/{id}/restore",
    summary: "Take back a deletion",
    answer: "SavedPicture",
    errors: [404, 410],
  },
  {
    route: "GET /api/gallery/{id}/picture.png",
    summary: "A saved picture's PNG, its recipe in it",
    types: ["image/png"],
    errors: [404, 410],
  },
  {
    route: "POST /api/gallery/zip",
    summary: "The PNG files of saved pictures in one archive",
    body: zipRequest,
    types: ["application/zip"],
    errors: [400, 404, 410, 413, 415],
  },
  { route: "GET /v2", summary: "Open Inference Protocol: the server", answer: "Server" },
  { route: "GET /v2/health/live", summary: "Open Inference Protocol: whether the server answers", answer: "Live" },
  {
    route: "GET /v2/health/ready",
    summary: "Open Inference Protocol: whether it can run a model",
    answer: "Ready",
    errors: [503],
  },
  {
    route: "GET /v2/models/{name}",
    summary: "Open Inference Protocol: the tensors of <model> (its decoder) or <model>:encoder",
    answer: "Graph",
    errors: [400, 404],
  },
  {
    route: "GET /v2/models/{name}/ready",
    summary: "Open Inference Protocol: loads a model",
    answer: "Ready",
    errors: [400, 404, 422, 503],
  },
  {
    route: "POST /v2/models/{name}/infer",
    summary: "Open Inference Protocol: runs a decoder or encoder on JSON tensors",
    body: inferRequest,
    answer: "Inferred",
    errors: [400, 404, 413, 415],
  },
  { route: "GET /openapi.json", summary: "This document", types: ["application/json"] },
];

/** The methods of a path, such as `/api/gallery/{id}`; none where there is no such path. */
export function methodsOf(path: string): string[] {
  return OPERATIONS.map(({ route }) => route.split(" ")).filter((parts) => parts[1] === path).map(([method]) =>
    method!
  );
}

/**
 * The API as an OpenAPI 3.1 document.
 *
 * @param version of Latentboard
 */
export function openApiDocument(version: string): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    const [method, path] = operation.route.split(" ") as [string, string];
    (paths[path] ??= {})[method.toLowerCase()] = describe(operation, path);
  }
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
    components: { schemas: Object.fromEntries(Object.entries(ANSWERS).map(([name, { schema }]) => [name, schema])) },
  };
}

function describe(operation: Operation, path: string): Record<string, unknown> {
  const { summary, body, upload, query, status = 200, answer, types = [], errors = [] } = operation;
  const method = operation.route.split(" ", 1)[0]!.toLowerCase();
  const parameters = [...pathParameters(path), ...query === undefined ? [] : queryParameters(query.schema)];
  const uploads = (upload ?? []).map((type) => [type, { schema: uploadSchema(type) }]);
  const content = {
    ...body === undefined ? {} : { "application/json": { schema: body.schema } },
    ...Object.fromEntries(uploads),
  };
  return {
    operationId: method + path.replace(/[^A-Za-z0-9]+(.?)/g, (_, next: string) => next.toUpperCase()),
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(Object.keys(content).length === 0 ? {} : { requestBody: { required: true, content } }),
    responses: {
      [status]: {
        description: summary,
        ...(answer === undefined && types.length === 0 ? {} : { content: answerContent(answer, types) }),
      },
      ...Object.fromEntries([...errors, 500].map((error) => [error, problemResponse()])),
    },
  };
}

function answerContent(answer: AnswerName | undefined, types: readonly string[]): Record<string, unknown> {
  const json = answer === undefined ? {} : { "application/json": { schema: reference(answer) } };
  return { ...json, ...Object.fromEntries(types.map((type) => [type, {}])) };
}

function problemResponse(): Record<string, unknown> {
  return {
    description: "What is wrong and what to do next",
    content: { "application/problem+json": { schema: reference("Problem") } },
  };
}

function reference(name: AnswerName): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

function uploadSchema(type: string): JsonSchema {
  if (type !== "multipart/form-data") return {};
  return { type: "object", properties: { picture: { type: "string", contentMediaType: "application/octet-stream" } } };
}

function pathParameters(path: string): JsonSchema[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(schema: JsonSchema): JsonSchema[] {
  const required = new Set((schema.required as string[] | undefined) ?? []);
  return Object.entries(schema.properties as Record<string, JsonSchema>).map(([name, property]) => ({
    name,
    in: "query",
    required: required.has(name),
    schema: property,
  }));
}
