/** What each request must look like. The limits stand here and nowhere else; /openapi.json shows them. */
import { z } from "zod";
import type { GalleryQuery } from "../gallery/query.ts";
import { MODEL_NAME } from "../model/mod.ts";
import {
  type DecodeRequest,
  type GalleryChange,
  type InterpolateRequest,
  type ManifoldRequest,
  type MoveRequest,
  SAMPLER_NAMES,
  type SampleRequest,
  type SaveRequest,
  type TraverseRequest,
  type ZipRequest,
} from "../protocol.ts";
import { type Shape, shape } from "./schema.ts";

/** The most pictures that one request decodes. */
export const MAX_PICTURES = 256;

/** The most frames of an interpolation. */
export const MAX_FRAMES = 240;

const model = z.string().regex(MODEL_NAME, {
  error: "must be a model's name: lower-case letters, digits, dots, dashes and underscores, 64 at most",
});
/** Far beyond any latent, and far from float32's end, where a decoder would give NaN. */
const number = z.number().min(-1e6).max(1e6);
const latent = z.array(number).min(1).max(4096);
const seed = z.int().min(0);
const columns = z.int().min(1).max(64).exactOptional();
const tag = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,40}$/u, {
  error: "must have 1 to 40 characters, none of them control characters",
});
const tags = z.array(tag).max(20);
const id = z.string().regex(/^[\w-]{1,64}$/, { error: "must be the id of a saved picture" });

/** `POST /api/streams/<id>/move`. */
export const moveRequest: Shape<MoveRequest> = shape(z.strictObject({
  seq: z.int().min(0),
  model,
  z: latent,
  channel: z.enum(["board", "strip", "run"]).exactOptional(),
}));

/** `POST /api/decode`. */
export const decodeRequest: Shape<DecodeRequest> = shape(z.strictObject({
  model,
  z: z.union([latent, z.array(latent).min(1).max(MAX_PICTURES)]),
  columns,
}));

/** `POST /api/interpolate`. */
export const interpolateRequest: Shape<InterpolateRequest> = shape(
  z.strictObject({
    model,
    keys: z.array(latent).min(2).max(32),
    method: z.enum(["lerp", "slerp"]).exactOptional(),
    frames: z.int().min(2).max(MAX_FRAMES).exactOptional(),
    delayMs: z.int().min(10).max(1000).exactOptional(),
    loop: z.boolean().exactOptional(),
    scale: z.int().min(1).max(16).exactOptional(),
    columns,
  }),
);

/** `POST /api/sample`. */
export const sampleRequest: Shape<SampleRequest> = shape(z.strictObject({
  model,
  seed,
  count: z.int().min(1).max(MAX_PICTURES).exactOptional(),
  first: z.int().min(0).max(2 ** 31).exactOptional(),
  temperature: z.number().min(0).max(10).exactOptional(),
  sampler: z.enum(SAMPLER_NAMES).exactOptional(),
  columns,
}));

/** `POST /api/traverse`. */
export const traverseRequest: Shape<TraverseRequest> = shape(z.strictObject({
  model,
  z: latent.exactOptional(),
  dimensions: z.array(z.int().min(0)).min(1).max(MAX_PICTURES).exactOptional(),
  values: z.array(number).min(2).max(64).exactOptional(),
  steps: z.int().min(2).max(64).exactOptional(),
}));

/** `POST /api/manifold`. */
export const manifoldRequest: Shape<ManifoldRequest> = shape(z.strictObject({ model, z: latent }));

/** `POST /api/save`. */
export const saveRequest: Shape<SaveRequest> = shape(
  z.strictObject({ model, z: latent, seed: seed.exactOptional(), tags: tags.exactOptional() }),
);

/** `PATCH /api/gallery/<id>`. */
export const galleryChange: Shape<GalleryChange> = shape(
  z.strictObject({ starred: z.boolean().exactOptional(), tags: tags.exactOptional() }),
);

/** `POST /api/gallery/zip`. */
export const zipRequest: Shape<ZipRequest> = shape(z.strictObject({ ids: z.array(id).min(1).max(500) }));

/** The query of `POST /api/encode`. */
export interface EncodeQuery {
  /** The model that encodes. */
  readonly model: string;
  /** Whether a picture of other proportions is cut (`cover`) or gets margins (`contain`); `cover` by default. */
  readonly fit: "cover" | "contain";
}

/** The query of `POST /api/encode`. */
export const encodeQuery: Shape<EncodeQuery> = shape(
  z.strictObject({ model, fit: z.enum(["cover", "contain"]).default("cover") }),
);

/** The query of `GET /api/gallery`; its values come as text. */
export const galleryListQuery: Shape<GalleryQuery> = shape(z.strictObject({
  model: model.exactOptional(),
  tag: tag.exactOptional(),
  starred: z.enum(["true", "false"]).transform((text) => text === "true").exactOptional(),
  order: z.enum(["newest", "oldest"]).exactOptional(),
  limit: z.coerce.number({ error: "must be a whole number" }).int("must be a whole number").min(1).max(200)
    .exactOptional(),
  cursor: z.string().max(200).exactOptional(),
}));

/**
 * Reads a query against a shape.
 *
 * @throws {LatentboardError} `invalid` when a parameter is unknown, missing or wrong
 */
export function readQuery<T>(url: URL, shape: Shape<T>): T {
  return shape.read(Object.fromEntries(url.searchParams));
}
