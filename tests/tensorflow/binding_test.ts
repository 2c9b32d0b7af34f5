import * as tf from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { attribute, type Tensor, TensorFlowError } from "../../lib/tensorflow/mod.ts";
import { ignore, residentMegabytes, tensorflow } from "./_engine.ts";

/** Fails when `body` leaves handles or tensors behind. */
function assertNothingLeft(body: () => void): void {
  const engine = tensorflow();
  const before = engine.memory();
  body();
  const after = engine.memory();
  assertEquals(
    { handles: after.handles, tensors: after.tensors },
    { handles: before.handles, tensors: before.tensors },
  );
}

Deno.test({
  name: "startTensorFlow() makes TensorFlow the backend of tfjs and says what it is",
  ignore,
  fn() {
    assertEquals(tf.getBackend(), "tensorflow");
    assert(/^2\.\d+/.test(tensorflow().version), tensorflow().version);
    assert(["CPU", "GPU"].includes(tensorflow().device));
  },
});

Deno.test({
  name: "tf.matMul() multiplies as by hand",
  ignore,
  fn() {
    const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.tensor2d([[5, 6], [7, 8]])).arraySync());
    assertEquals(product, [[19, 22], [43, 50]]);
  },
});

Deno.test({
  name: "tf.conv2d() and its gradients agree with sums by hand",
  ignore,
  fn() {
    tf.tidy(() => {
      const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
      const filter = tf.tensor4d([1, 0, 0, -1], [2, 2, 1, 1]);
      assertEquals([...tf.conv2d(x, filter, 1, "valid").dataSync()], [-4, -4, -4, -4]);
      const [dx, dFilter] = tf.grads((a: Tensor, b: Tensor) =>
        tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "valid").sum()
      )([x, filter]);
      assertEquals([...dx!.dataSync()], [1, 1, 0, 1, 0, -1, 0, -1, -1]);
      assertEquals([...dFilter!.dataSync()], [12, 16, 24, 28]);
    });
  },
});

Deno.test({
  name: "tf.stack() and tf.concat() take lists of tensors",
  ignore,
  fn() {
    tf.tidy(() => {
      const a = tf.tensor1d([1, 2]);
      assertEquals(tf.stack([a, a.mul(2)]).arraySync(), [[1, 2], [2, 4]]);
      assertEquals([...tf.concat([a, a, a]).dataSync()], [1, 2, 1, 2, 1, 2]);
    });
  },
});

Deno.test({
  name: "string tensors come back as they went in, short, long and empty",
  ignore,
  fn() {
    const words = ["", "latent", "ζ ".repeat(500), "\0middle\0"];
    tf.tidy(() => {
      assertEquals(tf.tensor1d(words, "string").arraySync(), words);
      assertEquals(tf.tensor2d(words, [2, 2], "string").clone().arraySync(), [
        words.slice(0, 2),
        words.slice(2),
      ]);
      const joined = tensorflow().op("StringJoin", {
        N: attribute.int(2),
        separator: attribute.string("-"),
      }, [tf.scalar("a", "string"), tf.scalar("b", "string")])[0]!;
      assertEquals(joined.arraySync() as unknown, "a-b");
    });
  },
});

Deno.test({
  name: "bool, int32 and complex64 tensors come back as they went in",
  ignore,
  fn() {
    tf.tidy(() => {
      assertEquals(tf.tensor1d([1, 0, 1], "bool").logicalNot().arraySync() as unknown, [0, 1, 0]);
      assertEquals(tf.tensor1d([2 ** 31 - 1, -5], "int32").arraySync(), [2 ** 31 - 1, -5]);
      const spectrum = tf.fft(tf.complex(tf.tensor1d([1, 0]), tf.tensor1d([0, 0])));
      assertEquals([...tf.real(spectrum).dataSync()], [1, 1]);
    });
  },
});

Deno.test({
  name: "int64 tensors keep values beyond 32 bits",
  ignore,
  fn() {
    const { binding } = tensorflow().backend;
    const large = [2n ** 62n, -(2n ** 40n) - 1n];
    const id = binding.createTensor([2], binding.TF_INT64, BigInt64Array.from(large));
    const [sum] = binding.executeOp("AddV2", [], [id, id], 1);
    const halves = binding.createTensor([1], binding.TF_INT64, Int32Array.of(7, -1));
    try {
      assertEquals([...binding.readTensor(id) as BigInt64Array], large);
      assertEquals((binding.readTensor(sum!.id) as BigInt64Array)[1], -(2n ** 41n) - 2n);
      assertEquals((binding.readTensor(halves) as BigInt64Array)[0], -(2n ** 32n) + 7n);
    } finally {
      for (const tensor of [id, sum!.id, halves]) binding.deleteTensor(tensor);
    }
  },
});

