/**
 * The format of a model on disk: `models/<name>/model.json` and the files that it names. Written by the exporter's
 * pipeline, read by inference; neither knows the other.
 */
import { z } from "zod";
import { MODEL_NAME } from "./name.ts";
import { activeUnits } from "../latent/posteriors.ts";

/** The format version that this code writes and reads. */
export const MODEL_FORMAT_VERSION = 1;

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
  /** Mean of mu. */
  readonly mean: number[];
  /** Standard deviation of mu. */
  readonly standardDeviation: number[];
  /** `values[i]` holds dimension i's quantiles at `probabilities`, each 0 to 1. */
  readonly quantiles: { readonly probabilities: number[]; readonly values: number[][] };
}

/** One latent variable of a model. `shape` is without the batch: `[20]` for twenty Gaussian dimensions. */
export interface LatentDescription {
  /** `z`, or one of several. */
  readonly name: string;
  /** Continuous, discrete codes, or a label that the decoder is given. */
  readonly kind: "gaussian" | "codes" | "label";
  /** Without the batch. */
  readonly shape: number[];
  /** `standard-normal`, with no parameters, or another. */
  readonly prior: { readonly kind: string; readonly parameters: Record<string, unknown> };
  /** Absent where no test pictures were seen. */
  readonly statistics?: LatentStatistics | undefined;
}

/** How far the exported ONNX graphs lay from the training engine on real inputs, and the limits that were held. */
export interface ExportCertificate {
  /** The training engine that was compared with, such as `tensorflow 2.21.0`. */
  readonly engine: string;
  /** How many real pictures were compared. */
  readonly samples: number;
  /** Largest absolute difference of `image`, 0 to 1. */
  readonly imageMaxAbsolute: number;
  /** Largest difference of `logits`, relative to the largest magnitude of the engine's. */
  readonly logitsMaxRelative: number;
  /** Largest difference of `mu`, relative likewise. */
  readonly muMaxRelative: number;
  /** What the differences had to stay below. */
  readonly limits: { readonly image: number; readonly relative: number };
}

/** The whole of model.json. */
export interface ModelDocument {
  /** Always 1; another version is refused. */
  readonly formatVersion: 1;
  /** The folder's name. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** The resolved training configuration. */
  readonly config: Record<string, unknown>;
  /** What the decoder gives: pixels, 1 or 3 channels. */
  readonly image: { readonly height: number; readonly width: number; readonly channels: 1 | 3 };
  /** ONNX operator set of both graphs. */
  readonly opset: number;
  /** What it was trained and tested on. */
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
  /** SHA-256 and size of every file of the model. */
  readonly files: Record<string, { readonly sha256: string; readonly bytes: number }>;
  /** The parity check's figures. */
  readonly certificate: ExportCertificate;
  /** One for plain models. */
  readonly latents: LatentDescription[];
  /** `bernoulli` or `gaussian`, with its parameters. */
  readonly likelihood: { readonly kind: string; readonly parameters: Record<string, unknown> };
  /** The joint prior. */
  readonly prior: { readonly kind: string; readonly parameters: Record<string, unknown> };
}

/**
 * Validates a parsed model.json.
 *
 * @throws {TypeError} naming the path of the first fault, when it is not a model document of this version
 */
export function parseModelDocument(value: unknown): ModelDocument {
  const result = schema.safeParse(value);
  if (result.success) return withActiveUnits(result.data as ModelDocument);
  const issue = result.error.issues[0]!;
  throw new TypeError(`Cannot read model.json: ${issue.path.join(".") || "document"}: ${issue.message}`);
}

/** Earlier versions counted `activeUnits` by the variance of mu when a model was evaluated; the KL divergences decide. */
function withActiveUnits(document: ModelDocument): ModelDocument {
  const kl = document.latents.flatMap(({ statistics }) => statistics?.kl ?? []);
  if (kl.length === 0 || document.metrics.activeUnits === undefined) return document;
  return { ...document, metrics: { ...document.metrics, activeUnits: activeUnits(kl) } };
}
