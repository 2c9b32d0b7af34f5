/** The likelihoods against their densities: integrated, and written out. */
import { assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { likelihoodOf, parseConfig, plainOps, readLikelihood } from "../../lib/vae/mod.ts";
import { batchLogvar } from "../../lib/vae/likelihoods/gaussian.ts";
import { numbersOf, tf } from "./_tensors.ts";

const ofObjective = (objective: Record<string, unknown>) => likelihoodOf(parseConfig({ objective }).objective);
const LOGITS = [-12, -3, -0.4, -0.29, -1e-3, 0, 1e-3, 0.29, 0.31, 2, 12];

/** Negative logarithms of the density of pixel x under each logit. */
function negativeLogs(objective: Record<string, unknown>, x: number): number[] {
  const out = { logits: tf.tensor1d(LOGITS), logvar: tf.fill([LOGITS.length], Math.log(0.02)) };
  return numbersOf(ofObjective(objective).negativeLog(plainOps, out, tf.fill([LOGITS.length], x), (terms) => terms));
}

/** Simpson's rule over `[from, to]`. */
function integrate(f: (x: number) => number[], from: number, to: number, steps = 400): number[] {
  const sums = new Array<number>(LOGITS.length).fill(0);
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    f(from + (to - from) * i / steps).forEach((value, j) => sums[j]! += weight * value * (to - from) / steps / 3);
  }
  return sums;
}

Deno.test("the continuous Bernoulli integrates to 1 over grey pixels and has the mean that it gives", () => {
  const objective = { reconstruction: "continuous-bernoulli" };
  const density = (x: number) => negativeLogs(objective, x).map((value) => Math.exp(-value));
  integrate(density, 0, 1).forEach((sum, i) => assertAlmostEquals(sum, 1, 2e-5, `logit ${LOGITS[i]}`));
  const means = numbersOf(ofObjective(objective).mean(plainOps, { logits: tf.tensor1d(LOGITS) }));
  integrate((x) => density(x).map((value) => x * value), 0, 1)
    .forEach((mean, i) => assertAlmostEquals(means[i]!, mean, 2e-5, `logit ${LOGITS[i]}`));
});

Deno.test("the continuous Bernoulli has finite gradients at and about a logit of 0", () => {
  const likelihood = ofObjective({ reconstruction: "continuous-bernoulli" });
  const x = tf.fill([LOGITS.length], 0.3);
  const loss = (logits: ReturnType<typeof tf.fill>) =>
    likelihood.negativeLog(plainOps, { logits }, x, (terms) => tf.sum(terms)) as ReturnType<typeof tf.scalar>;
  const gradient = numbersOf(tf.grad(loss)(tf.tensor1d(LOGITS)));
  const means = numbersOf(likelihood.mean(plainOps, { logits: tf.tensor1d(LOGITS) }));
  // Of an exponential family: the gradient is the mean minus what was seen.
  gradient.forEach((value, i) => assertAlmostEquals(value, means[i]! - 0.3, 1e-5, `logit ${LOGITS[i]}`));
});

for (
  const objective of [
    { reconstruction: "mse" },
    { reconstruction: "l1" },
    { reconstruction: "laplace", scale: 0.2 },
    { reconstruction: "gaussian", variance: "fixed", scale: 0.3 },
    { reconstruction: "gaussian", variance: "pixel" },
  ]
) {
  Deno.test(`${JSON.stringify(objective)} integrates to 1 over the real line`, () => {
    const density = (x: number) => negativeLogs(objective, x).map((value) => Math.exp(-value));
    integrate(density, -20, 21, 8000).forEach((sum) => assertAlmostEquals(sum, 1, 1e-3));
  });
}

Deno.test("batchLogvar() is the log variance under which a batch is likeliest", () => {
  const out = { logits: tf.tensor2d([[0.5, -2], [3, 0]]) }, x = tf.tensor2d([[1, 0.25], [0.75, 0]]);
  const [best] = numbersOf(batchLogvar(plainOps, [{ out, x }], ([terms]) => tf.mean(terms!)));
  const likelihood = ofObjective({ reconstruction: "gaussian" });
  const at = (logvar: number) =>
    numbersOf(likelihood.negativeLog(plainOps, { ...out, logvar: tf.scalar(logvar) }, x, (t) => tf.sum(t)))[0]!;
  for (const away of [-0.1, -0.02, 0.02, 0.1]) assertEquals(at(best!) < at(best! + away), true);
  // Its value in closed form: half the pixels times log 2πe times the variance.
  assertAlmostEquals(at(best!), 4 / 2 * (Math.log(2 * Math.PI) + 1 + best!), 1e-4);
});

Deno.test("readLikelihood() reads what likelihoodOf() describes, and refuses the rest", () => {
  for (const reconstruction of ["bce", "continuous-bernoulli", "mse", "gaussian", "l1", "laplace", "bce+mse"]) {
    const { description } = ofObjective({ reconstruction });
    assertEquals(readLikelihood(JSON.parse(JSON.stringify(description))).description, description);
  }
  const unknown = assertThrows(() => readLikelihood({ kind: "poisson", parameters: {} }), LatentboardError);
  assertEquals(unknown.kind, "unsupported");
  const none = assertThrows(
    () => readLikelihood({ kind: "gaussian", parameters: { variance: 0 } }),
    LatentboardError,
  );
  assertEquals(none.kind, "damaged");
});
