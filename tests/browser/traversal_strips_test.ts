import { assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import { STRIP_CELLS, stripLatents, stripValue } from "../../lib/browser/traversal_strips.ts";

const dimension = (index: number, minimum: number, maximum: number) => ({
  index,
  kl: 1,
  mean: 0,
  standardDeviation: 1,
  minimum,
  maximum,
  active: true,
});

Deno.test("stripValue() shows the middle of each cell's share of the range", () => {
  const range = dimension(0, -2.5, 2.5);
  assertEquals(Array.from({ length: STRIP_CELLS }, (_, cell) => stripValue(range, cell)), [-2, -1, 0, 1, 2]);
});

Deno.test("stripLatents() moves one dimension a row and leaves the others", () => {
  const rows = stripLatents([0.5, -1, 2], [dimension(2, -1, 1), dimension(0, 0, 5)]);
  assertEquals(rows.length, 2 * STRIP_CELLS);
  assertEquals(rows.slice(0, STRIP_CELLS).map((row) => row.slice(0, 2)), Array(STRIP_CELLS).fill([0.5, -1]));
  assertEquals(rows.slice(STRIP_CELLS).map((row) => row[0]), [0.5, 1.5, 2.5, 3.5, 4.5]);
  assertAlmostEquals(rows[0]![2]!, -4 / 5, 1e-4);
});
