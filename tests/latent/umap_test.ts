import { assert, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { samplePrior } from "../../lib/latent/mod.ts";
import { projectUmap } from "../../lib/latent/umap.ts";

Deno.test("projectUmap() keeps clusters apart, the same way for the same seed", async () => {
  const far = samplePrior(2, 60, 5).map((value, i) => 0.2 * value + (Math.floor(i / 5) < 30 ? 0 : 8));
  const seen: number[] = [];
  const points = await projectUmap(far, 5, { seed: 3, onProgress: (done) => seen.push(done) });
  const again = await projectUmap(far, 5, { seed: 3 });
  assertEquals(points, again);
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
  await assertRejects(() => projectUmap(samplePrior(1, 10, 2), 2), RangeError, "more than 15");
});
