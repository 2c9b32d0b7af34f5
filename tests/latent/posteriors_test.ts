import { assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import { activeUnits, encodeAll, klPerLatent } from "../../lib/latent/mod.ts";

Deno.test("klPerLatent() follows the closed form, and is zero at the prior", () => {
  const posteriors = {
    count: 2,
    latentDim: 2,
    mu: Float32Array.of(1, 0, -1, 0),
    logvar: Float32Array.of(0, 0, Math.log(2), 0),
  };
  // ½ (1 + 1 − 0 − 1) and ½ (1 + 2 − ln 2 − 1), averaged
  const [first, second] = klPerLatent(posteriors);
  assertAlmostEquals(first!, (0.5 + 0.5 * (2 - Math.log(2))) / 2, 1e-7);
  assertEquals(second, 0);
});

Deno.test("activeUnits() counts latents from 0.01 nats on", () => {
  assertEquals(activeUnits([0, 0.0099, 0.01, 3]), 2);
});

Deno.test("encodeAll() encodes in batches, in order, and can be stopped between two", async () => {
  const sizes: number[] = [];
  const encoder = {
    latentDim: 2,
    encode: (pixels: Uint8Array, count: number) => {
      sizes.push(count);
      const mu = Float32Array.from({ length: 2 * count }, (_, i) => pixels[i]!);
      return Promise.resolve({ mu, logvar: mu.map((value) => -value) });
    },
  };
  const pixels = Uint8Array.from({ length: 10 }, (_, i) => i);
  const done: number[] = [];
  const { count, mu, logvar } = await encodeAll(encoder, pixels, 5, { batchSize: 2, onBatch: (n) => done.push(n) });
  assertEquals([sizes, done], [[2, 2, 1], [0, 2, 4, 5]]);
  assertEquals([count, [...mu]], [5, [...pixels]]);
  assertEquals(logvar[9], -9);
});
