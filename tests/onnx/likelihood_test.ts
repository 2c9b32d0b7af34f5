/** The likelihood graphs against the same densities written out in JavaScript on the decoder's own outputs. */
import { assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { OnnxSession } from "../../lib/inference/mod.ts";
import { samplePrior } from "../../lib/latent/mod.ts";
import type { ModelDocument } from "../../lib/model/mod.ts";
import { exportModel, likelihoodModel } from "../../lib/onnx/mod.ts";
import { buildModel } from "../../lib/vae/model.ts";
import { parseConfig } from "../../lib/vae/config.ts";
import { initialParameters } from "../../lib/vae/parameters.ts";

function decoderOf(reconstruction: string): Uint8Array {
  const config = parseConfig({
    architecture: { kind: "mlp", hidden: [16] },
    data: { imageSize: 28 },
    latentDim: 3,
    objective: { reconstruction },
  });
  const architecture = buildModel(config);
  return exportModel(architecture, initialParameters(architecture, 4), { name: "t", config: {}, dataset: "d" }).decoder;
}

const count = 5;
const z = samplePrior(2, count, 3);
const target = Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256);

async function score(decoder: Uint8Array, likelihood: LikelihoodDescription): Promise<Float32Array> {
  const session = await OnnxSession.open(likelihoodModel(decoder, likelihood), { provider: "cpu" });
  try {
    const [scores] = await session.run(z, count, ["logLikelihood"], { target });
    return scores as Float32Array;
  } finally {
    await session.close();
  }
}

async function outputs(decoder: Uint8Array, names: string[]): Promise<Float32Array[]> {
  const session = await OnnxSession.open(decoder, { provider: "cpu" });
  try {
    return await session.run(z, count, names) as Float32Array[];
  } finally {
    await session.close();
  }
}

type LikelihoodDescription = ModelDocument["likelihood"];
type Density = (x: number, logit: number, logvar: number) => number;
const mean = (logit: number) => 1 / (1 + Math.exp(-logit));

const cases: [string, string, LikelihoodDescription, Density][] = [
  [
    "bernoulli",
    "bce",
    { kind: "bernoulli", parameters: {} },
    (x, l) => x * Math.log(mean(l)) + (1 - x) * Math.log(1 - mean(l)),
  ],
  [
    "gaussian",
    "mse",
    { kind: "gaussian", parameters: { variance: 0.5 } },
    (x, l) => -((x - mean(l)) ** 2) - 0.5 * Math.log(Math.PI),
  ],
  [
    "gaussian, learned",
    "gaussian",
    { kind: "gaussian", parameters: { variance: "learned" } },
    (x, l, v) => -0.5 * ((x - mean(l)) ** 2 / Math.exp(v) + v + Math.log(2 * Math.PI)),
  ],
  [
    "continuous Bernoulli",
    "continuous-bernoulli",
    { kind: "continuous-bernoulli", parameters: {} },
    (x, l) => x * Math.log(mean(l)) + (1 - x) * Math.log(1 - mean(l)) + Math.log(l / Math.tanh(l / 2)),
  ],
  [
    "cross-entropy and squared error, weighted",
    "bce+mse",
    { kind: "bernoulli", parameters: { weights: { bce: 0.5, mse: 3 } } },
    (x, l) => 0.5 * (x * Math.log(mean(l)) + (1 - x) * Math.log(1 - mean(l))) - 3 * (x - mean(l)) ** 2,
  ],
  ["laplace", "l1", { kind: "laplace", parameters: { scale: 2 } }, (x, l) => -Math.abs(x - mean(l)) / 2 - Math.log(4)],
];

for (const [name, reconstruction, likelihood, density] of cases) {
  Deno.test(`likelihoodModel() scores like the density written out: ${name}`, async () => {
    const decoder = decoderOf(reconstruction);
    const scores = await score(decoder, likelihood);
    const learned = likelihood.parameters.variance === "learned";
    const [logits, logvar] = await outputs(decoder, learned ? ["logits", "logvar"] : ["logits"]);
    for (let i = 0; i < count; i++) {
      let expected = 0;
      target.forEach((byte, pixel) => {
        expected += density(byte / 255, logits![i * 784 + pixel]!, logvar?.[i * 784 + pixel] ?? 0);
      });
      assertAlmostEquals(scores[i]!, expected, 1e-5 * Math.abs(expected));
    }
  });
}

Deno.test("likelihoodModel() refuses a likelihood that it doesn't know, and a variance that is none", () => {
  const decoder = decoderOf("bce");
  const unknown = assertThrows(() => likelihoodModel(decoder, { kind: "poisson", parameters: {} }), LatentboardError);
  assertEquals((unknown as LatentboardError).kind, "unsupported");
  assertThrows(
    () => likelihoodModel(decoder, { kind: "gaussian", parameters: { variance: 0 } }),
    LatentboardError,
    "above 0",
  );
  assertThrows(
    () => likelihoodModel(new Uint8Array([1, 2, 3]), { kind: "bernoulli", parameters: {} }),
    LatentboardError,
    "damaged",
  );
});
