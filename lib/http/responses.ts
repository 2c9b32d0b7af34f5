/** What the API's JSON answers look like: shown in /openapi.json, and held against real answers by the tests. */
import { z } from "zod";
import type {
  DecodeResponse,
  EncodeResponse,
  GalleryPage,
  ManifoldResponse,
  ModelDetail,
  ModelSummary,
  MoveAccepted,
  Problem,
  SampleResponse,
  SavedPicture,
  ServerStatus,
  TraverseResponse,
} from "../protocol.ts";
import type { GraphMetadata, InferResponse } from "./inference_protocol.ts";
import { type Shape, shape } from "./schema.ts";

const latent = z.array(z.number());
const count = z.int().min(0);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const channels = z.union([z.literal(1), z.literal(3)]);
const pixelImage = z.strictObject({
  width: count,
  height: count,
  channels,
  data: z.base64().meta({ description: "height × width × channels bytes, row by row, 0 to 255" }),
});
const decoded = { model: z.string(), provider: z.string(), images: z.array(pixelImage) };
const summary = {
  name: z.string(),
  title: z.string(),
  dataset: z.string(),
  latentDim: count,
  image: z.strictObject({ height: count, width: count, channels }),
  negativeElbo: z.number().exactOptional(),
  createdAt: z.string(),
};
const savedPicture = z.strictObject({
  id: z.string(),
  model: z.string(),
  decoderSha256: sha256,
  z: latent,
  seed: count.exactOptional(),
  tags: z.array(z.string()),
  starred: z.boolean(),
  width: count,
  height: count,
  createdAt: z.iso.datetime(),
  url: z.string(),
});
const tensor = { name: z.string(), datatype: z.enum(["FP32", "UINT8"]), shape: z.array(z.int()) };

/** Each kind of JSON answer by the name that it has in /openapi.json. */
export const ANSWERS = {
  Problem: shape<Problem>(z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: "What is wrong and what to do next" }),
    field: z.string().exactOptional().meta({ description: "The faulty field" }),
  })),
  Health: shape<{ ok: boolean }>(z.strictObject({ ok: z.literal(true) })),
  Status: shape<ServerStatus>(z.strictObject({
    version: z.string(),
    provider: z.string().exactOptional(),
    decodeMs: z.number().exactOptional(),
    rejected: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
    loaded: z.array(z.string()),
    streams: count,
  })),
  Models: shape<readonly ModelSummary[]>(z.array(z.strictObject(summary))),
  Model: shape<ModelDetail>(z.strictObject({
    ...summary,
    dimensions: z.array(z.strictObject({
      index: count,
      kl: z.number(),
      mean: z.number(),
      standardDeviation: z.number(),
      minimum: z.number(),
      maximum: z.number(),
      active: z.boolean(),
    })),
    labels: z.array(z.strictObject({ name: z.string(), mean: latent })),
    decoderSha256: sha256,
    provider: z.string(),
    metrics: z.record(z.string(), z.number()),
  })),
  Decoded: shape<DecodeResponse>(z.strictObject(decoded)),
  Encoded: shape<EncodeResponse>(z.strictObject({
    model: z.string(),
    mu: latent,
    logvar: latent,
    fitted: pixelImage,
    reconstruction: pixelImage,
    mse: z.number(),
    recipe: z.strictObject({ model: z.string(), decoderSha256: sha256, z: latent, seed: count.exactOptional() })
      .exactOptional(),
  })),
  Samples: shape<SampleResponse>(z.strictObject({ ...decoded, seed: count, z: z.array(latent) })),
  Traversals: shape<TraverseResponse>(z.strictObject({
    model: z.string(),
    provider: z.string(),
    rows: z.array(z.strictObject({ dimension: count, values: latent, images: z.array(pixelImage) })),
  })),
  Manifold: shape<ManifoldResponse>(z.strictObject({
    model: z.string(),
    distance: z.number(),
    typical: z.number().exactOptional(),
    mu: latent,
  })),
  MoveAccepted: shape<MoveAccepted>(z.strictObject({ seq: count, dropped: count })),
  SavedPicture: shape<SavedPicture>(savedPicture),
  GalleryPage: shape<GalleryPage>(
    z.strictObject({ pictures: z.array(savedPicture), total: count, next: z.string().exactOptional() }),
  ),
  Server: shape<{ name: string; version: string; extensions: readonly string[] }>(
    z.strictObject({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
  ),
  Live: shape<{ live: boolean }>(z.strictObject({ live: z.boolean() })),
  Ready: shape<{ ready: boolean }>(z.strictObject({ name: z.string().exactOptional(), ready: z.boolean() })),
  Graph: shape<GraphMetadata>(z.strictObject({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(z.strictObject(tensor)),
    outputs: z.array(z.strictObject(tensor)),
  })),
  Inferred: shape<InferResponse>(z.strictObject({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().exactOptional(),
    outputs: z.array(z.strictObject({ ...tensor, data: latent })),
  })),
} as const satisfies Readonly<Record<string, Shape<unknown>>>;

/** The name of a kind of answer. */
export type AnswerName = keyof typeof ANSWERS;
