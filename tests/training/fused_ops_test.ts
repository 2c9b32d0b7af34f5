import { assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import * as tf from "@tensorflow/tfjs";
import { fusedOps } from "../../lib/training/fused_ops.ts";
import { trainable } from "../../lib/training/trainable.ts";
import {
  buildModel,
  type ConfigValues,
  initialParameters,
  plainOps,
  type Tensor,
  type TensorOps,
} from "../../lib/vae/mod.ts";
import { onEngines } from "./_engines.ts";
import { madeConfig, madePictures } from "./_made.ts";

/** The loss of a batch and the gradient of each parameter. */
function lossAndGradients(changes: ConfigValues, ops: TensorOps, sizes = [6]): Record<string, Float32Array> {
  return tf.tidy(() => {
    const config = madeConfig(changes);
    const built = buildModel(config);
    const model = trainable(built, { ops });
    const values = Object.entries(initialParameters(built, 1));
    const images = tf.tensor4d(Float32Array.from(madePictures(6), (value) => value / 255), [6, 8, 8, 1]);
    const noise = tf.randomNormal([6, config.latentDim], 0, 1, "float32", 4);
    const noises = tf.split(noise, sizes);
    const shards = tf.split(images, sizes).map((images, i) => ({ images, noise: noises[i]! }));
    const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
      const parameters = Object.fromEntries(values.map(([name], index) => [name, tensors[index]!]));
      return model.loss(parameters, shards, tf.scalar(0.7), false).loss as tf.Scalar;
    })(values.map(([, { shape, data }]) => tf.tensor(data, [...shape])));
    const numbers = (tensor: Tensor) => Float32Array.from(tensor.dataSync());
    return {
      loss: numbers(value),
      ...Object.fromEntries(grads.map((gradient, index) => [values[index]![0], numbers(gradient)])),
    };
  });
}

function assertSame(found: Record<string, Float32Array>, expected: Record<string, Float32Array>, what: string): void {
  for (const [name, values] of Object.entries(found)) {
    const largest = Math.max(...expected[name]!.map(Math.abs), 1e-3);
    for (const [i, value] of values.entries()) {
      assertAlmostEquals(value, expected[name]![i]!, 2e-5 * largest, `${what} ${name}[${i}]`);
    }
  }
}

const activations = ["relu", "leakyRelu", "tanh", "elu", "silu", "gated"];

onEngines("fusedOps give the loss and the gradients that tfjs's own operations give", () => {
  for (const activation of activations) {
    for (
      const architecture of [{ kind: "mlp", hidden: [9], activation }, {
        kind: "conv",
        filters: [4],
        hidden: [6],
        activation,
      }]
    ) {
      const expected = lossAndGradients({ architecture }, plainOps);
      assertSame(lossAndGradients({ architecture }, fusedOps), expected, `${architecture.kind} ${activation}`);
    }
  }
});

onEngines("a batch in shards, even ones or not, has the loss and the gradients of the whole batch", () => {
  const configs: ConfigValues[] = [
    { architecture: { kind: "mlp", hidden: [9], activation: "gated" }, objective: { freeBits: 0.3 } },
    { architecture: { kind: "conv", filters: [4], hidden: [6] }, objective: { reconstruction: "gaussian" } },
  ];
  for (const config of configs) {
    const expected = lossAndGradients(config, fusedOps);
    for (const sizes of [[3, 3], [4, 2], [1, 2, 3]]) {
      assertSame(lossAndGradients(config, fusedOps, sizes), expected, `shards of ${sizes}`);
    }
  }
});

Deno.test("trainable() keeps a batch whole where layers normalise it by its own statistics", () => {
  const shardsOf = (normalization: string) => {
    const config = madeConfig({ architecture: { kind: "conv", filters: [4], hidden: [6], normalization } });
    return trainable(buildModel(config), { shards: 4 }).shards;
  };
  assertEquals([shardsOf("none"), shardsOf("layer"), shardsOf("batch")], [4, 4, 1]);
});
