import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import { fitPlane, projectUmap } from "../../lib/evaluation/mod.ts";
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

Deno.test("projectUmap() keeps clusters apart, the same way for the same seed", async () => {
  const far = samplePrior(2, 60, 5).map((value, i) => 0.2 * value + (Math.floor(i / 5) < 30 ? 0 : 8));
  const seen: number[] = [];
  const { points } = await projectUmap(far, 5, { seed: 3, onProgress: (done) => seen.push(done) });
  const again = await projectUmap(far, 5, { seed: 3 });
  assertEquals(points, again.points);
  assert(seen.length > 3);
  const distance = (a: number, b: number) =>
    Math.hypot(points[2 * a]! - points[2 * b]!, points[2 * a + 1]! - points[2 * b + 1]!);
  for (let i = 0; i < 60; i++) {
    const others = Array.from({ length: 60 }, (_, j) => j).filter((j) => j !== i);
    const nearest = others.reduce((a, b) => distance(i, a) < distance(i, b) ? a : b);
    assertEquals(nearest < 30, i < 30, `point ${i} lies by point ${nearest}`);
  }
});

Deno.test("projectUmap() stops when asked, and refuses too few rows", async () => {
  const stop = new AbortController();
  const running = projectUmap(samplePrior(1, 3000, 10), 10, { signal: stop.signal });
  setTimeout(() => stop.abort(new Error("stopped")), 50);
  await assertRejects(() => running, Error, "stopped");
  await assertRejects(() => projectUmap(noise.subarray(0, 20), 2), RangeError, "more than 15");
});
