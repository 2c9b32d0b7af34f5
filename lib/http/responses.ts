/** The schemas of JSON responses: shown in /openapi.json, and checked against real responses by the tests. */
import { z } from "zod";
import * as protocol from "../protocol.ts";
import type { GraphMetadata, InferResponse } from "./inference_protocol.ts";
import { DATASET_RESPONSES } from "./dataset_responses.ts";
import { channels, pixelImage } from "./pixel_image_schema.ts";
import { defineSchema, type Schema } from "./schema.ts";
import { TRAINING_RESPONSES } from "./training_responses.ts";

const latent = z.array(z.number());
const count = z.int().min(0);
const provider = z.enum(protocol.PROVIDERS);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const decoded = { model: z.string(), provider, images: z.array(pixelImage) };
const summary = {
  name: z.string(),
  title: z.string(),
  dataset: z.string(),
  latentDim: count,
  image: z.strictObject({ height: count, width: count, channels }),
  negativeElbo: z.number().exactOptional(),
  createdAt: z.string(),
};
const sampleOrigin = {
  seed: count.exactOptional(),
  temperature: z.number().exactOptional(),
  sampler: z.enum(protocol.SAMPLER_NAMES).exactOptional(),
};
const savedPicture = z.strictObject({
  id: z.string(),
  model: z.string(),
  decoderSha256: sha256,
  z: latent,
  ...sampleOrigin,
  tags: z.array(z.string()),
  starred: z.boolean(),
  width: count,
  height: count,
  createdAt: z.iso.datetime(),
  url: z.string(),
});
const tensor = { name: z.string(), datatype: z.enum(["FP32", "UINT8"]), shape: z.array(z.int()) };

/** By the name that each has in /openapi.json. */
export const RESPONSES = {
  Problem: defineSchema<protocol.Problem>(z.object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: "What is wrong and what to do next" }),
    field: z.string().exactOptional().meta({ description: "The faulty field" }),
  })),
  Health: defineSchema<{ ok: boolean }>(z.strictObject({ ok: z.literal(true) })),
  Status: defineSchema<protocol.ServerStatus>(z.strictObject({
    version: z.string(),
    provider: provider.exactOptional(),
    decodeMs: z.number().exactOptional(),
    rejected: z.array(z.strictObject({ name: provider, reason: z.string() })),
    loaded: z.array(z.string()),
    faulty: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
    streams: count,
  })),
  ModelSummary: defineSchema<protocol.ModelSummary>(z.strictObject(summary)),
  Models: defineSchema<readonly protocol.ModelSummary[]>(z.array(z.strictObject(summary))),
  Model: defineSchema<protocol.ModelDetail>(z.strictObject({
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
    provider,
    metrics: z.record(z.string(), z.number()),
  })),
  Decoded: defineSchema<protocol.DecodeResponse>(z.strictObject(decoded)),
  Encoded: defineSchema<protocol.EncodeResponse>(z.strictObject({
    model: z.string(),
    mu: latent,
    logvar: latent,
    fitted: pixelImage,
    reconstruction: pixelImage,
    mse: z.number(),
    recipe: z.strictObject({ model: z.string(), decoderSha256: sha256, z: latent, ...sampleOrigin })
      .exactOptional(),
  })),
  Samples: defineSchema<protocol.SampleResponse>(z.strictObject({ ...decoded, seed: count, z: z.array(latent) })),
  Traversals: defineSchema<protocol.TraverseResponse>(z.strictObject({
    model: z.string(),
    provider,
    rows: z.array(z.strictObject({ dimension: count, values: latent, images: z.array(pixelImage) })),
  })),
  Manifold: defineSchema<protocol.ManifoldResponse>(z.strictObject({
    model: z.string(),
    distance: z.number(),
    typical: z.number().exactOptional(),
    percentile: z.number().min(0).max(1).exactOptional(),
    mu: latent,
  })),
  SavedPicture: defineSchema<protocol.SavedPicture>(savedPicture),
  GalleryPage: defineSchema<protocol.GalleryPage>(
    z.strictObject({ pictures: z.array(savedPicture), total: count, next: z.string().exactOptional() }),
  ),
  GalleryBulkChanged: defineSchema<protocol.GalleryBulkChanged>(z.strictObject({ changed: count })),
  Server: defineSchema<{ name: string; version: string; extensions: readonly string[] }>(
    z.strictObject({ name: z.string(), version: z.string(), extensions: z.array(z.string()) }),
  ),
  Live: defineSchema<{ live: boolean }>(z.strictObject({ live: z.boolean() })),
  Ready: defineSchema<{ ready: boolean }>(z.strictObject({ name: z.string().exactOptional(), ready: z.boolean() })),
  Graph: defineSchema<GraphMetadata>(z.strictObject({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(z.strictObject(tensor)),
    outputs: z.array(z.strictObject(tensor)),
  })),
  Inferred: defineSchema<InferResponse>(z.strictObject({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().exactOptional(),
    outputs: z.array(z.strictObject({ ...tensor, data: latent })),
  })),
  ...DATASET_RESPONSES,
  ...TRAINING_RESPONSES,
} as const satisfies Readonly<Record<string, Schema<unknown>>>;

export type ResponseName = keyof typeof RESPONSES;
