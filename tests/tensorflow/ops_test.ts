import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import {
  biasAdd,
  conv2dTranspose,
  leakyRelu,
  relu,
  sigmoidCrossEntropy,
  tanh,
  type Tensor,
  toFloat,
} from "../../lib/tensorflow/mod.ts";
import { ignore, tensorflow } from "./_engine.ts";

tf.env().set("IS_TEST", true); // no advice from tfjs to install tfjs-node

const X = [-3, -0.5, 0.25, 2, 40, -40];

/** Runs `body` on tfjs's own backend, which has none of TensorFlow's ops. */
async function onCpu<T>(body: () => T): Promise<T> {
  const before = tf.getBackend();
  await tf.setBackend("cpu");
  try {
    return tf.tidy(() => body() as never) as T;
  } finally {
    if (before) await tf.setBackend(before);
  }
}

/** The value and the gradient by each input of `f`, weighted unevenly so that mixed-up elements show. */
function valueAndGradients(f: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): number[][] {
  const weighted = (...xs: Tensor[]) => {
    const y = f(...xs);
    return y.mul(tf.range(1, y.size + 1).reshape(y.shape)).sum().asScalar();
  };
  const { value, grads } = tf.valueAndGrads(weighted)(inputs);
  return [value, ...grads].map((tensor) => [...tensor.dataSync()]);
}

/** A transposed convolution that doubles the size, with this many channels in and out. */
function transposed(height: number, width: number, input: number, out: number): () => number[][] {
  return () => {
    const values = (...shape: number[]) => {
      const size = shape.reduce((product, n) => product * n, 1);
      return tf.range(0, size).mul(7).mod(11).sub(5).div(10).reshape(shape);
    };
    return valueAndGradients(
      (x, kernel) => conv2dTranspose(x!, kernel!, [2 * height, 2 * width], 2),
      values(2, height, width, input),
      values(3, 3, out, input),
    );
  };
}

const OPS: Record<string, () => number[][]> = {
  "biasAdd()": () => valueAndGradients(biasAdd as never, tf.tensor2d(X, [3, 2]), tf.tensor1d([1, -1])),
  "relu()": () => valueAndGradients(relu as never, tf.tensor1d(X)),
  "leakyRelu()": () => valueAndGradients((x) => leakyRelu(x!, 0.2), tf.tensor1d(X)),
  "tanh()": () => valueAndGradients(tanh as never, tf.tensor1d(X)),
  "conv2dTranspose() to one channel": transposed(3, 4, 5, 1),
  "conv2dTranspose() to three channels": transposed(2, 3, 2, 3),
  "conv2dTranspose() to many channels": transposed(2, 2, 2, 6),
  "sigmoidCrossEntropy()": () =>
    valueAndGradients((l) => sigmoidCrossEntropy(l!, tf.tensor1d([0, 1, 0.5, 1, 0, 1])), tf.tensor1d(X)),
};

for (const [name, run] of Object.entries(OPS)) {
  Deno.test({
    name: `${name} has the same value and gradient on TensorFlow as on tfjs's own backend`,
    ignore,
    async fn() {
      const reference = await onCpu(run);
      const ours = tf.tidy(() => run() as never) as number[][];
      assertEquals(ours.length, reference.length);
      ours.flat().forEach((value, i) => assertAlmostEquals(value, reference.flat()[i]!, 1e-4));
    },
  });
}

Deno.test("sigmoidCrossEntropy() is finite at any logit and agrees with the definition", async () => {
  const [, gradient] = await onCpu(OPS["sigmoidCrossEntropy()"]!);
  const losses = await onCpu(() => [
    ...sigmoidCrossEntropy(tf.tensor1d([1e4, -1e4, 0.3]), tf.tensor1d([0, 0, 0.25])).dataSync(),
  ]);
  const p = 1 / (1 + Math.exp(-0.3));
  [1e4, 0, -0.25 * Math.log(p) - 0.75 * Math.log(1 - p)].forEach((value, i) =>
    assertAlmostEquals(losses[i]!, value, 1e-5)
  );
  assertAlmostEquals(gradient![4]!, 5, 1e-5); // sigmoid(40) − 0, weighted by 5
});

Deno.test({
  name: "toFloat() keeps the values of bytes on every backend",
  ignore,
  async fn() {
    const bytes = Uint8Array.of(0, 1, 127, 128, 255);
    const ours = tf.tidy(() => [...toFloat(tensorflow().bytes(bytes, [5])).dataSync()] as never);
    const reference = await onCpu(() => [...toFloat(tf.tensor1d(Array.from(bytes), "int32")).dataSync()]);
    assertEquals(ours, [...bytes] as never);
    assertEquals(reference, [...bytes]);
  },
});
