import { assert, assertAlmostEquals, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { type LatentMap, samplePrior } from "../../lib/latent/mod.ts";
import type { ModelDocument } from "../../lib/model/mod.ts";
import { SAMPLERS } from "../../lib/sampling/mod.ts";

/** Two clusters of means at -2 and 2 in the first of two latents; every posterior has a standard deviation of 0.5. */
const COUNT = 400;
const mu = samplePrior(4, COUNT, 2).map((value, i) => 0.3 * value + (i % 2 === 0 ? (i % 4 === 0 ? -2 : 2) : 0));
const map: LatentMap = { count: COUNT, latentDim: 2, latents: mu, labels: new Uint8Array(COUNT) };
const readMap = () => Promise.resolve(map);
const spreadOf = (d: number) => {
  const column = mu.filter((_, i) => i % 2 === d);
  const mean = column.reduce((sum, value) => sum + value, 0) / COUNT;
  return column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / COUNT;
};
const document = {
  name: "two",
  files: { "map.bin": { sha256: "", bytes: 1 } },
  latents: [{
    kind: "gaussian",
    shape: [2],
    statistics: { standardDeviation: [0, 1].map((d) => Math.sqrt(spreadOf(d) + 0.25)) },
  }],
} as unknown as ModelDocument;

Deno.test("SAMPLERS.gmm draws where the pictures are, with their posteriors' spread", async () => {
  const drawn = await (await SAMPLERS.gmm.fit({ document, readMap })).sample(1, 4000);
  const column = (d: number) => drawn.filter((_, i) => i % 2 === d);
  const variance = (values: Float32Array) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  };
  for (const d of [0, 1]) assertAlmostEquals(variance(column(d)), spreadOf(d) + 0.25, 0.12 * (spreadOf(d) + 0.25));
  // Between the clusters lies the hole that the prior fills: under 0.58 deviations of a cluster reach it from either side.
  const inHole = column(0).filter((value) => Math.abs(value) < 0.5).length / 4000;
  const prior = await SAMPLERS.prior.fit({ document, readMap: () => Promise.reject(new Error("not read")) });
  const byPrior = await prior.sample(1, 4000);
  assert(inHole < 0.02, `${inHole} of the mixture's draws are in the hole`);
  assert(byPrior.filter((value, i) => i % 2 === 0 && Math.abs(value) < 0.5).length / 4000 > 0.35);
});

Deno.test("every sampler gives sample i by seed and number alone", async () => {
  for (const sampler of Object.values(SAMPLERS)) {
    const latents = await sampler.fit({ document, readMap });
    assertEquals((await latents.sample(9, 5)).subarray(6), await latents.sample(9, 2, { first: 3 }));
  }
});

Deno.test("SAMPLERS.gmm refuses a model whose map is missing or has too few pictures", async () => {
  const bare = { ...document, files: {} };
  await assertRejects(
    () => SAMPLERS.gmm.fit({ document: bare, readMap }),
    LatentboardError,
    'The model "two" has no map.bin to fit a mixture to: use the prior',
  );
  const few = { ...map, count: 1, latents: mu.subarray(0, 2) };
  await assertRejects(
    () => SAMPLERS.gmm.fit({ document, readMap: () => Promise.resolve(few) }),
    LatentboardError,
    "too few pictures",
  );
});
