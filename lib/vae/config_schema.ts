/**
 * The training configuration: what a YAML in configs/ means once defaults and options are filled in, and what each key
 * may be. Every fault's message says what is allowed.
 */
import { z } from "zod";
import { MODEL_NAME, RESERVED_NAME } from "../model/name.ts";
import { MAX_IMAGE_SIZE, MIN_IMAGE_SIZE } from "../protocol_runs.ts";
import type { Immutable } from "../model/format.ts";
import { familySchema } from "./families/registry.ts";
import { ACTIVATIONS } from "./layers.ts";
import { atLeast, between, MAX, oneOf, sizes, text, whole } from "./schema_parts.ts";

/** `tf32`: inputs rounded to ten bits of mantissa, on NVIDIA cards from Ampere on; the same as float32 elsewhere. */
export const PRECISIONS = ["float32", "tf32"] as const;

const activation = oneOf(...ACTIVATIONS).default("relu");
const normalization = oneOf("none", "layer", "batch").default("none");

const dataSchema = z.strictObject({
  /** `sample`, `fashion-mnist`, or a path to IDX files or a folder of pictures. */
  source: text("it must be sample, fashion-mnist, or a path").default("sample"),
  /** Height and width, pixels; the pictures' own where it is absent. */
  imageSize: whole(MIN_IMAGE_SIZE, MAX_IMAGE_SIZE).exactOptional(),
  /** 1 for grey, 3 for colour; the pictures' own where it is absent. */
  channels: oneOf(1, 3).exactOptional(),
  /** The part of the training pictures held out for validation; the source's own part where it is absent. */
  validationFraction: between(0, 0.5).exactOptional(),
  /** Bernoulli sampling of the pixels: not at all, once, or again in every epoch (training pictures only). */
  binarize: oneOf("none", "static", "dynamic").default("none"),
  /** Where labels stand, as `<file>:<column>` or `<column>`; where the pictures have them where it is absent. */
  labels: text("it must be a column, or a file and a column such as list.csv:breed").exactOptional(),
  /** The numbers in arrays that are black and white; found in the arrays where it is absent. */
  range: z.tuple([z.number(), z.number()], { error: "it must be two numbers, such as [-1, 1]" }).exactOptional(),
  /** The only classes to learn; all where it is absent. */
  classes: z.array(text("it must be a class's name"), { error: "it must be a list of class names" }).min(1, {
    error: "it must name at least one class",
  }).exactOptional(),
  /** How pictures of another shape are made square: cropped, or with a margin; cropped where it is absent. */
  fit: oneOf("cover", "contain").exactOptional(),
  /** Changes to training pictures, drawn again in every epoch; none where it is absent. */
  augment: z.strictObject({
    /** Mirrored in half of the cases; never where it is absent. */
    flip: oneOf("horizontal", "vertical", "both").exactOptional(),
    /** Moved by up to this many pixels in each direction. */
    shift: whole(0, 128).default(0),
  }).exactOptional(),
});

const convSchema = z.strictObject({
  kind: z.literal("conv"),
  /** Channels of each convolution of the encoder, first to last. */
  filters: sizes("filter counts", 1, 6).default([32, 64]),
  /** Height and width of every kernel. */
  kernel: whole(1, 9).default(3),
  stride: whole(1, 4).default(2),
  /** Units of the dense layers between the convolutions and the latent. */
  hidden: sizes("layer sizes", 0, 6).default([256]),
  activation,
  normalization,
});

const mlpSchema = z.strictObject({
  kind: z.literal("mlp"),
  /** Units of the encoder's dense layers, first to last. */
  hidden: sizes("layer sizes", 1, 6).default([400]),
  activation,
  normalization,
});

const objectiveSchema = z.strictObject({
  /**
   * The likelihood: `bce` Bernoulli, a cross-entropy on grey pixels; `mse` a Gaussian of variance 1/2; `l1` a Laplace
   * distribution of scale 1; `bce+mse` the weighted sum, which is none.
   */
  reconstruction: oneOf("bce", "continuous-bernoulli", "mse", "gaussian", "l1", "laplace", "bce+mse").default("bce"),
  /** Of `bce+mse`. */
  weights: z.strictObject({ bce: atLeast(0).default(1), mse: atLeast(0).default(1) }).prefault({}),
  /**
   * For `gaussian`: the batch's optimum for all pixels (Rybkin et al. 2021), one for each pixel from the decoder, or
   * `scale` squared.
   */
  variance: oneOf("shared", "pixel", "fixed").default("shared"),
  /** Of `laplace`, and the standard deviation of a `gaussian` whose variance is fixed. */
  scale: atLeast(0, true).default(1),
  /** The full weight of the KL divergence (Higgins et al. 2017, "beta-VAE"). */
  beta: atLeast(0).default(1),
  /** How beta rises: not at all, once, or in cycles (Fu et al. 2019, "Cyclical annealing schedule"). */
  warmup: z.strictObject({
    kind: oneOf("none", "linear", "cyclical").default("none"),
    /** Epochs of the rise, or of one cycle; fractions are allowed. */
    epochs: atLeast(0, true).default(1),
    /** The part of a cycle over which beta rises. Cyclical only. */
    ratio: between(0, 1).default(0.5),
    /** Beta stays full after them. Cyclical only. */
    cycles: whole(1, MAX).default(4),
  }).prefault({}),
  /** Nats of each latent that cost nothing (Kingma et al. 2016, "Inverse autoregressive flow"). */
  freeBits: atLeast(0).default(0),
});

