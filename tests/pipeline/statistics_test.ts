import { assert, assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import { samplePrior } from "../../lib/latent/mod.ts";
import { labelMeans, latentStatistics, quantileOf } from "../../lib/pipeline/statistics.ts";

Deno.test("latentStatistics() of posteriors that are the prior: no KL, mean 0, deviation 1, normal quantiles", () => {
  const count = 20_000;
  const zeros = new Float32Array(count * 2);
  const { kl, mean, standardDeviation, quantiles } = latentStatistics(
    { count, latentDim: 2, mu: zeros, logvar: zeros },
    1,
  );
  assertEquals([kl, mean, standardDeviation], [[0, 0], [0, 0], [1, 1]]);
  const expected = [-2.576, -1.96, -0.674, 0, 0.674, 1.96, 2.576];
  for (const values of quantiles.values) {
    for (const [i, value] of values.entries()) assertAlmostEquals(value, expected[i]!, 0.08);
  }
});

Deno.test("latentStatistics() gives the moments of the mixture, by hand", () => {
  // two pictures: N(1, 1) and N(-3, e)
  const posteriors = { count: 2, latentDim: 1, mu: Float32Array.of(1, -3), logvar: Float32Array.of(0, 1) };
  const { kl, mean, standardDeviation } = latentStatistics(posteriors, 1);
  assertAlmostEquals(kl[0]!, (0.5 * 1 + 0.5 * (9 + Math.E - 1 - 1)) / 2, 1e-6);
  assertAlmostEquals(mean[0]!, -1, 1e-6);
  assertAlmostEquals(standardDeviation[0]!, Math.sqrt((1 + 1 + 9 + Math.E) / 2 - 1), 1e-6);
});

Deno.test("latentStatistics() orders quantiles and gives the same for the same seed", () => {
  const mu = samplePrior(5, 300, 3);
  const posteriors = { count: 300, latentDim: 3, mu, logvar: new Float32Array(900).fill(-2) };
  const first = latentStatistics(posteriors, 9);
  assertEquals(latentStatistics(posteriors, 9), first);
  for (const values of first.quantiles.values) {
    assert(values.every((value, i) => i === 0 || value >= values[i - 1]!));
  }
});

Deno.test("quantileOf() interpolates between neighbours", () => {
  assertEquals([0, 0.25, 0.5, 1].map((p) => quantileOf([1, 2, 3, 4, 5], p)), [1, 2, 3, 5]);
  assertAlmostEquals(quantileOf([0, 10], 0.3), 3);
  assertEquals(quantileOf([7], 0.9), 7);
});

Deno.test("labelMeans() averages mu by label and leaves out labels without pictures", () => {
  const mu = Float32Array.of(1, 2, 3, 4, 5, 6);
  assertEquals(labelMeans(mu, Uint8Array.of(0, 2, 0), ["shirt", "bag", "boot"]), [
    { name: "shirt", mean: [3, 4] },
    { name: "boot", mean: [3, 4] },
  ]);
});
