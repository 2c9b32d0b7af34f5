import { assertEquals } from "deno-std/assert/mod.js";
import { fuseMatMuls, isTransposedMatMul, type StackedMatMul } from "../../lib/tensorflow/binding/fuse_matmuls.ts";

const bool = (name: string, value: boolean) => ({ name, type: 3, value });

/** One block of so many rows. */
const matMul = (rows: number, m: number, n: number): StackedMatMul => ({
  left: [{ output: Uint8Array.of(rows), shape: [rows, m] }],
  right: [{ output: Uint8Array.of(rows), shape: [rows, n] }],
});

Deno.test("isTransposedMatMul() knows the gradient of a dense layer's kernel by its attributes", () => {
  const named = (x: boolean, y: boolean) => [bool("adj_x", x), bool("adj_y", y)];
  assertEquals(isTransposedMatMul("BatchMatMulV2", named(true, false)), true);
  assertEquals(isTransposedMatMul("BatchMatMulV2", named(false, false)), false);
  assertEquals(isTransposedMatMul("BatchMatMulV2", named(true, true)), false);
  assertEquals(isTransposedMatMul("Conv2D", named(true, false)), false);
});

Deno.test("fuseMatMuls() stacks operands, in order, where that copies less than a sum adds", () => {
  const fused = fuseMatMuls(matMul(64, 784, 400), matMul(60, 784, 400))!;
  assertEquals(fused.left.map(({ shape }) => shape), [[64, 784], [60, 784]]);
  assertEquals(fused.right.map(({ shape }) => shape), [[64, 400], [60, 400]]);
  assertEquals(fuseMatMuls(fused, matMul(4, 784, 400))!.left.length, 3);
  assertEquals(fuseMatMuls(matMul(64, 400, 20), matMul(64, 400, 20)), undefined);
  assertEquals(fuseMatMuls(matMul(1, 784, 400), matMul(1, 400, 784)), undefined);
});
