/**
 * The format of a model on disk: `models/<name>/model.json` and the files that it names. Written by the exporter's
 * pipeline, read by inference; neither knows the other.
 */
import { z } from "zod";

/** The format version that this code writes and reads. */
export const MODEL_FORMAT_VERSION = 1;

/** The files that a model folder holds beside model.json; map and preview may be missing. */
export const MODEL_FILES = ["encoder.onnx", "decoder.onnx", "map.bin", "map.png", "preview.png"] as const;

/** What a model's name may be: lower-case letters, digits, `.`, `_` and `-`, 1 to 64, starting with a letter or digit. */
export const MODEL_NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/;

const finite = z.number();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const statistics = z.object({
  kl: z.array(finite),
  mean: z.array(finite),
  standardDeviation: z.array(finite),
  quantiles: z.object({ probabilities: z.array(finite), values: z.array(z.array(finite)) }),
});

const latent = z.object({
  name: z.string(),
  kind: z.enum(["gaussian", "codes", "label"]),
  shape: z.array(z.number().int().positive()).min(1),
  prior: z.object({ kind: z.string(), parameters: z.record(z.string(), z.unknown()).default({}) }),
  statistics: statistics.optional(),
});

const schema = z.object({
  formatVersion: z.literal(MODEL_FORMAT_VERSION),
  name: z.string().regex(MODEL_NAME),
  title: z.string(),
  createdAt: z.string(),
  config: z.record(z.string(), z.unknown()),
  image: z.object({
    height: z.number().int().positive(),
    width: z.number().int().positive(),
    channels: z.union([z.literal(1), z.literal(3)]),
  }),
  opset: z.number().int(),
  dataset: z.object({
    name: z.string(),
    trainCount: z.number().int(),
    testCount: z.number().int(),
    licence: z.string().optional(),
  }),
  metrics: z.record(z.string(), finite),
  labels: z.array(z.object({ name: z.string(), mean: z.array(finite) })),
  files: z.record(z.string(), z.object({ sha256, bytes: z.number().int() })),
  certificate: z.object({
    engine: z.string(),
    samples: z.number().int(),
    imageMaxAbsolute: finite,
    logitsMaxRelative: finite,
    muMaxRelative: finite,
    limits: z.object({ image: finite, relative: finite }),
  }),
  latents: z.array(latent).min(1),
  likelihood: z.object({ kind: z.string(), parameters: z.record(z.string(), z.unknown()).default({}) }),
  prior: z.object({ kind: z.string(), parameters: z.record(z.string(), z.unknown()).default({}) }),
});

/** Statistics of the aggregate posterior over the test pictures; arrays are one number a dimension. */
export interface LatentStatistics {
  /** Mean KL divergence from the prior, nats. */
  readonly kl: number[];
  readonly mean: number[];
  readonly standardDeviation: number[];
  /** `values[i]` holds dimension i's quantiles at `probabilities`, each 0 to 1. */
  readonly quantiles: { readonly probabilities: number[]; readonly values: number[][] };
}

/** One latent variable of a model. `shape` is without the batch: `[20]` for twenty Gaussian dimensions. */
export interface LatentDescription {
  readonly name: string;
  readonly kind: "gaussian" | "codes" | "label";
  readonly shape: number[];
  readonly prior: { readonly kind: string; readonly parameters: Record<string, unknown> };
  readonly statistics?: LatentStatistics | undefined;
}

/** How far the exported ONNX graphs lay from the training engine on real inputs, and the limits that were held. */
export interface ExportCertificate {
  readonly engine: string;
  readonly samples: number;
  /** Largest absolute difference of `image`, 0 to 1. */
  readonly imageMaxAbsolute: number;
  /** Largest difference of `logits`, relative to the largest magnitude of the engine's. */
  readonly logitsMaxRelative: number;
  readonly muMaxRelative: number;
  readonly limits: { readonly image: number; readonly relative: number };
}

/** The whole of model.json. */
export interface ModelDocument {
  readonly formatVersion: 1;
  readonly name: string;
  readonly title: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The resolved training configuration. */
  readonly config: Record<string, unknown>;
  readonly image: { readonly height: number; readonly width: number; readonly channels: 1 | 3 };
  readonly opset: number;
  readonly dataset: {
    readonly name: string;
    readonly trainCount: number;
    readonly testCount: number;
    readonly licence?: string | undefined;
  };
  /** Nats a picture and the like: negativeElbo, reconstruction, kl, activeUnits, trainSeconds, … */
  readonly metrics: Record<string, number>;
  /** Class names with the mean of mu over that class's test pictures; empty where the data has no labels. */
  readonly labels: { readonly name: string; readonly mean: number[] }[];
  readonly files: Record<string, { readonly sha256: string; readonly bytes: number }>;
  readonly certificate: ExportCertificate;
  readonly latents: LatentDescription[];
  /** `bernoulli` or `gaussian`, with its parameters. */
  readonly likelihood: { readonly kind: string; readonly parameters: Record<string, unknown> };
  readonly prior: { readonly kind: string; readonly parameters: Record<string, unknown> };
}

/**
 * Validates a parsed model.json.
 *
 * @throws {TypeError} naming the path of the first fault, when it is not a model document of this version
 */
export function parseModelDocument(value: unknown): ModelDocument {
  const result = schema.safeParse(value);
  if (result.success) return result.data as ModelDocument;
  const issue = result.error.issues[0]!;
  throw new TypeError(`Cannot read model.json: ${issue.path.join(".") || "document"}: ${issue.message}`);
}
