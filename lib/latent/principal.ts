/** The directions in which latents spread most. */
import * as pca from "ml-pca";

/** Principal components, the widest first. */
export interface PrincipalComponents {
  /** `[dimensions]`. */
  readonly mean: Float32Array;
  /** Unit vectors `[dimensions]`. */
  readonly axes: readonly Float32Array[];
  /** Standard deviation along each. */
  readonly deviations: readonly number[];
  /** Share of the variance that each holds, 0 to 1. */
  readonly shares: readonly number[];
}

/**
 * Principal component analysis of rows.
 *
 * @param rows `[count, dimensions]`, two rows or more
 * @param dimensions numbers per row
 * @param count components that are returned, at most `dimensions`
 */
export function principalComponents(rows: Float32Array, dimensions: number, count: number): PrincipalComponents {
  const table = Array.from({ length: rows.length / dimensions }, (_, i) => {
    return Array.from(rows.subarray(i * dimensions, (i + 1) * dimensions));
  });
  const fitted = new pca.PCA(table, { method: "covarianceMatrix" });
  const vectors = fitted.getEigenvectors();
  const values = fitted.getEigenvalues();
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const mean = new Float32Array(dimensions);
  for (const row of table) row.forEach((value, i) => mean[i]! += value / table.length);
  const kept = values.slice(0, Math.min(count, dimensions));
  return {
    mean,
    axes: kept.map((_, axis) => Float32Array.from({ length: dimensions }, (_, i) => vectors.get(i, axis))),
    deviations: kept.map((value) => Math.sqrt(Math.max(0, value))),
    shares: kept.map((value) => total === 0 ? 0 : Math.max(0, value) / total),
  };
}

/**
 * Coordinates of rows along the components.
 *
 * @param rows `[count, dimensions]`
 * @returns `[count, components]`
 */
export function projectOnto({ mean, axes }: PrincipalComponents, rows: ArrayLike<number>): Float32Array {
  const dimensions = mean.length;
  return Float32Array.from({ length: rows.length / dimensions * axes.length }, (_, at) => {
    const row = Math.floor(at / axes.length) * dimensions;
    return axes[at % axes.length]!.reduce((sum, part, i) => sum + part * (rows[row + i]! - mean[i]!), 0);
  });
}