Deno.test({
  name: "attributes of every type and list reach TensorFlow",
  ignore,
  fn() {
    const engine = tensorflow();
    const op = engine.op.bind(engine);
    tf.tidy(() => {
      const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
      const pool = op("MaxPool", {
        ksize: attribute.int([1, 2, 2, 1]),
        strides: attribute.int([1, 1, 1, 1]),
        padding: attribute.string("VALID"),
      }, [x])[0]!;
      assertEquals([...pool.dataSync()], [4]);
      const leaky = op("LeakyRelu", { alpha: attribute.float(0.5) }, [tf.tensor1d([-2, 2])])[0]!;
      assertEquals([...leaky.dataSync()], [-1, 2]);
      const kept = op("Sum", { keep_dims: attribute.bool(true) }, [x, tf.tensor1d([1], "int32")])[0]!;
      assertEquals(kept.shape, [1, 1, 2, 1]);
      const cast = op("Cast", { DstT: attribute.type("int32") }, [tf.tensor1d([1.9])])[0]!;
      assertEquals([...cast.dataSync()], [1]);
      const [first, second] = op(
        "IdentityN",
        {
          T: attribute.type(["float32", "int32"]),
        },
        [tf.scalar(1.5), tf.scalar(2, "int32")],
        2,
      );
      assertEquals([first!.dtype, second!.dtype], ["float32", "int32"]);
      const buckets = op("Bucketize", { boundaries: attribute.float([0, 10]) }, [
        tf.tensor1d([-1, 5, 11]),
      ])[0]!;
      assertEquals([...buckets.dataSync()], [0, 1, 2]);
      const parsed = op("ParseTensor", { out_type: attribute.type("float32") }, [
        op("SerializeTensor", {}, [tf.tensor1d([3])])[0]!,
      ])[0]!;
      assertEquals([...parsed.dataSync()], [3]);
      const summary = op("TensorSummary", { labels: attribute.string(["first", "second"]) }, [x])[0]!;
      assertEquals(summary.dtype, "string");
      const queue = op("FIFOQueueV2", {
        component_types: attribute.type(["float32", "float32"]),
        shapes: attribute.shape([[2, 3], []]),
      }, [])[0]!;
      const wrong = assertThrows(
        () =>
          op("QueueEnqueueV2", { Tcomponents: attribute.type(["float32", "float32"]) }, [
            queue,
            tf.zeros([2, 2]),
            tf.scalar(1),
          ], 0),
        TensorFlowError,
      );
      assert(wrong.message.includes("[2,3]"), wrong.message);
    });
  },
});

Deno.test({
  name: "fractions of int attributes are cut off, as in tf.multinomial() without a seed",
  ignore,
  fn() {
    tf.tidy(() => {
      assertEquals([...tf.multinomial(tf.tensor1d([-1e3, 0, -1e3]), 4).dataSync()], [1, 1, 1, 1]);
      const wide = tf.tensor4d([1, 2, 3, 4], [1, 1, 1, 4]);
      const [square] = tensorflow().op("DepthToSpace", { block_size: attribute.int(2.9) }, [wide]);
      assertEquals(square!.shape, [1, 2, 2, 1]);
      const [whole] = tensorflow().op("MaxPool", {
        ksize: attribute.int([1, 2.5, 2.9, 1]),
        strides: attribute.int([1, 1.5, 1.9, 1]),
        padding: attribute.string("VALID"),
      }, [square!]);
      assertEquals([...whole!.dataSync()], [4]);
    });
  },
});

Deno.test({
  name: "an op that fails throws TensorFlow's own message and code, and leaves nothing behind",
  ignore,
  fn() {
    assertNothingLeft(() =>
      tf.tidy(() => {
        const x = tf.zeros([2, 3]);
        const error = assertThrows(
          () => tensorflow().op("MatMul", {}, [x, x]),
          TensorFlowError,
        );
        assertEquals(error.code, "INVALID_ARGUMENT");
        assert(error.message.includes("[2,3]"), error.message);
        const unknown = assertThrows(() => tensorflow().op("NoSuchOp", {}, []), TensorFlowError);
        assertEquals(unknown.code, "NOT_FOUND");
        assert(unknown.message.includes("NoSuchOp"), unknown.message);
      })
    );
  },
});

Deno.test({
  name: "createTensor() refuses values that fit neither the data type nor the shape",
  ignore,
  fn() {
    const { binding } = tensorflow().backend;
    assertNothingLeft(() => {
      assertThrows(() => binding.createTensor([2], binding.TF_FLOAT, Int32Array.of(1, 2)), TypeError);
      assertThrows(() => binding.createTensor([3], binding.TF_FLOAT, Float32Array.of(1, 2)), RangeError);
      assertThrows(() => binding.createTensor([2], binding.TF_STRING, [new Uint8Array(1)]), RangeError);
      assertThrows(() => binding.createTensor([1], binding.TF_STRING, Float32Array.of(1)), TypeError);
      assertThrows(() => binding.tensorDataSync(2 ** 30), RangeError, "freed or never made");
    });
  },
});

Deno.test({
  name: "1,000 ops and 1,000 failures leave no handle behind",
  ignore,
  fn() {
    assertNothingLeft(() => {
      for (let i = 0; i < 1000; i++) {
        tf.tidy(() => {
          const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
          assertAlmostEquals(x.matMul(x).add(1).sum().dataSync()[0]!, 58);
          assertThrows(() => tensorflow().op("MatMul", {}, [x, tf.scalar(1)]), TensorFlowError);
        });
      }
    });
  },
});

Deno.test({
  name: "string tensors give their memory back",
  ignore,
  fn() {
    const megabyte = "x".repeat(2 ** 20);
    const cycle = () => tf.tidy(() => void tf.tensor1d([megabyte], "string").clone().dataSync());
    for (let i = 0; i < 50; i++) cycle();
    const before = residentMegabytes();
    for (let i = 0; i < 300; i++) cycle();
    const grown = residentMegabytes() - before;
    assert(grown < 100, `300 strings of 1 MB left ${grown.toFixed(0)} MB behind`);
  },
});
