/** Losses of families against figures that are computed in another way. */
import { assert, assertAlmostEquals } from "deno-std/assert/mod.js";
import { maximumMeanDiscrepancy as referenceMmd } from "../../../lib/evaluation/latents.ts";
import { samplePrior } from "../../../lib/latent/mod.ts";
import { klParts } from "../../../lib/vae/families/beta_tc.ts";
import { maximumMeanDiscrepancy } from "../../../lib/vae/families/info_vae.ts";
import {
  buildModel,
  type ConfigValues,
  initialParameters,
  logNormal,
  logStandardNormal,
  parseConfig,
  plainOps,
  reparameterize,
  type Tensor,
} from "../../../lib/vae/mod.ts";
import { numbersOf, tensorsOf, tf, wave } from "../_tensors.ts";

const valueOf = (tensor: Tensor) => numbersOf(tensor)[0]!;

function made(values: ConfigValues) {
  const model = buildModel(
    parseConfig({
      data: { imageSize: 8 },
      architecture: { kind: "mlp", hidden: [6], activation: "tanh" },
      latentDim: 2,
      ...values,
    }),
    { trainCount: 50 },
  );
  const parameters = tensorsOf(initialParameters(model, 1));
  const images = tf.tensor(wave(3 * 64).map((value) => (value + 1) / 2), [3, 8, 8, 1]);
  const noise = tf.tensor(samplePrior(3, 3, model.noise), [3, model.noise]);
  return { model, parameters, images, noise };
}

Deno.test("klParts() of pictures whose posteriors make a correlated Gaussian has its total correlation", () => {
  // mu is correlated with ρ = 0.8 and variance 0.75, the posteriors add a variance of 0.25: the aggregate is Gaussian.
  const count = 1000, rho = 0.8, inner = 0.75;
  const noise = samplePrior(5, count, 2);
  const mu = new Float32Array(2 * count);
  for (let i = 0; i < count; i++) {
    const [a, b] = [noise[2 * i]!, noise[2 * i + 1]!];
    mu.set([Math.sqrt(inner) * a, Math.sqrt(inner) * (rho * a + Math.sqrt(1 - rho * rho) * b)], 2 * i);
  }
  const posterior = { mu: tf.tensor(mu, [count, 2]), logvar: tf.fill([count, 2], Math.log(0.25)) };
  const z = reparameterize(plainOps, posterior, tf.tensor(samplePrior(6, count, 2), [count, 2]));
  const { mi, tc, dimension } = klParts(plainOps, z, posterior, count);
  const covariance = inner * rho;
  assertAlmostEquals(valueOf(tc), -0.5 * Math.log(1 - covariance ** 2), 0.06);
  const determinant = 1 - covariance ** 2;
  assertAlmostEquals(valueOf(mi), 0.5 * Math.log(determinant / 0.25 ** 2), 0.08);
  assertAlmostEquals(valueOf(dimension), 0, 0.03);
});

Deno.test("a batch of all pictures makes klParts() add up to the KL divergence of its draws, in plain loops", () => {
  const count = 5, size = 3;
  const mu = wave(count * size, 1), logvar = wave(count * size, 2), z = wave(count * size, 3);
  const shape: [number, number] = [count, size];
  const posterior = { mu: tf.tensor(mu, shape), logvar: tf.tensor(logvar, shape) };
  const found = klParts(plainOps, tf.tensor(z, shape), posterior, 12);
  const normal = (value: number, mean: number, l: number) =>
    Math.exp(-((value - mean) ** 2) / (2 * Math.exp(l))) / Math.sqrt(2 * Math.PI * Math.exp(l));
  const expected = { mi: 0, tc: 0, dimension: 0 };
  for (let i = 0; i < count; i++) {
    let own = 1, prior = 1, joint = 0;
    const marginals = new Array<number>(size).fill(0);
    for (let j = 0; j < count; j++) {
      // 12 pictures: one for itself, one of the batch for the 8 that are not in it, the other three as they are.
      const weight = j === i ? 1 / 12 : j === (i + 1) % count ? 8 / (12 * 4) : 1 / 4;
      let all = weight;
      for (let d = 0; d < size; d++) {
        const density = normal(z[i * size + d]!, mu[j * size + d]!, logvar[j * size + d]!);
        all *= density;
        marginals[d]! += weight * density;
        if (j === i) own *= density;
        if (j === i) prior *= normal(z[i * size + d]!, 0, 0);
      }
      joint += all;
    }
    const product = marginals.reduce((a, b) => a * b);
    expected.mi += Math.log(own / joint) / count;
    expected.tc += Math.log(joint / product) / count;
    expected.dimension += Math.log(product / prior) / count;
  }
  for (const part of ["mi", "tc", "dimension"] as const) assertAlmostEquals(valueOf(found[part]), expected[part], 1e-5);
});

