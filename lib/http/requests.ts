/** The schemas of requests; /openapi.json shows them. */
import { z } from "zod";
import type { GalleryQuery } from "../gallery/query.ts";
import { MODEL_NAME } from "../model/mod.ts";
import * as protocol from "../protocol.ts";
import { RUN_PREFIX } from "../protocol_runs.ts";
import { defineSchema, type Schema } from "./schema.ts";
import { runId } from "./training_requests.ts";

const model = z.string().regex(MODEL_NAME, {
  error: "must be a model's name: lower-case letters, digits, dots, dashes and underscores, 64 at most",
});
/** A model, or a run's newest snapshot. */
const modelOrRun = z.union([model, z.templateLiteral([RUN_PREFIX, runId])]);
const number = z.number().min(-protocol.MAX_LATENT_VALUE).max(protocol.MAX_LATENT_VALUE);
const latent = z.array(number).min(1).max(protocol.MAX_LATENT_DIM);
const seed = z.int().min(0).max(protocol.MAX_SEED);
const columns = z.int().min(1).max(protocol.MAX_COLUMNS).exactOptional();
const tag = z.string().regex(protocol.TAG_PATTERN, {
  error: `must have 1 to ${protocol.MAX_TAG_LENGTH} characters, none of them invisible`,
});
const tags = z.array(tag).max(protocol.MAX_TAGS);
const id = z.string().regex(new RegExp(`^[\\w-]{1,${protocol.MAX_ID_LENGTH}}$`), {
  error: "must be the id of a saved picture",
});

/** Of a query, whose values are text. */
const wholeNumber = z.coerce.number({ error: "must be a whole number" }).int("must be a whole number");

const temperature = z.number().min(0).max(protocol.MAX_TEMPERATURE).exactOptional();
const sampler = z.enum(protocol.SAMPLER_NAMES).exactOptional();

const window = z.string().regex(new RegExp(`^[\\w-]{1,${protocol.MAX_ID_LENGTH}}$`), {
  error: "must be letters, digits, dashes and underscores",
});

/** `POST /api/streams/<id>/move`. */
export const moveRequest = defineSchema<protocol.MoveRequest>(
  z.strictObject({
    seq: z.int().min(0),
    model: modelOrRun,
    z: latent,
    window: window.exactOptional(),
  }),
);

/** `POST /api/decode`. */
export const decodeRequest = defineSchema<protocol.DecodeRequest>(z.strictObject({
  model: modelOrRun,
  z: z.union([latent, z.array(latent).min(1).max(protocol.MAX_PICTURES)]),
  columns,
}));

/** `POST /api/interpolate`. */
export const interpolateRequest = defineSchema<protocol.InterpolateRequest>(
  z.strictObject({
    model,
    keys: z.array(latent).min(protocol.MIN_KEYS).max(protocol.MAX_KEYS),
    method: z.enum(["lerp", "slerp"]).exactOptional(),
    frames: z.int().min(protocol.MIN_FRAMES).max(protocol.MAX_FRAMES).exactOptional(),
    delayMs: z.int().min(protocol.MIN_DELAY_MS).max(protocol.MAX_DELAY_MS).exactOptional(),
    loop: z.boolean().exactOptional(),
    scale: z.int().min(1).max(protocol.MAX_SCALE).exactOptional(),
    columns,
  }),
);

/** `POST /api/sample`. */
export const sampleRequest = defineSchema<protocol.SampleRequest>(z.strictObject({
  model,
  seed,
  count: z.int().min(1).max(protocol.MAX_PICTURES).exactOptional(),
  first: z.int().min(0).max(protocol.MAX_FIRST_SAMPLE).exactOptional(),
  temperature,
  sampler,
  columns,
}));

/** `POST /api/traverse`. */
export const traverseRequest = defineSchema<protocol.TraverseRequest>(z.strictObject({
  model,
  z: latent.exactOptional(),
  dimensions: z.array(z.int().min(0)).min(1).max(protocol.MAX_PICTURES).exactOptional(),
  values: z.array(number).min(protocol.MIN_STEPS).max(protocol.MAX_STEPS).exactOptional(),
  steps: z.int().min(protocol.MIN_STEPS).max(protocol.MAX_STEPS).exactOptional(),
}));

/** `POST /api/manifold`. */
export const manifoldRequest = defineSchema<protocol.ManifoldRequest>(z.strictObject({ model, z: latent }));

/** `POST /api/save`. */
export const saveRequest = defineSchema<protocol.SaveRequest>(
  z.strictObject({ model, z: latent, seed: seed.exactOptional(), temperature, sampler, tags: tags.exactOptional() }),
);

/** `PATCH /api/gallery/<id>`. */
export const galleryChange = defineSchema<protocol.GalleryChange>(
  z.strictObject({ starred: z.boolean().exactOptional(), tags: tags.exactOptional() }),
);

/** `POST /api/gallery/change`. */
export const galleryBulkChange = defineSchema<protocol.GalleryBulkChange>(z.strictObject({
  ids: z.array(id).min(1).max(protocol.MAX_ZIP_PICTURES),
  starred: z.boolean().exactOptional(),
  addTags: tags.exactOptional(),
  removeTags: tags.exactOptional(),
  deleted: z.boolean().exactOptional(),
}));

/** `PATCH /api/models/<name>`. */
export const modelChange = defineSchema<protocol.ModelChange>(z.strictObject({
  title: z.string().trim().regex(new RegExp(`^[^\\p{C}\\p{Zl}\\p{Zp}]{1,${protocol.MAX_TITLE_LENGTH}}$`, "u"), {
    error: `must have 1 to ${protocol.MAX_TITLE_LENGTH} characters, none of them invisible`,
  }).exactOptional(),
  name: model.exactOptional(),
}));

/** `POST /api/gallery/zip`. */
export const zipRequest = defineSchema<protocol.ZipRequest>(
  z.strictObject({ ids: z.array(id).min(1).max(protocol.MAX_ZIP_PICTURES) }),
);

/**
 * The query of `POST /api/encode`: a picture of other proportions is cut (`cover`) or gets margins (`contain`); as the
 * model's own pictures were by default.
 */
export const encodeQuery = defineSchema(
  z.strictObject({ model, fit: z.enum(["cover", "contain"]).exactOptional() }),
);

/** The query of `GET /api/gallery`. */
export const galleryListQuery = defineSchema<GalleryQuery>(z.strictObject({
  model: model.exactOptional(),
  tag: tag.exactOptional(),
  starred: z.enum(["true", "false"]).transform((text) => text === "true").exactOptional(),
  q: z.string().max(protocol.MAX_SEARCH_LENGTH).exactOptional(),
  order: z.enum(protocol.GALLERY_ORDERS).exactOptional(),
  limit: wholeNumber.min(1).max(protocol.MAX_PAGE_SIZE).exactOptional(),
  cursor: z.string().max(protocol.MAX_CURSOR_LENGTH).exactOptional(),
}));

/** What Fresh adds to the addresses of pictures that an island shows, so that caches tell builds apart. */
const CACHE_KEY = "__frsh_c";

/** @throws {LatentboardError} `invalid` when a parameter is unknown, missing or wrong */
export function readQuery<T>(url: URL, schema: Schema<T>): T {
  const { [CACHE_KEY]: _build, ...query } = Object.fromEntries(url.searchParams);
  return schema.parse(query);
}
