/**
 * The format of a model on disk: `models/<name>/model.json` and the files that it names. Written by the exporter's
 * pipeline, read by inference; neither knows the other.
 */
import { z } from "zod";
import { MAX_LATENT_DIM, MAX_TITLE_LENGTH } from "../protocol.ts";
import { MODEL_NAME } from "./name.ts";
import { sizeOf } from "../latent/levels.ts";
import { activeUnits } from "../latent/posteriors.ts";

/** The format version that this code writes and reads. */
export const MODEL_FORMAT_VERSION = 1;

/** Bytes of model.json. */
export const MAX_DOCUMENT_BYTES: number = 16 * 2 ** 20;
/** Pixels a side of a model's pictures. */
export const MAX_IMAGE_SIDE = 1024;
/** Characters of the number that an import may add to a title. */
const TITLE_NUMBER = 8;

const finite = z.number();
const side = z.int().positive().max(MAX_IMAGE_SIDE);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const distribution = z.object({ kind: z.string(), parameters: z.record(z.string(), z.unknown()).default({}) });

/** Of the aggregate posterior over the test pictures; arrays hold one number per dimension. */
const statistics = z.object({
  /** Mean KL divergence from the prior, nats. */
  kl: z.array(finite),
  /** Of mu. */
  mean: z.array(finite),
  standardDeviation: z.array(finite),
  /** `values[i]` holds dimension i's quantiles at `probabilities`, each 0 to 1. */
  quantiles: z.object({ probabilities: z.array(finite), values: z.array(z.array(finite)) }),
});

const latent = z.object({
  /** `z`, or one of several. */
  name: z.string(),
  /** Continuous, discrete codes, or a label that the decoder is given. */
  kind: z.enum(["gaussian", "codes", "label"]),
  /** Without the batch: `[20]` for twenty Gaussian dimensions. */
  shape: z.array(z.int().positive().max(MAX_LATENT_DIM)).min(1).max(4),
  /** `standard-normal`, with no parameters, or another; `uniform` over `levels` values of codes and labels. */
  prior: distribution,
  /** Absent where no test pictures were seen. */
  statistics: statistics.optional(),
});

/** How far the exported graphs lay from the training engine on real inputs, and the limits that were held. */
const certificate = z.object({
  /** Such as `tensorflow 2.21.0`. */
  engine: z.string(),
  /** What it was trained in, such as `tf32`; absent in older models, which were trained in float32. */
  precision: z.string().optional(),
  /** Real pictures that were compared. */
  samples: z.number().int(),
  /** Largest absolute difference of `image`, 0 to 1. */
  imageMaxAbsolute: finite,
  /** Largest difference of `logits`, relative to the largest magnitude of the engine's. */
  logitsMaxRelative: finite,
  /** Of `mu`, relative likewise. */
  muMaxRelative: finite,
  /** Codes that were compared, all equal, and how many of them were so near a tie that rounding decides. */
  codes: z.object({ compared: z.number().int(), ties: z.number().int() }).optional(),
  limits: z.object({ image: finite, relative: finite }),
});

const schema = z.object({
  formatVersion: z.literal(MODEL_FORMAT_VERSION),
  /** The folder's name. */
  name: z.string().regex(MODEL_NAME),
  /** For people. */
  title: z.string().max(MAX_TITLE_LENGTH + TITLE_NUMBER),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  /** The resolved training configuration. */
  config: z.record(z.string(), z.unknown()),
  image: z.object({
    height: side,
    width: side,
    channels: z.union([z.literal(1), z.literal(3)]),
  }),
  /** ONNX operator set of both graphs. */
  opset: z.number().int(),
  dataset: z.object({
    name: z.string(),
    trainCount: z.number().int(),
    testCount: z.number().int(),
    licence: z.string().optional(),
  }),
  /** Nats per picture and the like: negativeElbo, reconstruction, kl, activeUnits, trainSeconds, … */
  metrics: z.record(z.string(), finite),
  /** Class names with the mean of mu over that class's test pictures; empty where the data has no labels. */
  labels: z.array(z.object({ name: z.string(), mean: z.array(finite) })),
  files: z.record(z.string(), z.object({ sha256, bytes: z.number().int() })),
  certificate,
  latents: z.array(latent).min(1),
  /** `bernoulli`, `gaussian` or `laplace`. */
  likelihood: distribution,
  /** The joint prior. */
  prior: distribution,
});

/** Readonly at every depth. */
export type Immutable<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : T;

/**
 * The whole of model.json.
 *
 * @internal the linter of documentation cannot follow an inferred type
 */
export type ModelDocument = Immutable<z.infer<typeof schema>>;
/** One latent variable of a model. */
export type LatentDescription = ModelDocument["latents"][number];
/** Statistics of the aggregate posterior over the test pictures. */
export type LatentStatistics = NonNullable<LatentDescription["statistics"]>;
/** How far the exported graphs lay from the training engine on real inputs. */
export type ExportCertificate = ModelDocument["certificate"];

/** How a model's own pictures were made square, where they were not. */
export function pictureFit({ config }: Pick<ModelDocument, "config">): "cover" | "contain" {
  return (config.data as { fit?: unknown } | undefined)?.fit === "contain" ? "contain" : "cover";
}

/**
 * Validates a parsed model.json.
 *
 * @throws {TypeError} naming the path of the first fault, when it is not a model document of this version
 */
export function parseModelDocument(value: unknown): ModelDocument {
  const result = schema.safeParse(value);
  if (!result.success) {
    const issue = result.error.issues[0]!;
    throw fault(issue.path.join(".") || "document", issue.message);
  }
  checkLengths(result.data);
  return withActiveUnits(result.data);
}

/** What the schema can't say: that all numbers per latent are as many as there are latents. */
function checkLengths({ latents, labels }: ModelDocument): void {
  let latentDim = 0;
  for (const [i, { shape, statistics }] of latents.entries()) {
    const size = sizeOf(shape);
    latentDim += size;
    if (latentDim > MAX_LATENT_DIM) throw fault(`latents.${i}.shape`, `more than ${MAX_LATENT_DIM} latents`);
    if (statistics === undefined) continue;
    const { kl, mean, standardDeviation, quantiles } = statistics;
    const lengths = [kl, mean, standardDeviation, quantiles.values].map(({ length }) => length);
    if (lengths.some((length) => length !== size)) {
      throw fault(`latents.${i}.statistics`, `expected numbers of ${size} latents`);
    }
    if (quantiles.values.some(({ length }) => length !== quantiles.probabilities.length)) {
      throw fault(`latents.${i}.statistics.quantiles`, "expected one value per probability");
    }
  }
  for (const [i, { mean }] of labels.entries()) {
    if (mean.length !== latentDim) throw fault(`labels.${i}.mean`, `expected ${latentDim} numbers, one per latent`);
  }
}

function fault(path: string, message: string): TypeError {
  return new TypeError(`Cannot read model.json: ${path}: ${message}`);
}

/** Earlier versions counted `activeUnits` by the variance of mu when a model was evaluated; the KL divergences decide. */
function withActiveUnits(document: ModelDocument): ModelDocument {
  const kl = document.latents.flatMap(({ statistics }) => statistics?.kl ?? []);
  if (kl.length === 0 || document.metrics.activeUnits === undefined) return document;
  return { ...document, metrics: { ...document.metrics, activeUnits: activeUnits(kl) } };
}