/** Which optimizer, with its settings; those that a kind does not use are ignored by it. */
const optimizerSchema = z.strictObject({
  /** `adamw` decays the weights apart from the gradient (Loshchilov & Hutter 2019). */
  kind: oneOf("adam", "adamw", "sgd", "momentum", "rmsprop").default("adam"),
  learningRate: atLeast(0, true).default(1e-3),
  /** Adam's decay of the first moment. */
  beta1: between(0, 0.9999).default(0.9),
  /** Adam's decay of the second moment. */
  beta2: between(0, 0.99999).default(0.999),
  /** Added to denominators by Adam and RMSProp. */
  epsilon: atLeast(0, true).default(1e-8),
  /** For `momentum` and `rmsprop`. */
  momentum: between(0, 0.9999).default(0.9),
  /** RMSProp's decay of the mean square. */
  decay: between(0, 0.9999).default(0.9),
  /** AdamW's, the share of a weight that is taken away each step, times the learning rate. */
  weightDecay: atLeast(0).default(0.01),
  /** Limit of the gradients' global norm; 0 for no clipping. */
  clipNorm: atLeast(0).default(0),
});

/** Steps over which the learning rate rises linearly from 0. */
const warmupSteps = whole(0, MAX).default(0);
/** A fraction of the full learning rate. */
const fraction = between(0, 1);

const scheduleSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("constant"), warmupSteps }),
  /** Half a cosine from the full rate down to `floor` times it (Loshchilov & Hutter 2017, without restarts). */
  z.strictObject({ kind: z.literal("cosine"), warmupSteps, floor: fraction.default(0) }),
  /** Multiplied by `factor` every `everySteps` steps. */
  z.strictObject({
    kind: z.literal("step"),
    warmupSteps,
    everySteps: whole(1, MAX),
    factor: fraction.default(0.5),
  }),
  /** Multiplied by `factor` when the validation loss has not fallen for `patience` epochs; never below `floor`. */
  z.strictObject({
    kind: z.literal("plateau"),
    warmupSteps,
    factor: fraction.default(0.5),
    patience: whole(1, MAX).default(5),
    /** A smaller fall of the loss is no gain, nats. */
    minimumGain: atLeast(0).default(0),
    floor: fraction.default(0.01),
  }),
]);

/**
 * Validates a configuration and fills in the defaults.
 *
 * @internal
 */
export const configSchema = z.strictObject({
  /** The model's name; made from the data and the latent size where it is absent. */
  name: z.string({ error: "it must be a model's name" }).regex(MODEL_NAME, {
    error:
      "it must be 1 to 64 lower-case letters, digits, dots, dashes or underscores, starting with a letter or digit",
  }).refine((name) => !RESERVED_NAME.test(name), {
    error: "it must be another name: this one means the newest run, or a device on Windows",
  }).exactOptional(),
  /** For people; the name where it is absent. */
  title: text("it must be a short text").exactOptional(),
  data: dataSchema.prefault({}),
  architecture: z.discriminatedUnion("kind", [convSchema, mlpSchema]),
  /** What kind of autoencoder: one file each in lib/vae/families. */
  family: familySchema,
  latentDim: whole(1, 1024).default(20),
  objective: objectiveSchema.prefault({}),
  optimizer: optimizerSchema.prefault({}),
  schedule: scheduleSchema,
  /** Decay of the exponential moving average of the parameters that is evaluated and exported; 0 for none. */
  emaDecay: between(0, 0.99999).default(0),
  epochs: whole(1, 100_000).default(10),
  batchSize: whole(1, 65_536).default(128),
  /** How training multiplies matrices; what it publishes is compared with ONNX in float32. */
  precision: oneOf(...PRECISIONS).default("float32"),
  /** Of the first parameters, the order of the pictures, and all noise. */
  seed: whole(0, 2 ** 31 - 1).default(1),
  earlyStopping: z.strictObject({
    /** Epochs without gain on the validation pictures; 0 never stops. */
    patience: whole(0, MAX).default(0),
    /** A smaller fall of the validation loss is no gain, nats. */
    minimumGain: atLeast(0).default(0),
  }).prefault({}),
  checkpoint: z.strictObject({
    /** Epochs between two checkpoints; 0 for none by epochs. */
    everyEpochs: whole(0, MAX).default(1),
    /** Minutes between two checkpoints; 0 for none by time. */
    everyMinutes: atLeast(0).default(10),
  }).prefault({}),
});

/**
 * Everything that a training run goes by.
 *
 * @internal the linter of documentation cannot follow an inferred type
 */
export type TrainingConfig = Immutable<z.infer<typeof configSchema>>;

/** Which architecture, with its settings. */
export type ArchitectureConfig = TrainingConfig["architecture"];
/** A convolutional encoder and the decoder that mirrors it. */
export type ConvConfig = Extract<ArchitectureConfig, { kind: "conv" }>;
/** A multi-layer perceptron and the decoder that mirrors it. */
export type MlpConfig = Extract<ArchitectureConfig, { kind: "mlp" }>;
/** What is minimised. */
export type ObjectiveConfig = TrainingConfig["objective"];
/** Which optimizer, with its settings; those that a kind does not use are ignored by it. */
export type OptimizerConfig = TrainingConfig["optimizer"];
/** How the learning rate moves. */
export type ScheduleConfig = TrainingConfig["schedule"];

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
