import { assertEquals } from "deno-std/assert/mod.js";
import { fuseMatMuls, isTransposedProduct, type TransposedProduct } from "../../lib/tensorflow/binding/fuse_matmuls.ts";

const bool = (name: string, value: boolean) => ({ name, type: 3, value });

/** One block of so many rows. */
const product = (rows: number, m: number, n: number): TransposedProduct => ({
  left: [{ output: Uint8Array.of(rows), shape: [rows, m] }],
  right: [{ output: Uint8Array.of(rows), shape: [rows, n] }],
});

Deno.test("isTransposedProduct() knows the gradient of a dense layer's kernel by its attributes", () => {
  const named = (x: boolean, y: boolean) => [bool("adj_x", x), bool("adj_y", y)];
  assertEquals(isTransposedProduct("BatchMatMulV2", named(true, false)), true);
  assertEquals(isTransposedProduct("BatchMatMulV2", named(false, false)), false);
  assertEquals(isTransposedProduct("BatchMatMulV2", named(true, true)), false);
  assertEquals(isTransposedProduct("Conv2D", named(true, false)), false);
});

Deno.test("fuseMatMuls() stacks operands, in order, where that copies less than a sum adds", () => {
  const joined = fuseMatMuls(product(64, 784, 400), product(60, 784, 400))!;
  assertEquals(joined.left.map(({ shape }) => shape), [[64, 784], [60, 784]]);
  assertEquals(joined.right.map(({ shape }) => shape), [[64, 400], [60, 400]]);
  assertEquals(fuseMatMuls(joined, product(4, 784, 400))!.left.length, 3);
  assertEquals(fuseMatMuls(product(64, 400, 20), product(64, 400, 20)), undefined);
  assertEquals(fuseMatMuls(product(1, 784, 400), product(1, 400, 784)), undefined);
});
