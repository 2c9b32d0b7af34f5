import { assert, assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { fitPlane } from "../../lib/evaluation/mod.ts";
import { samplePrior } from "../../lib/latent/mod.ts";

/** Rows that vary by 3 along (3, 4, 0) / 5, by 1 along (0, 0, 1), and not at all otherwise. */
const noise = samplePrior(1, 200, 2);
const rows = Float32Array.from(
  { length: 600 },
  (_, i) =>
    [
      9 / 5 * noise[2 * Math.floor(i / 3)]!,
      12 / 5 * noise[2 * Math.floor(i / 3)]!,
      noise[2 * Math.floor(i / 3) + 1]!,
    ][i % 3]!,
);

Deno.test("fitPlane() finds the two directions that rows were made to vary in", () => {
  const plane = fitPlane(rows, 3);
  const points = plane.project(rows);
  const means = [0, 1].map((d) => noise.filter((_, i) => i % 2 === d).reduce((sum, value) => sum + value, 0) / 200);
  for (const d of [0, 1] as const) {
    const sign = Math.sign(points[d]! * (noise[d]! - means[d]!));
    // The directions are those of the sample, a little off the ones it was drawn by.
    for (let i = 0; i < 200; i++) {
      assertAlmostEquals(points[2 * i + d]!, sign * (noise[2 * i + d]! - means[d]!) * [3, 1][d]!, 0.35);
    }
  }
  const shares = plane.axes.map((axis) => Number(axis.match(/\((\d+) %/)![1]));
  assertEquals(shares[0]! + shares[1]!, 100);
  assert(shares[0]! > 85);
});

Deno.test("fitPlane() leaves two latents as they are, and refuses one", () => {
  const plane = fitPlane(noise, 2);
  assertEquals(plane.axes, ["z0", "z1"]);
  assertEquals(plane.project(noise), noise);
  assertThrows(() => fitPlane(noise, 1), RangeError, "two of each");
});
