import { assertAlmostEquals } from "deno-std/assert/mod.js";
import * as tf from "@tensorflow/tfjs";
import { fusedOps } from "../../lib/training/fused_ops.ts";
import { vaeModel } from "../../lib/training/vae_model.ts";
import {
  buildArchitecture,
  type ConfigValues,
  initialParameters,
  plainOps,
  type Tensor,
  type VaeOps,
} from "../../lib/vae/mod.ts";
import { onEngines } from "./_engines.ts";
import { madeConfig, madePictures } from "./_made.ts";

/** The loss of a batch and the gradient of each parameter. */
function lossAndGradients(changes: ConfigValues, ops: VaeOps): Record<string, Float32Array> {
  return tf.tidy(() => {
    const config = madeConfig(changes);
    const architecture = buildArchitecture(config);
    const model = vaeModel(architecture, config.objective, ops);
    const values = Object.entries(initialParameters(architecture, 1));
    const images = tf.tensor4d(Float32Array.from(madePictures(6), (value) => value / 255), [6, 8, 8, 1]);
    const noise = tf.randomNormal([6, config.latentDim], 0, 1, "float32", 4);
    const { value, grads } = tf.valueAndGrads((...tensors: Tensor[]) => {
      const parameters = Object.fromEntries(values.map(([name], index) => [name, tensors[index]!]));
      return model.loss(parameters, images, noise, tf.scalar(0.7), false).loss as tf.Scalar;
    })(values.map(([, { shape, data }]) => tf.tensor(data, [...shape])));
    const numbers = (tensor: Tensor) => Float32Array.from(tensor.dataSync());
    return {
      loss: numbers(value),
      ...Object.fromEntries(grads.map((gradient, index) => [values[index]![0], numbers(gradient)])),
    };
  });
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
      for (const [name, values] of Object.entries(lossAndGradients({ architecture }, fusedOps))) {
        const largest = Math.max(...expected[name]!.map(Math.abs), 1e-3);
        for (const [i, value] of values.entries()) {
          assertAlmostEquals(
            value,
            expected[name]![i]!,
            2e-5 * largest,
            `${architecture.kind} ${activation} ${name}[${i}]`,
          );
        }
      }
    }
  }
});
