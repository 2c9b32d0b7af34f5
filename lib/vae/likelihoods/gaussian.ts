import type { Algebra } from "../algebra.ts";
import type { DecoderOutput, Likelihood } from "./likelihood.ts";

/**
 * A pixel's learned log variance is bounded below smoothly, `softplus(l + 6) - 6`: a flat area would drive it to minus
 * infinity.
 */
export const LOWEST_LOGVAR: number = -6;

const LOG_2_PI = Math.log(2 * Math.PI);

/**
 * A Gaussian of one fixed variance around the sigmoid of the logits: `((x − m)² / v + log 2πv) / 2`.
 *
 * @param variance v, above 0
 */
export function fixedGaussian(variance: number): Likelihood {
  return {
    description: { kind: "gaussian", parameters: { variance } },
    negativeLog: (m, { logits }, x, sum) => {
      const scaled = m.mul(m.square(m.sub(x, m.sigmoid(logits))), 0.5 / variance);
      return sum(m.add(scaled, 0.5 * (LOG_2_PI + Math.log(variance))));
    },
    mean: (m, { logits }) => m.sigmoid(logits),
  };
}

/**
 * A Gaussian whose variance is learned: `((x − m)² exp(−logvar) + log 2π + logvar) / 2`. A shared one is the optimum of
 * each batch while training, {@linkcode batchLogvar}, and its running mean afterwards (Rybkin et al. 2021, "Simple and
 * effective VAE training with calibrated decoders").
 *
 * @param per one variance for each pixel, from the decoder, or one for all
 */
export function learnedGaussian(per: "pixel" | "shared"): Likelihood {
  return {
    description: { kind: "gaussian", parameters: { variance: "learned", per } },
    logvar: per,
    negativeLog: (m, { logits, logvar }, x, sum) => {
      if (logvar === undefined) throw new TypeError("Cannot score a Gaussian: the decoder gave no logvar");
      const scaled = m.mul(m.square(m.sub(x, m.sigmoid(logits))), m.exp(m.neg(logvar)));
      return m.mul(sum(m.add(scaled, m.add(logvar, LOG_2_PI))), 0.5);
    },
    mean: (m, { logits }) => m.sigmoid(logits),
    ...(per === "pixel"
      ? { boundLogvar: <T>(m: Algebra<T>, l: T) => m.add(m.softplus(m.sub(l, LOWEST_LOGVAR)), LOWEST_LOGVAR) }
      : {}),
  };
}

/** Keeps the logarithm finite where pictures are met exactly. */
const SMALLEST_VARIANCE = 1e-6;

/**
 * The logarithm of the one variance under which some pictures are likeliest: their mean squared error.
 *
 * @param shards the parts of a batch with the decoder's outputs
 * @param mean of numbers of the pixels' shape over all shards
 */
export function batchLogvar<T>(
  m: Algebra<T>,
  shards: readonly { readonly out: DecoderOutput<T>; readonly x: T }[],
  mean: (terms: readonly T[]) => T,
): T {
  const errors = shards.map(({ out, x }) => m.square(m.sub(x, m.sigmoid(out.logits))));
  return m.log(m.add(mean(errors), SMALLEST_VARIANCE));
}
