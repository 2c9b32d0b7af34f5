/** What families of codes have in common: values that are not random, and their length under a uniform prior. */
import type { Algebra, TrainingAlgebra } from "../algebra.ts";
import { POINT_LOGVAR, type Posterior } from "../posterior.ts";

/**
 * Values that are not random as a posterior.
 *
 * @param values whole numbers, `[batch, codes]`
 */
export function pointPosterior<T>(m: Algebra<T>, values: T): Posterior<T> {
  return { mu: values, logvar: m.add(m.mul(values, 0), POINT_LOGVAR) };
}

/**
 * The length of codes under a uniform prior, in nats: what stands for the KL divergence of values that are not random.
 *
 * @param codes how many there are
 * @param levels how many values each takes
 */
export function codeLength<T>(m: TrainingAlgebra<T>, codes: number, levels: number): { kl: T; klPerLatent: T } {
  const klPerLatent = m.constant(new Array<number>(codes).fill(Math.log(levels)), [codes]);
  return { kl: m.total(klPerLatent), klPerLatent };
}

/**
 * How many values are in use: the exponential of the entropy of their shares in a batch, 1 to `levels`.
 *
 * @param codes whole numbers, `[batch, codes]`
 */
export function perplexity<T>(m: TrainingAlgebra<T>, codes: T, levels: number): T {
  return perplexityOf(m, m.sumBatch(oneHot(m, m.stopGradient(codes), levels)));
}

/** Whole numbers as rows of one 1 each, `[…]` to `[all of them, levels]`. */
export function oneHot<T>(m: TrainingAlgebra<T>, codes: T, levels: number): T {
  const values = m.constant(Array.from({ length: levels }, (_, level) => level), [1, levels]);
  const difference = m.abs(m.sub(m.shape(codes, [m.size(codes), 1]), values));
  return m.maximum(m.sub(m.constant([1], [1]), difference), 0);
}

/** The perplexity of counts, `[levels]`. */
export function perplexityOf<T>(m: TrainingAlgebra<T>, counts: T): T {
  const shares = m.div(counts, m.total(counts));
  return m.exp(m.neg(m.total(m.mul(shares, m.log(m.maximum(shares, 1e-12))))));
}
