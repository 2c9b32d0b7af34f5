/**
 * What is minimised. There is one definition everywhere: reconstruction and KL divergence are summed over the pixels and
 * the latents and averaged over the batch, in nats per picture, so that beta means the same in every configuration.
 */
import * as tf from "@tensorflow/tfjs";
import type { ObjectiveConfig } from "./config_schema.ts";
import type { Posterior } from "./forward.ts";
import type { DecoderOutput, Likelihood } from "./likelihoods/likelihood.ts";
import { plainOps, type Tensor, type TensorOps } from "./ops.ts";

/** Pictures with what the model says of them: a batch, or a shard of one. */
export interface ScoredPictures {
  readonly out: DecoderOutput<Tensor>;
  /** The posterior that z was drawn from. */
  readonly posterior: Posterior<Tensor>;
  /** The pictures, `[count, height, width, channels]`, float, 0 to 1. */
  readonly x: Tensor;
}

/** The objective and its parts. All but the last are scalars, in nats per picture. */
export interface ObjectiveParts {
  /** What is minimised: reconstruction + beta KL, where free bits hold KL up. */
  readonly loss: Tensor;
  /** The negative log-likelihood with all its constants, or the cross-entropy or sum of errors that stands for it. */
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
 * @param shards one batch, in parts of any size: all means go over the whole
 * @param beta the weight of the KL divergence at this step, a scalar: see `betaAt`
 */
export function negativeElbo(
  likelihood: Likelihood,
  { freeBits }: Pick<ObjectiveConfig, "freeBits">,
  shards: readonly ScoredPictures[],
  beta: Tensor,
  ops: TensorOps = plainOps,
): ObjectiveParts {
  const count = countOf(shards);
  const mean = (sums: Tensor[]) => tf.div(addAll(sums), count);
  const reconstruction = mean(
    shards.map(({ out, x }) => likelihood.negativeLog(ops, out, x, (terms) => tf.sum(terms))),
  );
  const klPerLatent = mean(shards.map(({ posterior }) => tf.sum(klDivergence(posterior), 0)));
  const kl = tf.sum(klPerLatent);
  const counted = freeBits > 0 ? tf.sum(tf.maximum(klPerLatent, freeBits)) : kl;
  return { loss: tf.add(reconstruction, tf.mul(beta, counted)), reconstruction, kl, klPerLatent };
}

/** How many pictures some shards hold. */
export function countOf(shards: readonly { readonly x: Tensor }[]): number {
  return shards.reduce((sum, { x }) => sum + x.shape[0]!, 0);
}

/** The sum of some tensors of one shape. */
export function addAll(tensors: readonly Tensor[]): Tensor {
  return tensors.reduce((one, other) => tf.add(one, other));
}

/**
 * The KL divergence of each posterior dimension from the standard normal prior: `(mu² + exp(logvar) - 1 - logvar) / 2`,
 * written with expm1 so that a posterior near the prior loses no digits.
 *
 * @returns `[batch, latentDim]`, nats
 */
export function klDivergence({ mu, logvar }: Posterior<Tensor>): Tensor {
  return tf.mul(tf.add(tf.square(mu), tf.sub(tf.expm1(logvar), logvar)), 0.5);
}
