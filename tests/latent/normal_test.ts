import { assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import fc from "fast-check";
import { normalQuantile } from "../../lib/latent/mod.ts";

Deno.test("normalQuantile() gives the published values", () => {
  // AS 241's own test values, then more digits by another implementation of it
  const expected: [number, number][] = [
    [0.25, -0.6744897501960817],
    [0.001, -3.090232306167814],
    [1e-20, -9.262340089798408],
    [0.975, 1.959963984540054],
    [1e-300, -37.0470962993612],
  ];
  for (const [p, z] of expected) assertAlmostEquals(normalQuantile(p), z, Math.abs(z) * 1e-14);
  assertEquals(normalQuantile(0.5), 0);
});

Deno.test("normalQuantile() is odd about one half and grows with p", () => {
  const exact = fc.integer({ min: 1, max: 2 ** 30 - 1 }).map((k) => k / 2 ** 30); // 1 - p is exact
  fc.assert(fc.property(exact, exact, (p, q) => {
    assertEquals(normalQuantile(1 - p), 0 - normalQuantile(p));
    if (p < q) assertEquals(normalQuantile(p) < normalQuantile(q), true);
  }));
});

Deno.test("normalQuantile() refuses what is no probability between 0 and 1", () => {
  for (const p of [0, 1, -0.1, 1.1, NaN]) assertThrows(() => normalQuantile(p), RangeError, "between 0 and 1");
});
