/** The bound on a model whose likelihood is known: p(z) = N(0, 1), p(x | z) = N(a z + b, s²), so p(x) = N(b, a² + s²). */
import { assert, assertAlmostEquals, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { importanceWeightedBound, type LogLikelihood } from "../../lib/evaluation/mod.ts";

const [a, b, s] = [1.5, -0.3, 0.7];
const pictures = Float64Array.of(-2, -0.5, 0.1, 1.7);
const LOG_2PI = Math.log(2 * Math.PI);
const logNormal = (x: number, mean: number, variance: number) =>
  -0.5 * (LOG_2PI + Math.log(variance) + (x - mean) ** 2 / variance);
const exact = pictures.map((x) => logNormal(x, b, a * a + s * s));

const decoder: LogLikelihood = (z, count, picture) =>
  Promise.resolve(Float32Array.from({ length: count }, (_, i) => logNormal(pictures[picture]!, a * z[i]! + b, s * s)));

/** The exact posterior, or one off by `shift` and wider by `widen` in log variance. */
function posteriors(shift = 0, widen = 0) {
  const variance = 1 / (1 + a * a / (s * s));
  return {
    count: pictures.length,
    latentDim: 1,
    mu: Float32Array.from(pictures, (x) => variance * a * (x - b) / (s * s) + shift),
    logvar: new Float32Array(pictures.length).fill(Math.log(variance) + widen),
  };
}

Deno.test("importanceWeightedBound() is exact with one sample when the posterior is exact", async () => {
  const { values } = await importanceWeightedBound(posteriors(), decoder, { samples: 1, seed: 3 });
  values.forEach((value, i) => assertAlmostEquals(value, exact[i]!, 1e-5));
});

Deno.test("importanceWeightedBound() approaches the likelihood from below as samples grow", async () => {
  const off = posteriors(0.5, 0.6);
  const mean = exact.reduce((sum, value) => sum + value, 0) / exact.length;
  // one sample, averaged over seeds, is the ELBO: log p(x) − KL(q ‖ posterior)
  const variance = 1 / (1 + a * a / (s * s));
  const kl = 0.5 * (Math.exp(0.6) + 0.25 / variance - 1 - 0.6);
  let elbo = 0;
  for (let seed = 0; seed < 400; seed++) {
    elbo += (await importanceWeightedBound(off, decoder, { samples: 1, seed })).mean / 400;
  }
  assertAlmostEquals(elbo, mean - kl, 0.1);
  const many = await importanceWeightedBound(off, decoder, { samples: 20_000, seed: 1 });
  assertAlmostEquals(many.mean, mean, 0.01);
  assert(elbo < many.mean);
});

Deno.test("importanceWeightedBound() gives the same figure whatever the batch, and another for another seed", async () => {
  const off = posteriors(0.2, 0.3);
  const whole = await importanceWeightedBound(off, decoder, { samples: 100, seed: 1, batch: 100 });
  const parts = await importanceWeightedBound(off, decoder, { samples: 100, seed: 1, batch: 7 });
  const other = await importanceWeightedBound(off, decoder, { samples: 100, seed: 2 });
  assertAlmostEquals(whole.mean, parts.mean, 1e-9);
  assert(Math.abs(whole.mean - other.mean) > 1e-6);
});

Deno.test("importanceWeightedBound() survives log-likelihoods far below what exp can hold", async () => {
  const far: LogLikelihood = (_z, count) => Promise.resolve(new Float32Array(count).fill(-20_000));
  const { mean, standardError } = await importanceWeightedBound(
    { ...posteriors(), mu: new Float32Array(4), logvar: new Float32Array(4) },
    far,
    {
      samples: 10,
      seed: 1,
    },
  );
  assertEquals(mean, -20_000);
  assertEquals(standardError, 0);
});

Deno.test("importanceWeightedBound() reports progress and stops when asked", async () => {
  const done: number[] = [];
  const stop = new AbortController();
  const onProgress = (count: number) => {
    done.push(count);
    if (count === 2) stop.abort();
  };
  const running = importanceWeightedBound(posteriors(), decoder, {
    samples: 5,
    seed: 1,
    onProgress,
    signal: stop.signal,
  });
  await assertRejects(() => running, DOMException);
  assertEquals(done, [1, 2]);
});

Deno.test("importanceWeightedBound() refuses no samples", async () => {
  await assertRejects(
    () => importanceWeightedBound(posteriors(), decoder, { samples: 0, seed: 1 }),
    RangeError,
    "from 1",
  );
});
