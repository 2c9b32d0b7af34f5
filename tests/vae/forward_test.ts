import { assert, assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import {
  type ActivationName,
  buildModel,
  type ConfigValues,
  initialParameters,
  type Layer,
  parseConfig,
  plainOps,
  reparameterize,
  runLayers,
  type Tensor,
} from "../../lib/vae/mod.ts";
import { numbersOf, tensorsOf, tf, wave } from "./_tensors.ts";

function made(values: ConfigValues) {
  const config = parseConfig(values);
  const architecture = buildModel(config);
  return { config, architecture, parameters: tensorsOf(initialParameters(architecture, 1)) };
}

for (const imageSize of [28, 32, 45, 64, 128]) {
  for (const channels of [1, 3]) {
    Deno.test(`encode() and decode() take ${imageSize}x${imageSize} pictures of ${channels} channels`, () => {
      for (const architecture of [{ kind: "conv", filters: [2, 3], hidden: [8] }, { kind: "mlp", hidden: [8] }]) {
        const built = made({ data: { imageSize, channels }, architecture, latentDim: 4 });
        const images = tf.ones([2, imageSize, imageSize, channels]);
        const { mu, logvar } = built.architecture.encode(plainOps, built.parameters, images);
        assertEquals([mu.shape, logvar.shape], [[2, 4], [2, 4]]);
        const { logits } = built.architecture.decode(plainOps, built.parameters, mu);
        assertEquals(logits.shape, images.shape);
        assert(
          numbersOf(built.architecture.likelihood.mean(plainOps, { logits })).every((value) => value > 0 && value < 1),
        );
      }
    });
  }
}

const ACTIVATIONS: Record<ActivationName, (x: number) => number> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  leakyRelu: (x) => x < 0 ? 0.2 * x : x,
  elu: (x) => x < 0 ? Math.exp(x) - 1 : x,
  silu: (x) => x / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  gated: (x) => x / (1 + Math.exp(-(3 * x + 1))),
};

for (const [activation, wanted] of Object.entries(ACTIVATIONS)) {
  Deno.test(`runLayers() follows a dense layer with ${activation}`, () => {
    const layer: Layer = { kind: "dense", name: "d", units: 1, activation: activation as ActivationName };
    const parameters = {
      "d/kernel": tf.tensor2d([[2]]),
      "d/bias": tf.tensor1d([-1]),
      "d/gate/kernel": tf.tensor2d([[6]]),
      "d/gate/bias": tf.tensor1d([-2]),
    };
    const inputs = [-1, 0, 0.5, 2];
    const found = numbersOf(runLayers(plainOps, [layer], parameters, tf.tensor2d(inputs, [4, 1])));
    // The affine part is 2 x - 1, the gate's 6 x - 2 = 3 (2 x - 1) + 1.
    inputs.forEach((x, i) => assertAlmostEquals(found[i]!, wanted(2 * x - 1), 1e-5));
  });
}

Deno.test("runLayers() normalises each position over its channels with layerNorm", () => {
  const layer: Layer = { kind: "layerNorm", name: "n", epsilon: 0 };
  const parameters = { "n/scale": tf.tensor1d([1, 2]), "n/offset": tf.tensor1d([0, 10]) };
  const x = tf.tensor4d([1, 3, -5, 7], [1, 1, 2, 2]);
  assertEquals(numbersOf(runLayers(plainOps, [layer], parameters, x)), [-1, 12, -1, 12]);
});

Deno.test("runLayers() goes by the batch's statistics and updates the running ones while training", () => {
  const layer: Layer = { kind: "batchNorm", name: "n", epsilon: 0, momentum: 0.75 };
  const parameters = {
    "n/scale": tf.tensor1d([1]),
    "n/offset": tf.tensor1d([0]),
    "n/mean": tf.tensor1d([4]),
    "n/variance": tf.tensor1d([4]),
  };
  const x = tf.tensor2d([[2], [6]]);
  const updates: Record<string, Tensor> = {};
  assertEquals(numbersOf(runLayers(plainOps.withBatchStatistics(updates), [layer], parameters, tf.add(x, 1))), [
    -1,
    1,
  ]);
  assertEquals(numbersOf(updates["n/mean"]!), [4 * 0.75 + 5 * 0.25]);
  assertEquals(numbersOf(updates["n/variance"]!), [4]);
  assertEquals(numbersOf(runLayers(plainOps, [layer], parameters, tf.add(x, 1))), [-0.5, 1.5]);
});

