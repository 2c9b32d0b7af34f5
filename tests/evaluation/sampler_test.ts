import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { fitMapMixture, openSampler, readMap } from "../../lib/evaluation/mod.ts";
import { samplePrior } from "../../lib/latent/mod.ts";
import type { ModelDocument } from "../../lib/model/mod.ts";
import { writeMap } from "../../lib/pipeline/pictures.ts";

/** Two clusters of means at -2 and 2 in the first of two latents; every posterior has a standard deviation of 0.5. */
const COUNT = 400;
const mu = samplePrior(4, COUNT, 2).map((value, i) => 0.3 * value + (i % 2 === 0 ? (i % 4 === 0 ? -2 : 2) : 0));
const map = writeMap(mu, Uint8Array.from({ length: COUNT }, (_, i) => i % 2), 2);
const spreadOf = (d: number) => {
  const column = mu.filter((_, i) => i % 2 === d);
  const mean = column.reduce((sum, value) => sum + value, 0) / COUNT;
  return column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / COUNT;
};
const document = {
  name: "two",
  files: { "map.bin": { sha256: "", bytes: map.length } },
  latents: [{ shape: [2], statistics: { standardDeviation: [0, 1].map((d) => Math.sqrt(spreadOf(d) + 0.25)) } }],
} as unknown as ModelDocument;

Deno.test("readMap() reads what a published model's map holds, and refuses another length", () => {
  const read = readMap(map, 2);
  assertEquals(read.count, COUNT);
  assertEquals(read.mu, mu);
  assertEquals([...read.labels.subarray(0, 4)], [0, 1, 0, 1]);
  assertThrows(() => readMap(map.subarray(1), 2), LatentboardError, "wrong length");
});

Deno.test("openSampler() draws by the mixture where the pictures are, with their posteriors' spread", async () => {
  const draw = await openSampler("gmm", document, () => Promise.resolve(map));
  const drawn = draw(1, 4000);
  const column = (d: number) => drawn.filter((_, i) => i % 2 === d);
  const variance = (values: Float32Array) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  };
  for (const d of [0, 1]) assertAlmostEquals(variance(column(d)), spreadOf(d) + 0.25, 0.12 * (spreadOf(d) + 0.25));
  // Between the clusters lies the hole that the prior fills: under 0.58 deviations of a cluster reach it from either side.
  const inHole = column(0).filter((value) => Math.abs(value) < 0.5).length / 4000;
  const byPrior = (await openSampler("prior", document, () => Promise.reject(new Error("not read"))))(1, 4000);
  assert(inHole < 0.02, `${inHole} of the mixture's draws are in the hole`);
  assert(byPrior.filter((value, i) => i % 2 === 0 && Math.abs(value) < 0.5).length / 4000 > 0.35);
});

Deno.test("openSampler() gives sample i by seed and number alone", async () => {
  const draw = await openSampler("gmm", document, () => Promise.resolve(map));
  assertEquals(draw(9, 5).subarray(6), draw(9, 2, { first: 3 }));
});

Deno.test("openSampler() refuses a mixture for a model without a map", async () => {
  const bare = { ...document, files: {} };
  const open = () => openSampler("gmm", bare, () => Promise.resolve(map));
  await assertRejects(open, LatentboardError, 'The model "two" has no map.bin');
  assertThrows(() => fitMapMixture(document, map.subarray(0, 0)), LatentboardError, "too few pictures");
});
