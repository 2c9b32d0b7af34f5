import { assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "deno-std/assert/mod.js";
import fc from "fast-check";
import { mutate, philox, priorGrid, samplePrior } from "../../lib/latent/mod.ts";

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

Deno.test("philox() gives Random123's known answers", () => {
  const all = 0xffffffff;
  assertEquals(philox([0, 0, 0, 0], [0, 0]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  assertEquals(philox([all, all, all, all], [all, all]), [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
  assertEquals(
    philox([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]),
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  );
});

Deno.test("samplePrior() gives the same numbers as ever", () => {
  const pinned = [1.227907657623291, 1.251833438873291, 0.21656405925750732, 0.55709308385849, 0.4454376995563507];
  assertEquals([...samplePrior(1, 1, 5)], pinned);
});

Deno.test("samplePrior() draws any sample without those before it", () => {
  fc.assert(fc.property(seeds, fc.nat(50), fc.integer({ min: 1, max: 9 }), (seed, first, latentDim) => {
    const all = samplePrior(seed, first + 2, latentDim);
    assertEquals(samplePrior(seed, 2, latentDim, { first }), all.slice(first * latentDim));
  }));
});

Deno.test("samplePrior() has the mean, variance and independence of the standard normal", () => {
  const count = 20000;
  const z = samplePrior(7, count, 2);
  const mean = (f: (i: number) => number) =>
    Array.from({ length: count }, (_, i) => f(i)).reduce((a, b) => a + b) / count;
  const x = (i: number) => z[2 * i]!;
  const y = (i: number) => z[2 * i + 1]!;
  const within = 4 / Math.sqrt(count); // four standard errors of a mean of unit variance
  assertAlmostEquals(mean(x), 0, within);
  assertAlmostEquals(mean((i) => x(i) ** 2), 1, within * Math.SQRT2);
  assertAlmostEquals(mean((i) => x(i) ** 4), 3, within * Math.sqrt(96));
  assertAlmostEquals(mean((i) => x(i) * y(i)), 0, within);
  assertAlmostEquals(mean((i) => Number(Math.abs(y(i)) < 1.959964)), 0.95, within * 0.218);
});

Deno.test("samplePrior() differs between seeds, also above 32 bits", () => {
  assertNotEquals(samplePrior(1, 1, 4), samplePrior(2, 1, 4));
  assertNotEquals(samplePrior(1, 1, 4), samplePrior(1 + 2 ** 32, 1, 4));
});

Deno.test("samplePrior() scales by the temperature and refuses what is out of range", () => {
  const z = samplePrior(3, 2, 3);
  assertEquals(samplePrior(3, 2, 3, { temperature: 0 }), new Float32Array(6));
  assertAlmostEquals(samplePrior(3, 2, 3, { temperature: 0.5 })[4]!, z[4]! / 2, 1e-7);
  assertThrows(() => samplePrior(-1, 1, 1), RangeError, "seed");
  assertThrows(() => samplePrior(0.5, 1, 1), RangeError, "seed");
  assertThrows(() => samplePrior(1, 1, 1, { temperature: NaN }), RangeError, "temperature");
});

Deno.test("mutate() keeps locked dimensions and, at amount 0, all of them", () => {
  const z = samplePrior(1, 1, 6);
  assertEquals(mutate(z, 5, { amount: 0 }), z);
  const moved = mutate(z, 5, { locked: [true, false, true] });
  assertEquals(moved.map((value, d) => Number(value === z[d])), Float32Array.of(1, 0, 1, 0, 0, 0));
});

Deno.test("mutate() leaves a prior sample at the prior's variance however often it is done", () => {
  let z: Float32Array = samplePrior(1, 1, 5000);
  for (let step = 0; step < 30; step++) z = mutate(z, step, { amount: 0.5 });
  assertAlmostEquals(z.reduce((sum, value) => sum + value * value, 0) / z.length, 1, 4 * Math.SQRT2 / Math.sqrt(5000));
});

Deno.test("mutate() draws other noise than samplePrior() does under the same seed", () => {
  assertNotEquals(mutate(new Float32Array(4), 9, { amount: 1 }), samplePrior(9, 1, 4));
});

Deno.test("priorGrid() lays the second latent from high to low and is symmetric", () => {
  const grid = priorGrid(3);
  const step = 0.967421566101701; // qnorm(5/6)
  const expected = [[-1, 1], [0, 1], [1, 1], [-1, 0], [0, 0], [1, 0], [-1, -1], [0, -1], [1, -1]].flat();
  for (const [i, sign] of expected.entries()) assertAlmostEquals(grid[i]!, sign * step, 1e-6);
  assertThrows(() => priorGrid(0), RangeError, "1 or more");
});