Deno.test("encode() updates every running statistic of the architecture and no other parameter", () => {
  const { architecture, parameters } = made({
    architecture: { kind: "conv", filters: [2, 2], hidden: [4], normalization: "batch" },
  });
  const updates: Record<string, Tensor> = {};
  const m = plainOps.withBatchStatistics(updates);
  const { mu } = architecture.encode(m, parameters, tf.randomUniform([2, 28, 28, 1], 0, 1, "float32", 1));
  architecture.decode(m, parameters, mu);
  const state = architecture.parameters.filter(({ trainable }) => !trainable).map(({ name }) => name);
  assertEquals(Object.keys(updates).sort(), state.sort());
  assert(state.length > 0);
});

Deno.test("decode() bounds a pixel's learned log variance softly at -6", () => {
  const { architecture, parameters } = made({
    architecture: { kind: "mlp", hidden: [4] },
    objective: { reconstruction: "gaussian", variance: "pixel" },
  });
  const at = (value: number) => {
    const bias = tf.fill([784], value);
    const { logvar } = architecture.decode(plainOps, { ...parameters, "decoder/logvar/bias": bias }, tf.zeros([1, 20]));
    return numbersOf(logvar!)[0]!;
  };
  assertAlmostEquals(at(-100), -6, 1e-5);
  assertAlmostEquals(at(0), Math.log1p(Math.exp(6)) - 6, 1e-5);
  assertAlmostEquals(at(20), 20, 1e-5);
});

Deno.test("reparameterize() is mu + exp(logvar / 2) noise", () => {
  const posterior = { mu: tf.tensor2d([[1, -1]]), logvar: tf.tensor2d([[0, Math.log(9)]]) };
  const [first, second] = numbersOf(reparameterize(plainOps, posterior, tf.tensor2d([[0.5, 2]])));
  assertAlmostEquals(first!, 1.5, 1e-6);
  assertAlmostEquals(second!, 5, 1e-6);
});

Deno.test("runLayers() names a parameter that is missing", () => {
  const layer: Layer = { kind: "dense", name: "d", units: 1, activation: "relu" };
  assertThrows(() => runLayers(plainOps, [layer], {}, tf.ones([1, 1])), TypeError, '"d/kernel" is missing');
});

for (const normalization of ["none", "layer", "batch"]) {
  Deno.test(`a loss has the gradient that differences show, normalization ${normalization}`, () => {
    const { architecture, parameters } = made({
      data: { imageSize: 8 },
      architecture: { kind: "conv", filters: [4, 3], hidden: [5], activation: "tanh", normalization },
      latentDim: 2,
    });
    const images = tf.tensor(wave(3 * 64).map((value) => (value + 1) / 2), [3, 8, 8, 1]);
    const noise = tf.tensor(wave(6, 1), [3, 2]);
    const names = architecture.parameters.filter(({ trainable }) => trainable).map(({ name }) => name);
    const loss = (changed: Record<string, Tensor>): tf.Scalar => {
      const step = { beta: tf.scalar(1), training: true };
      return architecture.loss(plainOps, { ...parameters, ...changed }, [{ images, noise }], step).loss as tf.Scalar;
    };
    const step = 2e-3;
    for (const name of names) {
      const value = parameters[name]!;
      const gradient = numbersOf(tf.grad((x: Tensor) => loss({ [name]: x }))(value));
      const direction = tf.tensor(wave(value.size, 2), value.shape);
      const moved = (by: number) => numbersOf(loss({ [name]: tf.add(value, tf.mul(direction, by)) }))[0]!;
      const slope = (moved(step) - moved(-step)) / (2 * step);
      const wanted = numbersOf(direction).reduce((sum, part, i) => sum + part * gradient[i]!, 0);
      const scale = Math.hypot(...gradient) * Math.hypot(...numbersOf(direction));
      assert(Math.abs(slope - wanted) <= 0.01 * scale + 5e-3, `${name}: ${slope} where ${wanted} was computed`);
    }
  });
}
