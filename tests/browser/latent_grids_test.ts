import { assertEquals, assertNotEquals } from "deno-std/assert/mod.js";
import { sampleGrid, traversalGrid } from "../../lib/browser/latent_grids.ts";

const dimension = (index: number, minimum: number, maximum: number) => ({
  index,
  kl: 1,
  mean: 0,
  standardDeviation: 1,
  minimum,
  maximum,
  active: true,
});

Deno.test("sampleGrid() gives the same cells for the same seed", () => {
  const options = { latentDim: 3, columns: 2, count: 4, temperature: 1 };
  const grid = sampleGrid(5, options);
  assertEquals(grid, sampleGrid(5, options));
  assertEquals(grid.cells.map((cell) => cell.length), [3, 3, 3, 3]);
  assertNotEquals(grid.cells, sampleGrid(6, options).cells);
});

Deno.test("traversalGrid() runs the first latent to the right and the second upwards, around z", () => {
  const grid = traversalGrid([9, 0, 0], dimension(1, -1, 1), dimension(2, -2, 2), 3);
  assertEquals(grid.cells[0], [9, -1, 2]);
  assertEquals(grid.cells[2], [9, 1, 2]);
  assertEquals(grid.cells[4], [9, 0, 0]);
  assertEquals(grid.cells[8], [9, 1, -2]);
  assertEquals(grid.names[8], "z1 1.00, z2 -2.00");
});
