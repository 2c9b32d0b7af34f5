/** What each key of a training configuration may be. Every fault's message says what is allowed. */
import { z } from "zod";
import { MODEL_NAME } from "../model/format.ts";
import type { TrainingConfig } from "./config_types.ts";

const MAX = Number.MAX_SAFE_INTEGER;

/** A whole number of a range. */
function whole(minimum: number, maximum: number) {
  const error = maximum === MAX
    ? `it must be a whole number from ${minimum}`
    : `it must be a whole number from ${minimum} to ${maximum}`;
  return z.number({ error }).int({ error }).min(minimum, { error }).max(maximum, { error });
}

/** A number of a closed range. */
function between(minimum: number, maximum: number) {
  const error = `it must be a number from ${minimum} to ${maximum}`;
  return z.number({ error }).min(minimum, { error }).max(maximum, { error });
}

/** A number of at least `minimum`; above it where `open`. */
function atLeast(minimum: number, open = false) {
  const error = `it must be a number ${open ? "above" : "of at least"} ${minimum}`;
  const base = z.number({ error });
  return open ? base.gt(minimum, { error }) : base.min(minimum, { error });
}

function oneOf<const T extends readonly (string | number)[]>(...names: T) {
  return z.literal(names, { error: `it must be ${names.length === 1 ? "" : "one of "}${names.join(", ")}` });
}

function text(error: string) {
  return z.string({ error }).min(1, { error });
}

function sizes(what: string, fewest: number, most: number) {
  const error = `it must be a list of ${fewest} to ${most} ${what}, such as [32, 64]`;
  return z.array(whole(1, 4096), { error }).min(fewest, { error }).max(most, { error });
}

const activation = oneOf("linear", "relu", "leakyRelu", "elu", "silu", "tanh", "gated").default("relu");
const normalization = oneOf("none", "layer", "batch").default("none");
const warmupSteps = whole(0, MAX).default(0);

const architecture = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("conv"),
    filters: sizes("filter counts", 1, 6).default([32, 64]),
    kernel: whole(1, 9).default(3),
    stride: whole(1, 4).default(2),
    hidden: sizes("layer sizes", 0, 6).default([256]),
    activation,
    normalization,
  }),
  z.strictObject({
    kind: z.literal("mlp"),
    hidden: sizes("layer sizes", 1, 6).default([400]),
    activation,
    normalization,
  }),
]);

const schedule = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant"), warmupSteps }),
  z.strictObject({ kind: z.literal("cosine"), warmupSteps, floor: between(0, 1).default(0) }),
  z.strictObject({
    kind: z.literal("step"),
    warmupSteps,
    everySteps: whole(1, MAX),
    factor: between(0, 1).default(0.5),
  }),
  z.strictObject({
    kind: z.literal("plateau"),
    warmupSteps,
    factor: between(0, 1).default(0.5),
    patience: whole(1, MAX).default(5),
    minimumGain: atLeast(0).default(0),
    floor: between(0, 1).default(0.01),
  }),
]);

/** Validates a configuration and fills in the defaults. */
export const configSchema: z.ZodType<TrainingConfig> = z.strictObject({
  name: z.string({ error: "it must be a model's name" }).regex(MODEL_NAME, {
    error:
      "it must be 1 to 64 lower-case letters, digits, dots, dashes or underscores, starting with a letter or digit",
  }).exactOptional(),
  title: text("it must be a short text").exactOptional(),
  data: z.strictObject({
    source: text("it must be sample, fashion-mnist, or a path").default("sample"),
    imageSize: whole(8, 256).default(28),
    channels: oneOf(1, 3).default(1),
    validationFraction: between(0, 0.5).exactOptional(),
    binarize: oneOf("none", "static", "dynamic").default("none"),
    classes: z.array(text("it must be a class's name"), { error: "it must be a list of class names" }).min(1, {
      error: "it must name at least one class",
    }).exactOptional(),
    fit: oneOf("cover", "contain").exactOptional(),
    augment: z.strictObject({
      flip: oneOf("horizontal", "vertical", "both").exactOptional(),
      shift: whole(0, 128).default(0),
    }).exactOptional(),
  }).prefault({}),
  architecture,
  latentDim: whole(1, 1024).default(20),
  objective: z.strictObject({
    reconstruction: oneOf("bce", "mse", "bce+mse", "l1", "gaussian").default("bce"),
    weights: z.strictObject({ bce: atLeast(0).default(1), mse: atLeast(0).default(1) }).prefault({}),
    variance: oneOf("shared", "pixel").default("shared"),
    beta: atLeast(0).default(1),
    warmup: z.strictObject({
      kind: oneOf("none", "linear", "cyclical").default("none"),
      epochs: atLeast(0, true).default(1),
      ratio: between(0, 1).default(0.5),
      cycles: whole(1, MAX).default(4),
    }).prefault({}),
    freeBits: atLeast(0).default(0),
  }).prefault({}),
  optimizer: z.strictObject({
    kind: oneOf("adam", "adamw", "sgd", "momentum", "rmsprop").default("adam"),
    learningRate: atLeast(0, true).default(1e-3),
    beta1: between(0, 0.9999).default(0.9),
    beta2: between(0, 0.99999).default(0.999),
    epsilon: atLeast(0, true).default(1e-8),
    momentum: between(0, 0.9999).default(0.9),
    decay: between(0, 0.9999).default(0.9),
    weightDecay: atLeast(0).default(0.01),
    clipNorm: atLeast(0).default(0),
  }).prefault({}),
  schedule,
  emaDecay: between(0, 0.99999).default(0),
  epochs: whole(1, 100_000).default(10),
  batchSize: whole(1, 65_536).default(128),
  seed: whole(0, 2 ** 31 - 1).default(1),
  earlyStopping: z.strictObject({
    patience: whole(0, MAX).default(0),
    minimumGain: atLeast(0).default(0),
  }).prefault({}),
  checkpoint: z.strictObject({
    everyEpochs: whole(0, MAX).default(1),
    everyMinutes: atLeast(0).default(10),
  }).prefault({}),
});

/** The part of a JSON schema that is read here. */
interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly oneOf?: readonly JsonSchema[];
  readonly const?: unknown;
}

/**
 * The keys that a configuration may have at a path.
 *
 * @param path such as `["architecture"]`
 * @param values the configuration at hand: its `kind` decides where kinds have different keys
 */
export function keysAt(path: readonly PropertyKey[], values: unknown): string[] {
  let schema = z.toJSONSchema(configSchema, { io: "input" }) as JsonSchema;
  let found = values;
  for (const key of path) {
    found = (found as Readonly<Record<PropertyKey, unknown>>)[key];
    const { kind } = found as { kind?: unknown };
    const next = schema.properties?.[String(key)];
    schema = next?.oneOf?.find(({ properties }) => properties?.kind?.const === kind) ?? next ?? {};
  }
  return Object.keys(schema.properties ?? {});
}
