/** The metrics against NumPy, SciPy, scikit-learn and scikit-image (reference/make.py) and against closed forms. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import {
  activeUnitsByVariance,
  frechetDistance,
  linearProbeAccuracy,
  maximumMeanDiscrepancy,
  mutualInformationGap,
  nearestNeighbourAccuracy,
} from "../../lib/evaluation/mod.ts";
import { meanSquaredError, peakSignalToNoise, structuralSimilarity } from "../../lib/imaging/mod.ts";
import reference from "./reference/reference.json" with { type: "json" };

const floats = (rows: number[][]) => Float32Array.from(rows.flat());

Deno.test("frechetDistance() agrees with SciPy's matrix square root", () => {
  const { a, b, distance } = reference.frechet;
  assertAlmostEquals(frechetDistance(floats(a), floats(b), 4), distance, 1e-4);
});

Deno.test("frechetDistance() is zero for a set and itself", () => {
  const a = floats(reference.frechet.a);
  assertAlmostEquals(frechetDistance(a, a, 4), 0, 1e-9);
});

Deno.test("frechetDistance() copes with a feature that never changes", () => {
  const a = floats(reference.frechet.a.map(([x, y]) => [x!, y!, 1, 1]));
  assertAlmostEquals(frechetDistance(a, a, 4), 0, 1e-6);
});

Deno.test("maximumMeanDiscrepancy() agrees with NumPy", () => {
  const { a, b } = reference.frechet;
  assertAlmostEquals(maximumMeanDiscrepancy(floats(a), floats(b), 4), reference.mmd, 1e-5);
});

Deno.test("maximumMeanDiscrepancy() refuses a single row", () => {
  assertThrows(() => maximumMeanDiscrepancy(new Float32Array(4), new Float32Array(8), 4), Error, "two rows");
});

for (const picture of [reference.ssim_grey, reference.ssim_colour]) {
  Deno.test(`structuralSimilarity() agrees with scikit-image on ${picture.shape.join("×")}`, () => {
    const [height, width, channels = 1] = picture.shape as [number, number, number?];
    const [a, b] = [Uint8Array.from(picture.a), Uint8Array.from(picture.b)];
    assertAlmostEquals(structuralSimilarity(a, b, { height, width, channels }), picture.ssim, 1e-6);
    assertAlmostEquals(structuralSimilarity(a, a, { height, width, channels }), 1, 1e-12);
  });
}

Deno.test("structuralSimilarity() refuses a picture smaller than its window", () => {
  const tiny = new Uint8Array(64);
  assertThrows(() => structuralSimilarity(tiny, tiny, { height: 8, width: 8, channels: 1 }), RangeError, "11×11");
});

Deno.test("meanSquaredError() and peakSignalToNoise() follow their definitions", () => {
  const mse = meanSquaredError(Uint8Array.of(0, 255), Uint8Array.of(51, 255));
  assertAlmostEquals(mse, 0.02, 1e-12);
  assertAlmostEquals(peakSignalToNoise(mse), 16.9897, 1e-4);
  assertEquals(peakSignalToNoise(0), Infinity);
  assertThrows(() => meanSquaredError(new Uint8Array(1), new Uint8Array(2)), RangeError);
});

const { values, labels, train } = reference.probes;
const part = (from: number, to?: number) => ({
  values: floats(values.slice(from, to)),
  labels: Uint8Array.from(labels.slice(from, to)),
  dimensions: 5,
});

Deno.test("nearestNeighbourAccuracy() agrees with scikit-learn", () => {
  assertAlmostEquals(nearestNeighbourAccuracy(part(0, train), part(train), 5), reference.probes.knn, 1e-12);
});

Deno.test("nearestNeighbourAccuracy() is 1 on the rows it was given, with one neighbour", () => {
  assertEquals(nearestNeighbourAccuracy(part(0), part(0), 1), 1);
});

Deno.test("linearProbeAccuracy() agrees with scikit-learn's ridge classifier", () => {
  assertAlmostEquals(linearProbeAccuracy(part(0, train), part(train), 3), reference.probes.linear, 1e-12);
});

Deno.test("mutualInformationGap() agrees with scikit-learn's mutual information", () => {
  assertAlmostEquals(mutualInformationGap(part(0)), reference.mig, 1e-9);
});

Deno.test("mutualInformationGap() is 1 when one latent is the factor and the others say nothing", () => {
  const count = 200;
  const known = Uint8Array.from({ length: count }, (_, i) => i % 4);
  const latents = Float32Array.from({ length: 2 * count }, (_, i) => i % 2 === 0 ? known[i >> 1]! : 0);
  assertAlmostEquals(mutualInformationGap({ values: latents, labels: known, dimensions: 2 }), 1, 1e-12);
  assert(Number.isNaN(mutualInformationGap({ values: latents, labels: new Uint8Array(count), dimensions: 2 })));
});

Deno.test("activeUnitsByVariance() counts the latents whose mu varies", () => {
  const mu = Float32Array.from(
    { length: 300 },
    (_, i) => i % 3 === 0 ? Math.sin(i) : i % 3 === 1 ? 0.05 * Math.sin(i) : 4,
  );
  assertEquals(activeUnitsByVariance({ count: 100, latentDim: 3, mu, logvar: new Float32Array(300) }), 1);
});
