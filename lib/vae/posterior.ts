/** Diagonal Gaussians over a model's latents. */
import type { Algebra } from "./algebra.ts";

/** A diagonal Gaussian over `z` for each picture. */
export interface Posterior<T> {
  /** Means, `[batch, latentDim]`; of codes and labels the value itself. */
  readonly mu: T;
  /** Logarithms of the variances, `[batch, latentDim]`; {@linkcode POINT_LOGVAR} of codes and labels. */
  readonly logvar: T;
}

/** The log variance of a value that is not random. */
export const POINT_LOGVAR: number = -60;

const LOG_2_PI = Math.log(2 * Math.PI);

/**
 * A draw of the posterior: `mu + exp(logvar / 2) noise` (Kingma & Welling 2014).
 *
 * @param noise standard normal, `[batch, latentDim]`
 */
export function reparameterize<T>(m: Algebra<T>, { mu, logvar }: Posterior<T>, noise: T): T {
  return m.add(mu, m.mul(m.exp(m.mul(logvar, 0.5)), noise));
}

/**
 * The KL divergence of each posterior dimension from the standard normal prior: `(mu² + exp(logvar) - 1 - logvar) / 2`,
 * written with expm1 so that a posterior near the prior loses no digits.
 *
 * @returns `[batch, latentDim]`, nats
 */
export function klDivergence<T>(m: Algebra<T>, { mu, logvar }: Posterior<T>): T {
  return m.mul(m.add(m.square(mu), m.sub(m.expm1(logvar), logvar)), 0.5);
}

/** The log density of each number of z under a diagonal Gaussian, like z. */
export function logNormal<T>(m: Algebra<T>, z: T, { mu, logvar }: Posterior<T>): T {
  const scaled = m.mul(m.square(m.sub(z, mu)), m.exp(m.neg(logvar)));
  return m.mul(m.add(scaled, m.add(logvar, LOG_2_PI)), -0.5);
}

/** The log density of each number of z under a standard normal. */
export function logStandardNormal<T>(m: Algebra<T>, z: T): T {
  return m.mul(m.add(m.square(z), LOG_2_PI), -0.5);
}
