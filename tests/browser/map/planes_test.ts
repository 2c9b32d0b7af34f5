import { assert, assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import { latentPlane, openingAxes, pcaPlane, turnAlike, umapPlane } from "../../../lib/browser/map/planes.ts";

/** Spread 3 along (1, 1, 0, 0) / √2 and 1 along the third axis; the fourth is nearly still. */
function flatMap(count = 400) {
  const latents = new Float32Array(count * 4);
  for (let row = 0; row < count; row++) {
    const along = 3 * Math.sin(row);
    latents.set(
      [along / Math.SQRT2 + 5, along / Math.SQRT2, Math.sin(row * 2.3 + 1), 0.01 * Math.sin(row * 7)],
      row * 4,
    );
  }
  return { count, latentDim: 4, latents, labels: new Uint8Array(count) };
}

Deno.test("latentPlane() shows two latents as they are, of any z too", () => {
  const { points, place } = latentPlane(flatMap(2), 2, 3);
  assertEquals(points, flatMap(2).latents.filter((_, i) => i % 4 > 1));
  assertEquals(place([1, 2, 3, 4]), [3, 4]);
});

Deno.test("pcaPlane() is the plane in which the latents spread most, and places z where its picture would be", async () => {
  const map = flatMap();
  const { points, kept, place } = await pcaPlane(map);
  assert(kept! > 0.999);
  const spread = (offset: number) => {
    let sum = 0;
    for (let row = 0; row < map.count; row++) sum += points[row * 2 + offset]! ** 2;
    return Math.sqrt(sum / map.count);
  };
  assertAlmostEquals(spread(0), 3 / Math.SQRT2, 0.05);
  assertAlmostEquals(spread(1), 1 / Math.SQRT2, 0.05);
  assertEquals(place(map.latents.subarray(8, 12)), [points[4]!, points[5]!]);
});

Deno.test("pcaPlane() of one latent is a line", async () => {
  const map = { count: 2, latentDim: 1, latents: Float32Array.of(1, 2), labels: new Uint8Array(2) };
  assertEquals((await pcaPlane(map)).points, Float32Array.of(1, 1, 2, 2));
  assertEquals(openingAxes(map), { kind: "latents", x: 0, y: 0 });
});

Deno.test("turnAlike() mirrors points and places back to where they were", async () => {
  const plane = await pcaPlane(flatMap());
  const mirrored = plane.points.map((value, at) => at % 2 === 0 ? -value : value);
  const turned = turnAlike(plane, mirrored);
  assertEquals(turned.points, mirrored);
  assertEquals(turned.place([5, 0, 1, 0])[0], -plane.place([5, 0, 1, 0])[0]);
});

Deno.test("umapPlane() places a picture on itself, and z between its neighbours", () => {
  const map = flatMap(40);
  const points = Float32Array.from({ length: 80 }, (_, i) => Math.cos(i) * 9);
  const { place } = umapPlane(map, points);
  const [x, y] = place(map.latents.subarray(12, 16));
  assertAlmostEquals(x, points[6]!, 1e-3);
  assertAlmostEquals(y, points[7]!, 1e-3);
  assert(place([5.1, 0.2, 0.3, 0]).every((value) => Math.abs(value) < 9));
});
