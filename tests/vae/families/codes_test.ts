/** Codes against the arithmetic that they stand for. */
import { assert, assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import { sampleLatents, samplePrior } from "../../../lib/latent/mod.ts";
import { perplexity } from "../../../lib/vae/families/codes.ts";
import { buildModel, initialParameters, parseConfig, plainOps } from "../../../lib/vae/mod.ts";
import { numbersOf, tensorsOf, tf, wave } from "../_tensors.ts";

Deno.test("an FSQ model's loss is that of the pictures that its exported codes decode to, plus the codes' length", () => {
  const model = buildModel(parseConfig({
    data: { imageSize: 8 },
    architecture: { kind: "mlp", hidden: [6], activation: "tanh" },
    latentDim: 3,
    family: { kind: "fsq", levels: [4, 3] },
  }));
  const spread = Object.entries(initialParameters(model, 1)).map(([name, { shape, data }]) =>
    [name, { shape, data: data.map((value) => 4 * value) }] as const
  );
  const parameters = tensorsOf(Object.fromEntries(spread));
  const images = tf.tensor(wave(20 * 64).map((value) => (value + 1) / 2), [20, 8, 8, 1]);
  const { mu } = model.encode(plainOps, parameters, images);
  const codes = numbersOf(mu);
  assert(codes.every((code) => Number.isInteger(code) && code >= 0 && code < 12) && new Set(codes).size > 3);
  const out = model.decode(plainOps, parameters, mu);
  const expected = numbersOf(model.likelihood.negativeLog(plainOps, out, images, (terms) => tf.sum(terms)))[0]! / 20;
  const shards = [{ images, noise: tf.zeros([20, 0]) }];
  const { loss, kl } = model.loss(plainOps, parameters, shards, { beta: tf.scalar(1), training: false });
  assertAlmostEquals(numbersOf(kl)[0]!, 3 * Math.log(12), 1e-5);
  assertAlmostEquals(numbersOf(loss)[0]!, expected + 3 * Math.log(12), 1e-3);
});

Deno.test("perplexity() counts the values in use", () => {
  assertAlmostEquals(numbersOf(perplexity(plainOps, tf.tensor2d([[0, 3], [0, 3]]), 5))[0]!, 2, 1e-5);
  assertAlmostEquals(numbersOf(perplexity(plainOps, tf.tensor2d([[4, 4], [4, 4]]), 5))[0]!, 1, 1e-5);
});

Deno.test("sampleLatents() draws every value of a code, and continuous numbers as samplePrior() does", () => {
  const drawn = sampleLatents(1, 600, [0, 3]), normal = samplePrior(1, 600, 2);
  const counts = [0, 0, 0];
  for (let i = 0; i < 600; i++) {
    assertEquals(drawn[2 * i], normal[2 * i]);
    counts[drawn[2 * i + 1]!]!++;
  }
  assert(counts.every((count) => Math.abs(count - 200) < 60), String(counts));
});
