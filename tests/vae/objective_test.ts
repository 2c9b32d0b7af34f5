import { assert, assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import {
  gaussianKl,
  klDivergence,
  likelihoodOf,
  parseConfig,
  plainOps,
  type Posterior,
  reconstructionOf,
  type ScoredPictures,
  type Tensor,
  type TensorOps,
} from "../../lib/vae/mod.ts";
import { numbersOf, tf } from "./_tensors.ts";

const scalarOf = (tensor: Tensor) => numbersOf(tensor)[0]!;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The loss of a VAE of its parts. */
function negativeElbo(
  objective: ReturnType<typeof parseConfig>["objective"],
  shards: readonly (ScoredPictures<Tensor> & { posterior: Posterior<Tensor> })[],
  beta: Tensor,
  ops = plainOps,
) {
  const reconstruction = reconstructionOf(ops, likelihoodOf(objective), shards);
  const parts = gaussianKl(ops, shards.map(({ posterior }) => posterior), objective.freeBits);
  return { ...parts, reconstruction, loss: tf.add(reconstruction, tf.mul(beta, parts.counted)) };
}

/** Two pictures of 1x2 pixels, two latents: small enough for a hand to check. */
const LOGITS = [[0.5, -2], [3, 0]];
const TARGETS = [[1, 0.25], [0.75, 0]];
const MU = [[1, 0], [0.5, -2]];
const LOGVAR = [[0, Math.log(4)], [Math.log(0.5), 0]];

function partsOf(
  objective: Record<string, unknown>,
  beta = 1,
  extra: { logvar?: Tensor } = {},
  ops: TensorOps = plainOps,
) {
  const picture = (rows: number[][]) => tf.tensor4d(rows.map((row) => [row.map((value) => [value])]));
  const shard = {
    out: { logits: picture(LOGITS), ...extra },
    x: picture(TARGETS),
    posterior: { mu: tf.tensor2d(MU), logvar: tf.tensor2d(LOGVAR) },
  };
  const parts = negativeElbo(parseConfig({ objective }).objective, [shard], tf.scalar(beta), ops);
  return {
    loss: scalarOf(parts.loss),
    reconstruction: scalarOf(parts.reconstruction),
    kl: scalarOf(parts.kl),
    klPerLatent: numbersOf(parts.klPerLatent),
  };
}

/** Sums over pixels, the mean over the two pictures. */
const expected = (error: (x: number, logit: number) => number) =>
  TARGETS.flatMap((row, i) => row.map((x, j) => error(x, LOGITS[i]![j]!))).reduce((a, b) => a + b, 0) / 2;
const bce = expected((x, l) => -(x * Math.log(sigmoid(l)) + (1 - x) * Math.log(1 - sigmoid(l))));
const mse = expected((x, l) => (x - sigmoid(l)) ** 2);

Deno.test("klDivergence() is that of two Gaussians in closed form", () => {
  const found = numbersOf(klDivergence(plainOps, { mu: tf.tensor2d(MU), logvar: tf.tensor2d(LOGVAR) }));
  const closed = MU.flatMap((row, i) =>
    row.map((mu, j) => {
      const deviation = Math.exp(LOGVAR[i]![j]! / 2);
      return -Math.log(deviation) + (deviation ** 2 + mu ** 2) / 2 - 1 / 2;
    })
  );
  found.forEach((value, i) => assertAlmostEquals(value, closed[i]!, 1e-6));
});

Deno.test("klDivergence() keeps its digits next to the prior", () => {
  const [found] = numbersOf(klDivergence(plainOps, { mu: tf.tensor2d([[0]]), logvar: tf.tensor2d([[2e-3]]) }));
  const exact = (2e-3) ** 2 / 4 * (1 + 2e-3 / 3);
  assertAlmostEquals(found! / exact, 1, 1e-3);
});

Deno.test("klDivergence() agrees with the mean of log q - log p over samples", () => {
  const mu = 0.7, deviation = 0.4;
  const [found] = numbersOf(
    klDivergence(plainOps, { mu: tf.tensor2d([[mu]]), logvar: tf.tensor2d([[2 * Math.log(deviation)]]) }),
  );
  // The integral by the trapezium rule, which is exact to many digits for such smooth functions.
  let integral = 0;
  for (let t = -8; t <= 8; t += 0.01) {
    const z = mu + deviation * t;
    integral += 0.01 * Math.exp(-t * t / 2) / Math.sqrt(2 * Math.PI) * (-Math.log(deviation) - t * t / 2 + z * z / 2);
  }
  assertAlmostEquals(found!, integral, 1e-6);
});

Deno.test("The objective sums over pixels and latents and averages over the batch", () => {
  const parts = partsOf({ reconstruction: "bce" });
  const kl = [0.5 + 0.125 + (0.5 - 1 - Math.log(0.5)) / 2, (4 - 1 - Math.log(4)) / 2 + 2];
  assertAlmostEquals(parts.reconstruction, bce, 1e-5);
  assertAlmostEquals(parts.klPerLatent[0]!, kl[0]! / 2, 1e-6);
  assertAlmostEquals(parts.klPerLatent[1]!, kl[1]! / 2, 1e-6);
  assertAlmostEquals(parts.kl, (kl[0]! + kl[1]!) / 2, 1e-6);
  assertAlmostEquals(parts.loss, parts.reconstruction + parts.kl, 1e-6);
});

Deno.test("negativeElbo() knows every reconstruction, with its constants", () => {
  const gauss = (x: number, l: number, v: number) => ((x - sigmoid(l)) ** 2 / v + Math.log(2 * Math.PI * v)) / 2;
  const cases: [Record<string, unknown>, number][] = [
    [{ reconstruction: "mse" }, expected((x, l) => gauss(x, l, 0.5))],
    [{ reconstruction: "gaussian", variance: "fixed", scale: 0.2 }, expected((x, l) => gauss(x, l, 0.04))],
    [{ reconstruction: "l1" }, expected((x, l) => Math.abs(x - sigmoid(l)) + Math.log(2))],
    [
      { reconstruction: "laplace", scale: 0.3 },
      expected((x, l) => Math.abs(x - sigmoid(l)) / 0.3 + Math.log(0.6)),
    ],
    [{ reconstruction: "bce+mse", weights: { bce: 0.5, mse: 3 } }, 0.5 * bce + 3 * mse],
  ];
  for (const [objective, wanted] of cases) assertAlmostEquals(partsOf(objective).reconstruction, wanted, 1e-5);
});

Deno.test("negativeElbo() scores a Gaussian as the log of its density, its variance shared or by pixel", () => {
  const density = (x: number, mean: number, variance: number) =>
    Math.exp(-((x - mean) ** 2) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
  const objective = { reconstruction: "gaussian" };
  const shared = partsOf(objective, 1, { logvar: tf.tensor1d([Math.log(0.3)]) });
  assertAlmostEquals(shared.reconstruction, expected((x, l) => -Math.log(density(x, sigmoid(l), 0.3))), 1e-5);
  const pixel = partsOf(objective, 1, { logvar: tf.fill([2, 1, 2, 1], Math.log(0.3)) });
  assertAlmostEquals(pixel.reconstruction, shared.reconstruction, 1e-5);
  assertThrows(() => partsOf(objective), TypeError, "the decoder gave no logvar");
});

Deno.test("negativeElbo() weighs the KL divergence by beta in the loss alone", () => {
  const one = partsOf({}), four = partsOf({}, 4);
  assertEquals([four.kl, four.reconstruction], [one.kl, one.reconstruction]);
  assertAlmostEquals(four.loss, four.reconstruction + 4 * four.kl, 1e-5);
});

Deno.test("negativeElbo() counts each latent as at least its free bits, in the loss alone", () => {
  const [small, large] = partsOf({}).klPerLatent as [number, number];
  const freeBits = (small + large) / 2;
  assert(small < freeBits && freeBits < large);
  const parts = partsOf({ freeBits }, 2);
  assertAlmostEquals(parts.kl, small + large, 1e-6);
  assertAlmostEquals(parts.loss, parts.reconstruction + 2 * (freeBits + large), 1e-5);
});

Deno.test("negativeElbo() of a batch in shards is that of the whole batch, free bits included", () => {
  const objective = parseConfig({ objective: { reconstruction: "bce+mse", freeBits: 0.9 } }).objective;
  const shard = (from: number, to: number) => ({
    out: { logits: tf.tensor4d(LOGITS.slice(from, to).map((row) => [row.map((value) => [value])])) },
    x: tf.tensor4d(TARGETS.slice(from, to).map((row) => [row.map((value) => [value])])),
    posterior: { mu: tf.tensor2d(MU.slice(from, to)), logvar: tf.tensor2d(LOGVAR.slice(from, to)) },
  });
  const whole = negativeElbo(objective, [shard(0, 2)], tf.scalar(2));
  const apart = negativeElbo(objective, [shard(0, 1), shard(1, 2)], tf.scalar(2));
  for (const part of ["loss", "reconstruction", "kl", "klPerLatent"] as const) {
    const wanted = numbersOf(whole[part]);
    numbersOf(apart[part]).forEach((value, i) => assertAlmostEquals(value, wanted[i]!, 1e-6, part));
  }
  const one = negativeElbo(objective, [shard(0, 1)], tf.scalar(2)),
    other = negativeElbo(objective, [shard(1, 2)], tf.scalar(2));
  const meanOfShards = (scalarOf(one.loss) + scalarOf(other.loss)) / 2;
  assert(Math.abs(meanOfShards - scalarOf(whole.loss)) > 0.01, "free bits go by the whole batch's mean");
});

Deno.test("negativeElbo() runs on the operations that it is handed", () => {
  const ops: TensorOps = { ...plainOps, sigmoidCrossEntropy: (logits) => tf.onesLike(logits) };
  assertEquals(partsOf({}, 1, {}, ops).reconstruction, 2);
});

Deno.test("sigmoidCrossEntropy() stays finite and exact for huge logits", () => {
  const found = numbersOf(
    plainOps.sigmoidCrossEntropy(tf.tensor1d([1000, -1000, 1000, -1000]), tf.tensor1d([1, 1, 0, 0])),
  );
  assertEquals(found, [0, 1000, 1000, 0]);
});

Deno.test("sigmoidCrossEntropy() has the gradient sigmoid(l) - x, at 0 too", () => {
  const logits = [-3, 0, 2], targets = tf.tensor1d([0.2, 0.9, 1]);
  const gradient = tf.grad((l) => tf.sum(plainOps.sigmoidCrossEntropy(l, targets)))(tf.tensor1d(logits));
  const wanted = [sigmoid(-3) - 0.2, 0.5 - 0.9, sigmoid(2) - 1];
  numbersOf(gradient).forEach((value, i) => assertAlmostEquals(value, wanted[i]!, 1e-6));
});
