/**
 * What losses are made of. There is one definition everywhere: reconstruction and KL divergence are summed over the
 * pixels and the latents and averaged over the batch, in nats per picture, so that beta means the same in every
 * configuration.
 */
import type { Parts, TrainingAlgebra } from "./algebra.ts";
import { batchLogvar } from "./likelihoods/gaussian.ts";
import type { DecoderOutput, Likelihood } from "./likelihoods/likelihood.ts";
import { klDivergence, type Posterior } from "./posterior.ts";

/** Pictures with what the decoder says of them: a batch, or a shard of one. */
export interface ScoredPictures<T> {
  readonly out: DecoderOutput<T>;
  /** The pictures, `[count, height, width, channels]`, float, 0 to 1. */
  readonly x: T;
}

/** How many pictures some shards hold. */
export function countOf<T>(m: TrainingAlgebra<T>, shards: readonly { readonly x: T }[]): number {
  return shards.reduce((sum, { x }) => sum + m.count(x), 0);
}

/** The sum of some values of one shape. */
export function addAll<T>(m: TrainingAlgebra<T>, values: readonly T[]): T {
  return values.reduce((one, other) => m.add(one, other));
}

/**
 * The negative log-likelihood of a batch, a scalar.
 *
 * @param shards one batch, in parts of any size: the mean goes over the whole
 */
export function reconstructionOf<T>(
  m: TrainingAlgebra<T>,
  likelihood: Likelihood,
  shards: readonly ScoredPictures<T>[],
): T {
  const sums = shards.map(({ out, x }) => likelihood.negativeLog(m, out, x, (terms) => m.total(terms)));
  return m.div(addAll(m, sums), countOf(m, shards));
}

/** The KL divergence of a batch: scalars but for `klPerLatent`. */
export interface GaussianKl<T> {
  /** As it is. */
  readonly kl: T;
  /** `[latentDim]`. */
  readonly klPerLatent: T;
  /** As it counts in the loss, where free bits hold it up. */
  readonly counted: T;
}

/**
 * The KL divergence of a batch's posteriors from the standard normal prior, with free bits (Kingma et al. 2016: each
 * latent dimension's batch mean counts as at least `freeBits` nats).
 *
 * @param posteriors of the shards of one batch
 */
export function gaussianKl<T>(
  m: TrainingAlgebra<T>,
  posteriors: readonly Posterior<T>[],
  freeBits: number,
): GaussianKl<T> {
  const count = posteriors.reduce((sum, { mu }) => sum + m.count(mu), 0);
  const klPerLatent = m.div(addAll(m, posteriors.map((posterior) => m.sumBatch(klDivergence(m, posterior)))), count);
  const kl = m.total(klPerLatent);
  return { kl, klPerLatent, counted: freeBits > 0 ? m.total(m.maximum(klPerLatent, freeBits)) : kl };
}

/** Where one log variance is shared: how much of its running mean stays at each step. */
const MOMENTUM = 0.9;
const SHARED_LOGVAR = "decoder/logvar/value";

/** A batch under the variance that its pixels share, its own optimum, which moves the running one. */
export function calibrate<T>(
  m: TrainingAlgebra<T>,
  likelihood: Likelihood,
  parameters: Parts<T>,
  shards: readonly ScoredPictures<T>[],
  updates: Record<string, T>,
): readonly ScoredPictures<T>[] {
  if (likelihood.logvar !== "shared") return shards;
  const pixels = shards.reduce((sum, { x }) => sum + m.size(x), 0);
  const logvar = batchLogvar(m, shards, (terms) => m.div(addAll(m, terms.map((term) => m.total(term))), pixels));
  const now = m.mul(m.shape(logvar, [1]), 1 - MOMENTUM);
  updates[SHARED_LOGVAR] = m.add(m.mul(parameters[SHARED_LOGVAR]!, MOMENTUM), now);
  return shards.map(({ out, ...rest }) => ({ ...rest, out: { ...out, logvar } }));
}
