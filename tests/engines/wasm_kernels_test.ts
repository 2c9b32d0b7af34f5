/** The kernels made for wasm against those of tfjs's cpu backend. */
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "deno-std/assert/mod.js";
import { startWasm } from "../../lib/engines/wasm.ts";

/** Numbers of both signs that follow no pattern of the shapes. */
function wave(shape: number[], phase: number): tf.Tensor {
  const size = shape.reduce((all, length) => all * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.7 + phase) + Math.cos(i * 0.13)),
    shape,
  );
}

/** What `compute` gives on a backend, as plain numbers. */
async function on(backend: string, compute: () => tf.Tensor[]): Promise<number[][]> {
  const before = tf.getBackend();
  if (backend === "wasm") await startWasm();
  else await tf.setBackend(backend);
  try {
    return tf.tidy(() => compute().map((tensor) => [...tensor.shape, ...tensor.dataSync()]));
  } finally {
    await tf.setBackend(before ?? "cpu");
  }
}

/** Holds wasm to cpu: float32's rounding over some thousand terms apart, they are the same. */
async function assertSame(compute: () => tf.Tensor[]): Promise<void> {
  const [expected, actual] = [await on("cpu", compute), await on("wasm", compute)];
  assertEquals(actual.map((numbers) => numbers.length), expected.map((numbers) => numbers.length));
  for (const [at, numbers] of expected.entries()) {
    const scale = Math.max(...numbers.map(Math.abs));
    const worst = Math.max(...numbers.map((value, i) => Math.abs(value - actual[at]![i]!)));
    assert(worst <= 1e-5 * scale, `output ${at} differs by ${worst} at a magnitude of ${scale}`);
  }
}

interface Case {
  readonly size: [number, number];
  readonly kernel: [number, number];
  readonly strides: number | [number, number];
  readonly pad: "same" | "valid" | number;
}

const cases: Case[] = [
  { size: [7, 7], kernel: [3, 3], strides: 1, pad: "same" },
  { size: [28, 28], kernel: [3, 3], strides: 2, pad: "same" },
  { size: [7, 9], kernel: [3, 3], strides: 2, pad: "same" },
  { size: [8, 8], kernel: [4, 4], strides: 2, pad: "same" },
  { size: [9, 6], kernel: [5, 3], strides: [3, 2], pad: "same" },
  { size: [6, 6], kernel: [1, 1], strides: 2, pad: "same" }, // rows that no filter sees
  { size: [10, 10], kernel: [3, 3], strides: 3, pad: "valid" },
  { size: [11, 8], kernel: [3, 2], strides: 2, pad: "valid" }, // rows left over at the end
  { size: [6, 7], kernel: [3, 3], strides: 2, pad: 1 },
];

for (const { size, kernel, strides, pad } of cases) {
  const text = `a ${kernel} filter, strides ${strides}, padding ${pad}, on ${size}`;
  Deno.test(`wasm has the gradients of conv2d() for ${text}`, async () => {
    await assertSame(() => {
      const x = wave([3, ...size, 2], 0) as tf.Tensor4D, filter = wave([...kernel, 2, 5], 1) as tf.Tensor4D;
      const y = tf.conv2d(x, filter, strides, pad);
      const weights = wave(y.shape, 2);
      return tf.grads((x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, pad).mul(weights))(
        [x, filter],
      );
    });
  });
}

for (const [from, to, kernel, stride] of [[7, 14, 3, 2], [4, 7, 3, 2], [5, 5, 4, 1], [3, 9, 5, 3]] as const) {
  Deno.test(`wasm has conv2dTranspose() and its gradients from ${from} to ${to} by a filter of ${kernel}`, async () => {
    await assertSame(() => {
      const x = wave([2, from, from, 3], 0), filter = wave([kernel, kernel, 4, 3], 1);
      const weights = wave([2, to, to, 4], 2);
      const transpose = (x: tf.Tensor, filter: tf.Tensor) =>
        tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [2, to, to, 4], stride, "same");
      return [transpose(x, filter), ...tf.grads((x, filter) => transpose(x, filter).mul(weights))([x, filter])];
    });
  });
}

Deno.test("wasm multiplies transposed matrices, batches of them and broadcast ones", async () => {
  await assertSame(() => [
    tf.matMul(wave([5, 3], 0), wave([5, 4], 1), true, false),
    tf.matMul(wave([3, 5], 0), wave([4, 5], 1), false, true),
    tf.matMul(wave([5, 3], 0), wave([4, 5], 1), true, true),
    tf.matMul(wave([2, 5, 3], 0), wave([2, 5, 4], 1), true, false),
    tf.matMul(wave([2, 3, 5], 0), wave([1, 4, 5], 1), false, true),
  ]);
});

Deno.test("wasm's kernels leave no tensors behind", async () => {
  await startWasm();
  try {
    const step = () =>
      tf.tidy(() => {
        const x = wave([2, 8, 8, 2], 0) as tf.Tensor4D, filter = wave([3, 3, 2, 3], 1) as tf.Tensor4D;
        const grads = tf.grads((x, filter) => tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 2, "same"))([
          x,
          filter,
        ]);
        return grads.map((gradient) => gradient.dataSync().length);
      });
    step();
    const before = tf.memory();
    for (let i = 0; i < 3; i++) step();
    assertEquals([tf.memory().numTensors, tf.memory().numDataBuffers], [before.numTensors, before.numDataBuffers]);
  } finally {
    await tf.setBackend("cpu");
  }
});
