/** The Fréchet distance between two clouds of features. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/**
 * The Fréchet distance of two Gaussians fitted to two sets of features: ‖m₁ − m₂‖² + tr(C₁ + C₂ − 2 (C₁ C₂)^½).
 * Dowson and Landau (1982); Heusel et al. (2017) use it with Inception features. The features here are whatever the
 * caller hands in: a figure only compares with figures of the same features.
 *
 * @param a features of one set, `[n, dimensions]`; n above 1
 * @param b features of the other, `[m, dimensions]`; m above 1
 * @param dimensions numbers per row
 * @returns 0 or more, in squared units of the features
 */
export function frechetDistance(a: Float32Array, b: Float32Array, dimensions: number): number {
  const [first, second] = [gaussianOf(a, dimensions), gaussianOf(b, dimensions)];
  const between = Matrix.sub(first.mean, second.mean).norm() ** 2;
  const root = squareRoot(first.covariance);
  const product = root.mmul(second.covariance).mmul(root);
  const traceOfRoot = eigenvalues(product).reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  return Math.max(0, between + first.covariance.trace() + second.covariance.trace() - 2 * traceOfRoot);
}

/** Mean `[1, d]` and covariance `[d, d]` (n − 1 in the denominator) of some rows. */
function gaussianOf(rows: Float32Array, dimensions: number): { mean: Matrix; covariance: Matrix } {
  const count = rows.length / dimensions;
  const mean = new Float64Array(dimensions);
  for (let i = 0; i < rows.length; i++) mean[i % dimensions]! += rows[i]! / count;
  const covariance = Matrix.zeros(dimensions, dimensions);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < dimensions; j++) {
      const left = rows[i * dimensions + j]! - mean[j]!;
      for (let k = 0; k <= j; k++) {
        const term = left * (rows[i * dimensions + k]! - mean[k]!);
        covariance.set(j, k, covariance.get(j, k) + term);
      }
    }
  }
  for (let j = 0; j < dimensions; j++) {
    for (let k = 0; k <= j; k++) {
      const value = covariance.get(j, k) / (count - 1);
      covariance.set(j, k, value);
      covariance.set(k, j, value);
    }
  }
  return { mean: Matrix.rowVector([...mean]), covariance };
}

function eigenvalues(symmetric: Matrix): number[] {
  return new EigenvalueDecomposition(symmetrized(symmetric), { assumeSymmetric: true }).realEigenvalues;
}

/** The symmetric square root of a positive semi-definite matrix. */
function squareRoot(symmetric: Matrix): Matrix {
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(symmetrized(symmetric), {
    assumeSymmetric: true,
  });
  const roots = Matrix.diag(realEigenvalues.map((value) => Math.sqrt(Math.max(0, value))));
  return eigenvectorMatrix.mmul(roots).mmul(eigenvectorMatrix.transpose());
}

/** Rounding leaves products a little askew; the decomposition wants them exactly symmetric. */
function symmetrized(matrix: Matrix): Matrix {
  return Matrix.add(matrix, matrix.transpose()).mul(0.5);
}
