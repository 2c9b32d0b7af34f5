/**
 * Sums of matrix products as one product: `aᵀ b + cᵀ d = [a; c]ᵀ [b; d]`.
 *
 * The gradient of a dense layer's kernel is such a sum where a batch is computed in shards: each gives `xᵀ dy`. Over the
 * whole batch it is one product that writes the (large) kernel's gradient once, instead of one per shard and their sum.
 */
import type { Attribute } from "../ffi/attributes.ts";
import type { Bytes } from "../ffi/native.ts";

/** A matrix in the graph. */
export interface Matrix {
  /** The `TF_Output` that it is. */
  readonly output: Bytes;
  /** Rows and columns. */
  readonly shape: readonly [number, number];
}

/** `leftᵀ right`, both stacked of blocks of rows. */
export interface StackedMatMul {
  /** Blocks of `[rows, m]`. */
  readonly left: readonly Matrix[];
  /** Blocks of `[rows, n]`. */
  readonly right: readonly Matrix[];
}

/** The op that tfjs's kernels multiply matrices with. On a CPU it is quicker than `MatMul`. */
export const MATMUL = "BatchMatMulV2";

/** Whether an op with these attributes is `leftᵀ right`. */
export function isTransposedMatMul(name: string, attributes: readonly Attribute[]): boolean {
  const is = (attribute: string) => attributes.some(({ name, value }) => name === attribute && value === true);
  return name === MATMUL && is("adj_x") && !is("adj_y");
}

/**
 * The sum of two products as one; undefined where their results differ in shape, or where stacking the operands would
 * copy more than adding the results.
 */
export function fuseMatMuls(one: StackedMatMul, other: StackedMatMul): StackedMatMul | undefined {
  const [rows, columns] = resultShape(one);
  if (String(resultShape(other)) !== String([rows, columns])) return undefined;
  const fused = { left: [...one.left, ...other.left], right: [...one.right, ...other.right] };
  const copied = [...fused.left, ...fused.right].reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
  return copied < rows * columns ? fused : undefined;
}

/** Rows and columns of a product. */
export function resultShape({ left, right }: StackedMatMul): [number, number] {
  return [left[0]!.shape[1], right[0]!.shape[1]];
}
