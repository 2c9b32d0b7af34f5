import { assert, assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { project, sheetCell } from "../../lib/browser/latent_map.ts";
import { parseLatentMap } from "../../lib/latent/mod.ts";

Deno.test("parseLatentMap() reads little-endian latents and then labels", () => {
  const buffer = new ArrayBuffer(2 * (3 * 4 + 1));
  const view = new DataView(buffer);
  [1, 2, 3, 4, 5, 6].forEach((value, index) => view.setFloat32(index * 4, value, true));
  view.setUint8(24, 7);
  view.setUint8(25, 9);
  const map = parseLatentMap(new Uint8Array(buffer), 3);
  assertEquals([map.count, [...map.latents], [...map.labels]], [2, [1, 2, 3, 4, 5, 6], [7, 9]]);
});

Deno.test("parseLatentMap() refuses a length that does not fit", () => {
  assertThrows(() => parseLatentMap(new Uint8Array(27), 3), RangeError, "27 bytes");
});

Deno.test("project() shows two latents as they are", () => {
  const latents = new Float32Array([1, 2, 3, 4]);
  assertEquals(project({ count: 2, latentDim: 2, latents, labels: new Uint8Array(2) }), { points: latents, kept: 1 });
});

Deno.test("project() finds the plane in which the latents spread most", () => {
  // Spread 3 along (1, 1, 0, 0) / √2 and 1 along the third axis; the fourth is nearly still.
  const count = 400;
  const latents = new Float32Array(count * 4);
  for (let row = 0; row < count; row++) {
    const along = 3 * Math.sin(row);
    latents.set(
      [along / Math.SQRT2 + 5, along / Math.SQRT2, Math.sin(row * 2.3 + 1), 0.01 * Math.sin(row * 7)],
      row * 4,
    );
  }
  const { points, kept } = project({ count, latentDim: 4, latents, labels: new Uint8Array(count) });
  assert(kept > 0.999);
  const spread = (offset: number) => {
    let sum = 0;
    for (let row = 0; row < count; row++) sum += points[row * 2 + offset]! ** 2;
    return Math.sqrt(sum / count);
  };
  assertAlmostEquals(spread(0), 3 / Math.SQRT2, 0.05);
  assertAlmostEquals(spread(1), 1 / Math.SQRT2, 0.05);
});

Deno.test("sheetCell() walks the sheet row by row", () => {
  assertEquals([0, 3, 4].map((index) => sheetCell(index, 112, { width: 28, height: 20 })), [
    { x: 0, y: 0 },
    { x: 84, y: 0 },
    { x: 0, y: 20 },
  ]);
});
