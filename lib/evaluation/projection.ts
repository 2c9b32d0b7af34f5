/** Latents on a plane: the plane itself, or the two widest directions (PCA). */
import { principalComponents, projectOnto } from "../latent/principal.ts";

/** Where rows lie on a plane, and what its axes mean. */
export interface Projection {
  /** `[count, 2]`. */
  readonly points: Float32Array;
  readonly axes: readonly [string, string];
}

/** A projection that was fitted once and is applied to any rows, so that films keep their axes. */
export interface FittedPlane {
  /** The axes' labels, with the share of the variance that they show. */
  readonly axes: readonly [string, string];
  /** Projects `[count, dimensions]` to `[count, 2]`. */
  project(rows: Float32Array): Float32Array;
}

/**
 * The plane of the first two principal components; for two latents, the latents themselves.
 *
 * @param rows `[count, dimensions]`, at least two rows
 * @param dimensions numbers per row
 * @throws {RangeError} when there is only one dimension or one row
 */
export function fitPlane(rows: Float32Array, dimensions: number): FittedPlane {
  if (dimensions === 2) return { axes: ["z0", "z1"], project: (given) => given.slice() };
  const count = rows.length / dimensions;
  if (dimensions < 2 || count < 2) {
    throw new RangeError(`Cannot lay ${count} rows of ${dimensions} numbers on a plane: two of each are needed`);
  }
  const fitted = principalComponents(rows, dimensions, 2);
  const axis = (number: 0 | 1) =>
    `component ${number + 1} (${(100 * fitted.shares[number]!).toFixed(0)} % of the variance)`;
  return { axes: [axis(0), axis(1)], project: (given) => projectOnto(fitted, given) };
}
