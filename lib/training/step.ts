/**
 * One training step and one evaluation step, as computations that can be captured or run op by op. Whatever changes by
 * step is an input: a captured step would freeze it at its first value.
 */
import * as tf from "@tensorflow/tfjs";
import { splitBytes, type StepDefinition, type Tensor, toFloat } from "../tensorflow/mod.ts";
import type { TrainingConfig } from "../vae/config_schema.ts";
import type { Loss, Shard } from "../vae/families/family.ts";
import { statelessNormal } from "./noise.ts";
import { applyEma, applyUpdate, clipByGlobalNorm, emaBlend, globalNorm, updateScalars } from "./optimizers.ts";
import type { LossParts } from "./history.ts";
import type { ModelState } from "./state.ts";

/** A model as training sees it: a pure function from parameters and a batch to a loss. */
export interface TrainableModel {
  /** Height, width and channels of a picture. */
  readonly imageShape: readonly [number, number, number];
  readonly latentDim: number;
  /** Standard normal numbers per picture that the loss takes. */
  readonly noise: number;
  /** Names of the loss's own metrics. */
  readonly metrics: readonly string[];
  /** Whether batches come with labels. */
  readonly usesLabels: boolean;
  readonly fixed: ReadonlySet<string>;
  /**
   * In how many shards a batch comes. They have nothing to do with each other up to the loss, so that threads can work
   * on them side by side without waiting at each op; the loss is the same but for rounding.
   */
  readonly shards: number;
  /**
   * The loss of a batch.
   *
   * @param beta the KL weight, a scalar
   * @param training whether the parameters are about to be updated
   */
  loss(
    parameters: Readonly<Record<string, Tensor>>,
    shards: readonly Shard<Tensor>[],
    beta: Tensor,
    training: boolean,
  ): Loss<Tensor>;
}

/** What an update goes by. */
export type UpdateConfig = Pick<TrainingConfig, "optimizer" | "emaDecay">;

/** What changes by step. */
export interface StepScalars {
  /** The schedule's learning rate. */
  readonly learningRate: number;
  readonly beta: number;
}

const SCALARS = 6;

/**
 * Packs the scalars of one step into the input `scalars`.
 *
 * @param step updates made before this one
 */
export function trainingScalars(
  { optimizer, emaDecay }: UpdateConfig,
  scalars: StepScalars,
  step: number,
): Float32Array {
  const { rate, epsilon, weightDecay } = updateScalars(optimizer, scalars.learningRate, step);
  const blend = emaDecay > 0 ? emaBlend(emaDecay, step) : 0;
  return Float32Array.of(rate, epsilon, weightDecay, blend, scalars.beta, optimizer.clipNorm);
}

/** The numbers in the output `metrics` of a training step: means over the batch, before the update. */
export interface StepMetrics extends LossParts {
  /** Global norm of the gradients before clipping; 0 where gradients are not clipped. */
  readonly gradientNorm: number;
}

/** The inputs of a step function. */
export type StepInput = "images" | "seed" | "scalars" | "labels";

/**
 * One update of all weights: forward, gradients, clipping, update, EMA.
 *
 * Inputs: `images` uint8 `[batch, height, width, channels]`; `seed` int32 `[2]`, the run's seed and the step;
 * `labels` float `[batch]`, empty where the model uses none; `scalars` from {@linkcode trainingScalars}. Output: `metrics`, see {@linkcode readMetrics}.
 */
export function trainingStep(
  model: TrainableModel,
  state: ModelState,
  { optimizer }: UpdateConfig,
  batchSize: number,
): StepDefinition<StepInput, "metrics"> {
  return {
    name: `train_${batchSize}`,
    inputs: stepInputs(model, batchSize, SCALARS),
    body: ({ images, seed, scalars, labels }) => {
      const [rate, epsilon, weightDecay, blend, beta, clipNorm] = unpack(scalars, SCALARS);
      const shards = shardBatch(
        images,
        statelessNormal([batchSize, model.noise], seed),
        model.usesLabels ? labels : undefined,
        model.shards,
      );
      const current = Object.fromEntries(state.parameters.map(({ name, weight }) => [name, weight.read()]));
      const trained = state.parameters.filter((parameter) => parameter.slots !== undefined);
      let kept: Pick<Loss<Tensor>, "reconstruction" | "kl" | "updates"> | undefined;
      const { value, grads } = tf.valueAndGrads((...weights: Tensor[]) => {
        const given = Object.fromEntries(trained.map(({ name }, index) => [name, weights[index]!]));
        const { loss, reconstruction, kl, updates = {} } = model.loss({ ...current, ...given }, shards, beta!, true);
        kept = { reconstruction, kl, updates };
        for (const tensor of [reconstruction, kl, ...Object.values(updates)]) tf.keep(tensor);
        return loss as tf.Scalar;
      })(trained.map(({ name }) => current[name]!));
      const { reconstruction, kl, updates = {} } = kept!;
      const clips = optimizer.clipNorm > 0;
      const norm = clips ? globalNorm(grads) : tf.scalar(0);
      const gradients = clips ? clipByGlobalNorm(grads, norm, clipNorm!) : grads;
      const update = { rate: rate!, epsilon: epsilon!, weightDecay: weightDecay! };
      for (const [index, { weight, slots }] of trained.entries()) {
        applyUpdate(optimizer, weight, slots!, update, gradients[index]!);
      }
      for (const { name, weight, ema } of state.parameters) {
        if (updates[name] !== undefined) weight.assign(updates[name]);
        if (ema !== undefined) applyEma(ema, weight, blend!);
      }
      const metrics = tf.stack([value, reconstruction, kl, norm]);
      tf.dispose([reconstruction, kl, ...Object.values(updates)]);
      return { metrics };
    },
  };
}

