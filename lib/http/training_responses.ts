/** The schemas of JSON responses about training: shown in /openapi.json, and checked against real responses by the tests. */
import { z } from "zod";
import {
  type ConfigResponse,
  type EstimateResponse,
  type ReplayResponse,
  RUN_STATES,
  type RunDecodeResponse,
  type RunDetail,
  type RunMetrics,
  type RunPage,
  type RunQueue,
  type RunSummary,
  type TrainingForm,
} from "../protocol_runs.ts";
import { pixelImage } from "./pixel_image_schema.ts";
import { defineSchema, type Schema } from "./schema.ts";

const count = z.int().min(0);
const numbers = z.array(z.number());
const object = z.record(z.string(), z.unknown());
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const action = z.enum(["pause", "resume", "stop", "discard", "finish", "fork", "delete"]);

const summary = {
  id: z.string(),
  name: z.string(),
  title: z.string(),
  state: z.enum(RUN_STATES),
  createdAt: z.iso.datetime(),
  source: z.string(),
  epochs: count,
  epoch: count,
  bestLoss: z.number().exactOptional(),
  failure: z.string().exactOptional(),
  position: count.exactOptional(),
  snapshot: count.exactOptional(),
  forkedFrom: z.string().exactOptional(),
  model: z.string().exactOptional(),
  actions: z.array(action),
};

const snapshot = z.strictObject({
  step: count,
  epoch: count,
  mse: z.number(),
  klPerLatent: numbers,
  decoderSha256: sha256,
});

/** By the name that each has in /openapi.json. */
export const TRAINING_RESPONSES = {
  TrainingForm: defineSchema<TrainingForm>(z.strictObject({
    schema: object,
    defaults: object,
    presets: z.array(z.strictObject({
      name: z.enum(["quick", "good", "best"]),
      title: z.string(),
      description: z.string(),
      config: object,
    })),
  })),
  TrainingConfig: defineSchema<ConfigResponse>(z.strictObject({ config: object, yaml: z.string() })),
  Estimate: defineSchema<EstimateResponse>(z.strictObject({
    seconds: z.number(),
    secondsPerStep: z.number(),
    steps: count,
    memory: z.number(),
    parameters: count,
    engine: z.string(),
    busy: z.boolean(),
  })),
  Run: defineSchema<RunSummary>(z.strictObject(summary)),
  RunPage: defineSchema<RunPage>(z.strictObject({ runs: z.array(z.strictObject(summary)), total: count })),
  RunDetail: defineSchema<RunDetail>(z.strictObject({
    ...summary,
    config: object,
    yaml: z.string(),
    lastEvent: count,
    snapshots: z.array(snapshot),
  })),
  RunQueue: defineSchema<RunQueue>(z.strictObject({ order: z.array(z.string()) })),
  RunMetrics: defineSchema<RunMetrics>(z.strictObject({
    steps: z.strictObject({
      step: numbers,
      loss: numbers,
      reconstruction: numbers,
      kl: numbers,
      learningRate: numbers,
      beta: numbers,
      imagesPerSecond: numbers,
    }),
    epochs: z.strictObject({
      epoch: numbers,
      step: numbers,
      train: numbers,
      validation: numbers,
      reconstruction: numbers,
      kl: numbers,
      imagesPerSecond: numbers,
    }),
    lastEvent: count,
  })),
  RunDecoded: defineSchema<RunDecodeResponse>(
    z.strictObject({ run: z.string(), step: count, images: z.array(pixelImage) }),
  ),
  Replay: defineSchema<ReplayResponse>(
    z.strictObject({ run: z.string(), steps: z.array(count), images: z.array(pixelImage) }),
  ),
} as const satisfies Readonly<Record<string, Schema<unknown>>>;