Deno.test("maximumMeanDiscrepancy() is that of lib/evaluation, which sums pair by pair", () => {
  const a = samplePrior(1, 40, 3), b = samplePrior(2, 40, 3).map((value) => 0.5 * value + 1);
  const found = maximumMeanDiscrepancy(plainOps, tf.tensor(a, [40, 3]), tf.tensor(b, [40, 3]));
  assertAlmostEquals(valueOf(found), referenceMmd(a, b, 3), 1e-5);
  assert(valueOf(found) > 0.5);
});

/** The logarithms of the importance weights of each draw, computed draw by draw. */
function logWeights(
  { model, images, noise }: ReturnType<typeof made>,
  draws: number,
  encoder: Record<string, Tensor>,
  decoder: Record<string, Tensor>,
  fixed: Record<string, Tensor>,
): Tensor {
  return tf.stack(Array.from({ length: draws }, (_, i) => {
    const z = reparameterize(plainOps, model.encode(plainOps, encoder, images), tf.slice(noise, [0, 2 * i], [3, 2]));
    const out = model.decode(plainOps, decoder, z);
    const logX = tf.neg(model.likelihood.negativeLog(plainOps, out, images, (terms) => plainOps.sumEach(terms)));
    const q = logNormal(plainOps, z, model.encode(plainOps, fixed, images));
    return tf.add(logX, tf.sum(tf.sub(logStandardNormal(plainOps, z), q), -1));
  }));
}

Deno.test("an IWAE's loss is the importance-weighted bound of its draws", () => {
  for (const gradient of ["reparameterised", "doubly"]) {
    const case_ = made({ family: { kind: "iwae", draws: 4, gradient } });
    const { model, parameters: p, images, noise } = case_;
    const weights = logWeights(case_, 4, p, p, p);
    const bound = valueOf(tf.mean(tf.sub(tf.logSumExp(weights, 0), Math.log(4))));
    for (const training of [false, true]) {
      const name = "encoder/mu/kernel";
      const loss = (x: Tensor) => {
        const step = { beta: tf.scalar(1), training };
        return model.loss(plainOps, { ...p, [name]: x }, [{ images, noise }], step).loss as tf.Scalar;
      };
      const { value } = tf.valueAndGrad(loss)(tf.clone(p[name]!));
      assertAlmostEquals(valueOf(value), -bound, 1e-4);
    }
  }
});

Deno.test("an IWAE's doubly reparameterised gradient is Tucker et al.'s, the decoder's the plain one", () => {
  const case_ = made({ family: { kind: "iwae", draws: 4, gradient: "doubly" } });
  const { model, parameters: p, images, noise } = case_;
  const w = tf.softmax(tf.transpose(logWeights(case_, 4, p, p, p))); // [picture, draw], constants
  const gradientOf = (name: string, loss: (changed: Record<string, Tensor>) => Tensor) =>
    numbersOf(tf.grad((x: Tensor) => loss({ ...p, [name]: x }) as tf.Scalar)(tf.clone(p[name]!)));
  const ours = (changed: Record<string, Tensor>) =>
    model.loss(plainOps, changed, [{ images, noise }], { beta: tf.scalar(1), training: true }).loss;
  for (const { name } of model.parameters) {
    const encoder = name.startsWith("encoder");
    const weights = encoder ? tf.square(w) : w;
    const wanted = gradientOf(name, (changed) => {
      const logged = encoder ? logWeights(case_, 4, changed, p, p) : logWeights(case_, 4, p, changed, p);
      return tf.div(tf.neg(tf.sum(tf.mul(weights, tf.transpose(logged)))), 3);
    });
    const found = gradientOf(name, ours);
    const scale = Math.max(...wanted.map(Math.abs), 1e-3);
    found.forEach((value, i) => assertAlmostEquals(value, wanted[i]!, 1e-4 * scale, `${name}[${i}]`));
  }
});