/** Reads and frees the metrics of a training step. */
export async function readMetrics(metrics: Tensor): Promise<StepMetrics> {
  const [loss, reconstruction, kl, gradientNorm] = await metrics.data() as Float32Array;
  metrics.dispose();
  return { loss: loss!, reconstruction: reconstruction!, kl: kl!, gradientNorm: gradientNorm! };
}

/**
 * The loss of a batch without an update, on the EMA weights where they are kept.
 *
 * Inputs as for {@linkcode trainingStep}, but `scalars` holds beta alone. Output: `means`: the batch's
 * means of loss, reconstruction and KL, of the model's own metrics, and of the KL of each latent.
 */
export function evaluationStep(
  model: TrainableModel,
  state: ModelState,
  batchSize: number,
): StepDefinition<StepInput, "means"> {
  return {
    name: `evaluate_${batchSize}`,
    inputs: stepInputs(model, batchSize, 1),
    body: ({ images, seed, scalars, labels }) => {
      const shards = shardBatch(
        images,
        statelessNormal([batchSize, model.noise], seed),
        model.usesLabels ? labels : undefined,
        model.shards,
      );
      const current = Object.fromEntries(
        state.parameters.map(({ name, weight, ema }) => [name, (ema ?? weight).read()]),
      );
      const { loss, reconstruction, kl, klPerLatent, metrics = {} } = model.loss(
        current,
        shards,
        scalars.reshape([]),
        false,
      );
      const named = model.metrics.map((name) => metrics[name]!);
      return { means: tf.concat([tf.stack([loss, reconstruction, kl, ...named]), klPerLatent]) };
    },
  };
}

/** Cuts a batch into shards of the same size, or one more; into fewer where there are fewer pictures. */
function shardBatch(images: Tensor, noise: Tensor, labels: Tensor | undefined, count: number): Shard<Tensor>[] {
  const batchSize = images.shape[0]!;
  const shards = Math.min(count, batchSize);
  const sizes = Array.from({ length: shards }, (_, i) => Math.ceil((batchSize - i) / shards));
  const noises = shards === 1 ? [noise] : tf.split(noise, sizes);
  const numbers = labels === undefined ? [] : shards === 1 ? [labels] : tf.split(labels, sizes);
  return splitBytes(images, sizes).map((bytes, i) => ({
    images: toFloat(bytes).div(255),
    noise: noises[i]!,
    ...(labels === undefined ? {} : { labels: numbers[i]! }),
  }));
}

/**
 * The input `labels` of a batch.
 *
 * @throws {TypeError} when the model needs labels and the batch has none
 */
export function labelsOf({ usesLabels }: TrainableModel, labels: Uint8Array | undefined): Float32Array {
  if (!usesLabels) return new Float32Array();
  if (labels === undefined) throw new TypeError("Cannot train on these pictures: they have no labels");
  return Float32Array.from(labels);
}

function stepInputs(
  model: TrainableModel,
  batchSize: number,
  scalars: number,
): StepDefinition<StepInput, never>["inputs"] {
  return {
    images: { shape: [batchSize, ...model.imageShape], dtype: "uint8" },
    seed: { shape: [2], dtype: "int32" },
    scalars: { shape: [scalars], dtype: "float32" },
    labels: { shape: [model.usesLabels ? batchSize : 0], dtype: "float32" },
  };
}

function unpack(packed: Tensor, count: number): Tensor[] {
  return tf.split(packed, count).map((part) => part.reshape([]));
}
