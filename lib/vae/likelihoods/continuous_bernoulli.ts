import type { Algebra } from "../algebra.ts";
import type { Likelihood } from "./likelihood.ts";

/** Below this magnitude of a logit the closed forms lose digits, and their series are exact to float32. */
const SMALL = 0.3;

/**
 * The Bernoulli's form made a density of pixels from 0 to 1: Loaiza-Ganem & Cunningham 2019, "The continuous Bernoulli".
 * With the logit l its normaliser is `C = l / tanh(l / 2)` and its mean `1 / (1 − exp(−l)) − 1 / l`.
 */
export const continuousBernoulli: Likelihood = {
  description: { kind: "continuous-bernoulli", parameters: {} },
  negativeLog: (m, { logits }, x, sum) => sum(m.sub(m.sigmoidCrossEntropy(logits, x), logNormalizer(m, logits))),
  mean: (m, { logits: l }) => {
    const { size, safe, square } = parts(m, l);
    const series = m.add(m.mul(l, m.add(m.mul(square, m.add(m.mul(square, 1 / 30240), -1 / 720)), 1 / 12)), 0.5);
    return m.whereLess(
      size,
      SMALL,
      series,
      m.sub(m.div(one(m, safe), m.neg(m.expm1(m.neg(safe)))), m.div(one(m, safe), safe)),
    );
  },
};

function logNormalizer<T>(m: Algebra<T>, l: T): T {
  const { size, safe, square } = parts(m, l);
  const series = m.add(
    m.mul(square, m.add(m.mul(square, m.add(m.mul(square, 31 / 90720), -7 / 1440)), 1 / 12)),
    Math.LN2,
  );
  return m.whereLess(size, SMALL, series, m.log(m.div(safe, m.tanh(m.mul(safe, 0.5)))));
}

/** The magnitude of the logits, and the logits with 1 in place of small ones, so that no branch divides by 0. */
function parts<T>(m: Algebra<T>, l: T): { size: T; safe: T; square: T } {
  const size = m.abs(l);
  return { size, safe: m.whereLess(size, SMALL, one(m, l), l), square: m.square(l) };
}

function one<T>(m: Algebra<T>, like: T): T {
  return m.add(m.mul(like, 0), 1);
}
