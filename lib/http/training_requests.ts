/** The schemas of requests about training; /openapi.json shows them. */
import { z } from "zod";
import {
  MAX_DELAY_MS,
  MAX_LATENT_DIM,
  MAX_LATENT_VALUE,
  MAX_PICTURES,
  MAX_SCALE,
  MAX_SEARCH_LENGTH,
  MIN_DELAY_MS,
} from "../protocol.ts";
import {
  type ConfigRequest,
  MAX_METRIC_POINTS,
  MAX_RUN_PAGE,
  MAX_WAITING_RUNS,
  MAX_YAML_LENGTH,
  type ReplayRequest,
  RUN_EVENT_TYPES,
  RUN_STATES,
  type RunDecodeRequest,
  type RunQueue,
  type StartRunRequest,
  type StopRunRequest,
} from "../protocol_runs.ts";
import type { RunsQuery } from "../runs/mod.ts";
import { defineSchema } from "./schema.ts";

/** What a run's id may be. */
export const runId = z.string().regex(/^[\w-][\w.-]{0,120}$/, { error: "must be the id of a run" });

const latent = z.array(z.number().min(-MAX_LATENT_VALUE).max(MAX_LATENT_VALUE)).min(1).max(MAX_LATENT_DIM);
const config = z.record(z.string(), z.unknown()).exactOptional();
const yaml = z.string().max(MAX_YAML_LENGTH).exactOptional();

/** A whole number in a query, whose values are text. */
export function queryInteger(minimum: number, maximum: number) {
  return z.coerce.number({ error: "must be a whole number" }).int("must be a whole number").min(minimum).max(maximum);
}

/** `POST /api/training/config` and `/api/training/estimate`. */
export const configRequest = defineSchema<ConfigRequest>(z.strictObject({ config, yaml }));

/** `POST /api/runs`. */
export const startRunRequest = defineSchema<StartRunRequest>(z.strictObject({
  config,
  yaml,
  force: z.boolean().exactOptional(),
  fork: z.strictObject({ run: runId, weights: z.boolean() }).exactOptional(),
  tensorboard: z.boolean().exactOptional(),
}));

/** The query of `GET /api/runs`. */
export const runListQuery = defineSchema<RunsQuery>(z.strictObject({
  state: z.enum(RUN_STATES).exactOptional(),
  text: z.string().max(MAX_SEARCH_LENGTH).exactOptional(),
  order: z.enum(["newest", "oldest", "best"]).exactOptional(),
  offset: queryInteger(0, 2 ** 31).exactOptional(),
  limit: queryInteger(1, MAX_RUN_PAGE).exactOptional(),
}));

/** `POST /api/runs/<id>/stop`. */
export const stopRunRequest = defineSchema<StopRunRequest>(
  z.strictObject({ keep: z.enum(["checkpoint", "model", "nothing"]) }),
);

/** `PUT /api/queue`. */
export const queueRequest = defineSchema<RunQueue>(z.strictObject({ order: z.array(runId).max(MAX_WAITING_RUNS) }));

/** The query of `GET /api/runs/<id>/events`. */
export const runEventsQuery = defineSchema(z.strictObject({
  after: queryInteger(0, Number.MAX_SAFE_INTEGER).exactOptional(),
  types: z.string().transform((text) => text.split(",")).pipe(z.array(z.enum(RUN_EVENT_TYPES))).exactOptional(),
}));

/** The query of `GET /api/runs/<id>/metrics`. */
export const metricsQuery = defineSchema(
  z.strictObject({ points: queryInteger(2, MAX_METRIC_POINTS).default(MAX_METRIC_POINTS) }),
);

/** `POST /api/runs/<id>/decode`. */
export const runDecodeRequest = defineSchema<RunDecodeRequest>(z.strictObject({
  z: z.union([latent, z.array(latent).min(1).max(MAX_PICTURES)]),
  step: z.int().min(0).exactOptional(),
}));

/** `POST /api/runs/<id>/replay`. */
export const replayRequest = defineSchema<ReplayRequest>(z.strictObject({
  z: latent,
  delayMs: z.int().min(MIN_DELAY_MS).max(MAX_DELAY_MS).exactOptional(),
  scale: z.int().min(1).max(MAX_SCALE).exactOptional(),
}));
