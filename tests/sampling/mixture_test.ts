/** The mixture against scikit-learn's, and its samples against the density they are drawn from. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { fitGaussianMixture, mixtureLogDensity, sampleMixture } from "../../lib/sampling/mod.ts";
import reference from "../evaluation/reference/reference.json" with { type: "json" };

const rows = Float32Array.from(reference.mixture.rows.flat());
const fit = () => fitGaussianMixture(rows, 2, { components: 2, tolerance: 1e-8, iterations: 1000 });

Deno.test("fitGaussianMixture() finds what scikit-learn finds", () => {
  const { mixture, logDensity } = fit();
  assertAlmostEquals(logDensity, reference.mixture.logDensity, 1e-5);
  reference.mixture.means.forEach((mean, k) => {
    const ours = mixture.means.findIndex((candidate) => Math.abs(candidate[0]! - mean[0]!) < 0.5);
    assertAlmostEquals(mixture.weights[ours]!, reference.mixture.weights[k]!, 1e-3);
    assertAlmostEquals(mixture.means[ours]![1]!, mean[1]!, 1e-2);
    const [[a], [b, c]] = mixture.factors[ours] as [[number], [number, number]];
    const covariance = [[a * a, a * b], [a * b, b * b + c * c]];
    covariance.flat().forEach((value, i) =>
      assertAlmostEquals(value, reference.mixture.covariances[k]!.flat()[i]!, 1e-2)
    );
  });
});

Deno.test("fitGaussianMixture() gives the same mixture for the same seed", () => {
  assertEquals(fit().mixture, fit().mixture);
});

Deno.test("fitGaussianMixture() takes fewer components for few rows, and copes with rows that are all the same", () => {
  assertEquals(fitGaussianMixture(rows.subarray(0, 30), 2).mixture.weights.length, 1);
  const same = fitGaussianMixture(new Float32Array(100).fill(3), 2, { components: 2 });
  assert(Number.isFinite(same.logDensity));
  assertThrows(() => fitGaussianMixture(rows.subarray(0, 2), 2), RangeError, "at least 2");
});

Deno.test("sampleMixture() draws what the mixture describes", () => {
  const { mixture, logDensity } = fit();
  const samples = sampleMixture(mixture, 5, 4000);
  assertAlmostEquals(mixtureLogDensity(mixture, samples), logDensity, 0.05);
  const again = fitGaussianMixture(samples, 2, { components: 2 });
  assertAlmostEquals(Math.max(...again.mixture.weights), Math.max(...mixture.weights), 0.03);
});

Deno.test("sampleMixture() gives sample i by seed and number alone, and the means at temperature 0", () => {
  const { mixture } = fit();
  const whole = sampleMixture(mixture, 9, 10);
  assertEquals(sampleMixture(mixture, 9, 4, { first: 6 }), whole.subarray(12));
  const still = sampleMixture(mixture, 9, 10, { temperature: 0 });
  const means = mixture.means.map((mean) => Float32Array.from(mean).join());
  for (let i = 0; i < 10; i++) assert(means.includes(still.subarray(2 * i, 2 * i + 2).join()));
});
