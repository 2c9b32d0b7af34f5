import { assertEquals } from "deno-std/assert/mod.js";
import { LatencyWindow } from "../../lib/browser/latency.ts";

Deno.test("LatencyWindow has no summary before the first measurement", () => {
  assertEquals(new LatencyWindow(4).summary(), undefined);
});

Deno.test("LatencyWindow summary() gives nearest-rank percentiles", () => {
  const window = new LatencyWindow(200);
  for (let value = 100; value >= 1; value--) window.add(value);
  assertEquals(window.summary(), { count: 100, p50: 50, p95: 95 });
});

Deno.test("LatencyWindow forgets the oldest when full", () => {
  const window = new LatencyWindow(3);
  for (const value of [1000, 1, 2, 3]) window.add(value);
  assertEquals(window.summary(), { count: 3, p50: 2, p95: 3 });
});
