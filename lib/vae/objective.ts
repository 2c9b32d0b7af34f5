/**
 * What is minimised. There is one definition everywhere: reconstruction and KL divergence are summed over the pixels and
 * the latents and averaged over the batch, in nats per picture, so that beta means the same in every configuration.
 */
import * as tf from "@tensorflow/tfjs";
import type { ObjectiveConfig } from "./config_schema.ts";
import type { Likelihood, Posterior } from "./forward.ts";
import { plainOps, type Tensor, type VaeOps } from "./ops.ts";

/** Pictures with what the model says of them: a batch, or a shard of one. */
export interface ScoredPictures extends Likelihood {
  /** The posterior that z was drawn from. */
  readonly posterior: Posterior;
  /** The pictures, `[count, height, width, channels]`, float, 0 to 1. */
  readonly targets: Tensor;
}

/** The objective and its parts. All but the last are scalars, in nats per picture. */
export interface ObjectiveParts {
  /** What is minimised: reconstruction + beta KL, where free bits hold KL up. */
  readonly loss: Tensor;
  /** The negative log-likelihood, or the error that stands for it. */
  readonly reconstruction: Tensor;
  /** The KL divergence as it is, without beta and free bits. */
  readonly kl: Tensor;
  /** The same for each latent dimension, `[latentDim]`. */
  readonly klPerLatent: Tensor;
}

/**
 * The negative evidence lower bound (Kingma & Welling 2014) with beta (Higgins et al. 2017) and free bits (Kingma et al.
 * 2016: each latent dimension's batch mean counts as at least `freeBits` nats).
 *
 * @param objective which reconstruction, and free bits; its beta and warm-up are not read, `beta` is
 * @param shards one batch, in parts of any size: all means go over the whole
 * @param beta the weight of the KL divergence at this step, a scalar: see `betaAt`
 * @throws {TypeError} when a Gaussian reconstruction is given no logvar
 */
export function negativeElbo(
  objective: Pick<ObjectiveConfig, "reconstruction" | "weights" | "freeBits">,
  shards: readonly ScoredPictures[],
  beta: Tensor,
  ops: VaeOps = plainOps,
): ObjectiveParts {
  const count = shards.reduce((sum, { targets }) => sum + targets.shape[0]!, 0);
  const mean = (sums: Tensor[]) => tf.div(sums.reduce((one, other) => tf.add(one, other)), count);
  const reconstruction = mean(shards.map((shard) => reconstructionSum(objective, shard, ops)));
  const klPerLatent = mean(shards.map(({ posterior }) => tf.sum(klDivergence(posterior), 0)));
  const kl = tf.sum(klPerLatent);
  const counted = objective.freeBits > 0 ? tf.sum(tf.maximum(klPerLatent, objective.freeBits)) : kl;
  return { loss: tf.add(reconstruction, tf.mul(beta, counted)), reconstruction, kl, klPerLatent };
}

/**
 * The KL divergence of each posterior dimension from the standard normal prior: `(mu² + exp(logvar) - 1 - logvar) / 2`,
 * written with expm1 so that a posterior near the prior loses no digits.
 *
 * @returns `[batch, latentDim]`, nats
 */
export function klDivergence({ mu, logvar }: Posterior): Tensor {
  return tf.mul(tf.add(tf.square(mu), tf.sub(tf.expm1(logvar), logvar)), 0.5);
}

/**
 * The reconstruction's error, summed over pictures and pixels. With `m = sigmoid(logits)` and target `x`:
 *
 * - `bce`: the Bernoulli cross-entropy, from the logits in its stable form (see `VaeOps.sigmoidCrossEntropy`)
 * - `mse`: `(x - m)²`, which is a Gaussian of variance 1/2 but for a constant
 * - `bce+mse`: both, weighted
 * - `l1`: `|x - m|`, a Laplace distribution of scale 1 but for a constant
 * - `gaussian`: `(log 2π + logvar + (x - m)² exp(-logvar)) / 2`, a density: it can be below 0
 */
function reconstructionSum(
  { reconstruction, weights }: Pick<ObjectiveConfig, "reconstruction" | "weights">,
  { targets, logits, logvar }: ScoredPictures,
  ops: VaeOps,
): Tensor {
  const difference = () => tf.sub(targets, tf.sigmoid(logits));
  const bce = () => tf.sum(ops.sigmoidCrossEntropy(logits, targets));
  const mse = () => tf.sum(tf.square(difference()));
  switch (reconstruction) {
    case "bce":
      return bce();
    case "mse":
      return mse();
    case "bce+mse":
      return tf.add(tf.mul(bce(), weights.bce), tf.mul(mse(), weights.mse));
    case "l1":
      return tf.sum(tf.abs(difference()));
    case "gaussian": {
      if (logvar === undefined) throw new TypeError("Cannot score a Gaussian: the decoder gave no logvar");
      const scaled = tf.mul(tf.square(difference()), tf.exp(tf.neg(logvar)));
      return tf.mul(tf.sum(tf.add(scaled, tf.add(logvar, Math.log(2 * Math.PI)))), 0.5);
    }
  }
}
