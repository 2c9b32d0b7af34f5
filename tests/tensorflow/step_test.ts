import * as tf from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import {
  applyAdam,
  applyGradientDescent,
  applyMomentum,
  applyRmsProp,
  attribute,
  createStep,
  createVariable,
  StepCache,
  type StepFunction,
  type Tensor,
  TensorFlowError,
  toFloat,
  type Variable,
} from "../../lib/tensorflow/mod.ts";
import { ignore, residentMegabytes, tensorflow } from "./_engine.ts";

const BATCH = 16;
const PIXELS = 12;
const LATENT = 3;

/** A small autoencoder with noise, trained by Adam, with everything a real step has in it. */
class Trainer {
  readonly variables: Variable[] = [];
  readonly step: StepFunction<"images" | "step" | "rate" | "beta", "loss" | "average">;

  constructor(capture: boolean) {
    const shapes = [[PIXELS, LATENT], [LATENT], [LATENT, PIXELS], [PIXELS]];
    const weights = shapes.map((shape, i) => this.#variable(tf.randomNormal(shape, 0, 0.5, "float32", i + 1)));
    const slots = shapes.map((shape) => ({
      m: this.#variable(tf.zeros(shape)),
      v: this.#variable(tf.zeros(shape)),
    }));
    const average = this.#variable(tf.zeros(shapes[0]!));
    this.step = createStep({
      name: "train",
      inputs: {
        images: { shape: [BATCH, PIXELS], dtype: "uint8" },
        step: { shape: [], dtype: "int32" },
        rate: { shape: [], dtype: "float32" },
        beta: { shape: [], dtype: "float32" },
      },
      body({ images, step, rate, beta }) {
        const x = toFloat(images).div(255);
        const [noise] = tensorflow().op("StatelessRandomNormal", {}, [
          tf.tensor1d([BATCH, LATENT], "int32"),
          tf.stack([tf.scalar(1, "int32"), step]),
        ]);
        const { value, grads } = tf.valueAndGrads((w1, b1, w2, b2) => {
          const mu = x.matMul(w1!).add(b1!);
          const logits = mu.add(noise!).relu().matMul(w2!).add(b2!);
          return logits.sub(x).square().sum().add(mu.square().sum().mul(beta)).div(BATCH).asScalar();
        })(weights.map((w) => w.read()));
        const norm = tf.addN(grads.map((g) => g.square().sum())).sqrt();
        const clipped = grads.map((g) => g.div(norm.maximum(1)));
        const time = step.toFloat().add(1);
        const settings = {
          learningRate: rate,
          beta1: tf.scalar(0.9),
          beta2: tf.scalar(0.999),
          beta1Power: tf.pow(0.9, time),
          beta2Power: tf.pow(0.999, time),
          epsilon: tf.scalar(1e-7),
        };
        weights.forEach((w, i) => applyAdam(w, slots[i]!, settings, clipped[i]!));
        average.assign(average.read().mul(0.9).add(weights[0]!.read().mul(0.1)));
        return { loss: value, average: average.read().sum() };
      },
    }, { capture });
  }

  /** Step number `i` under a cosine rate and a warm-up of beta. */
  run(i: number): { loss: number; average: number } {
    return read(this.step.run(feeds(i)));
  }

  values(): number[] {
    return tf.tidy(() => this.variables.flatMap((variable) => [...variable.read().dataSync()]));
  }

  dispose(): void {
    this.step.dispose();
    for (const variable of this.variables) variable.dispose();
  }

  #variable(initial: Tensor): Variable {
    const variable = createVariable(`v${this.variables.length}`, initial);
    initial.dispose();
    this.variables.push(variable);
    return variable;
  }
}

function feeds(i: number) {
  return {
    images: new Uint8Array(BATCH * PIXELS).map((_, at) => (at * 37 + i * 11) % 256),
    step: i,
    rate: 0.01 * (1 + Math.cos(Math.PI * i / 20)),
    beta: Math.min(1, i / 10),
  };
}

function read<O extends string>(outputs: Record<O, Tensor>): Record<O, number> {
  const entries = Object.entries<Tensor>(outputs);
  const values = entries.map(([name, tensor]) => [name, tensor.dataSync()[0]!]);
  tf.dispose(outputs);
  return Object.fromEntries(values);
}

/** A variable whose first value is made in a tidy of its own. */
function variable(initial: () => Tensor): Variable {
  const value = tf.tidy(initial);
  const made = createVariable("variable", value);
  value.dispose();
  return made;
}

Deno.test({
  name: "createStep() captured equals op by op over 20 steps, in losses and in every variable",
  ignore,
  fn() {
    const [captured, eager] = [new Trainer(true), new Trainer(false)];
    assertEquals([captured.step.captured, eager.step.captured], [true, false]);
    for (let i = 0; i < 20; i++) {
      const [ours, reference] = [captured.run(i), eager.run(i)];
      assertAlmostEquals(ours.loss, reference.loss, 1e-5 * reference.loss);
      assertAlmostEquals(ours.average, reference.average, 1e-5);
    }
    const reference = eager.values();
    captured.values().forEach((value, i) => assertAlmostEquals(value, reference[i]!, 1e-5));
    captured.dispose();
    eager.dispose();
  },
});

Deno.test({
  name: "createStep() gives the same numbers again from the same start",
  ignore,
  fn() {
    const run = () => {
      const trainer = new Trainer(true);
      for (let i = 0; i < 5; i++) trainer.run(i);
      const values = trainer.values();
      trainer.dispose();
      return values;
    };
    assertEquals(run(), run());
  },
});

Deno.test({
  name: "runInBackground() does what run() does, and JavaScript goes on meanwhile",
  ignore,
  async fn() {
    const [one, other] = [new Trainer(true), new Trainer(true)];
    for (let i = 0; i < 3; i++) {
      const pending = one.step.runInBackground(feeds(i));
      const reference = other.run(i);
      assertEquals(read(await pending), reference);
    }
    one.dispose();
    other.dispose();
  },
});

Deno.test({
  name: "a captured step orders reads and writes of a variable as they were written down",
  ignore,
  fn() {
    const three = variable(() => tf.scalar(3));
    const step = createStep({
      name: "order",
      inputs: { by: { shape: [], dtype: "float32" } },
      body({ by }) {
        const before = three.read();
        const held = three.read().mul(1);
        three.assign(before.mul(by));
        const between = three.read();
        applyGradientDescent(three, { learningRate: tf.scalar(1) }, tf.scalar(1));
        const after = three.read();
        three.assign(tf.scalar(3));
        return { before, held, between, after };
      },
    });
    for (let i = 0; i < 200; i++) {
      assertEquals(read(step.run({ by: i })), { before: 3, held: 3, between: 3 * i, after: 3 * i - 1 });
    }
    step.dispose();
    three.dispose();
  },
});

Deno.test({
  name: "a captured step takes attributes of every type, and lists of tensors",
  ignore,
  fn() {
    const step = createStep({
      name: "attributes",
      inputs: { x: { shape: [1, 2, 2, 1], dtype: "float32" } },
      body({ x }) {
        const op = tensorflow().op.bind(tensorflow());
        const [pooled] = op("MaxPool", {
          ksize: attribute.int([1, 2, 2, 1]),
          strides: attribute.int([1, 1, 1, 1]),
          padding: attribute.string("VALID"),
        }, [x]);
        const [leaky] = op("LeakyRelu", { alpha: attribute.float(0.5) }, [x.neg()]);
        const [sum] = op("Sum", { keep_dims: attribute.bool(true) }, [x, tf.tensor1d([1], "int32")]);
        const [same, number] = op("IdentityN", { T: attribute.type(["float32", "int32"]) }, [
          x,
          tf.scalar(2, "int32"),
        ], 2);
        const [buckets] = op("Bucketize", { boundaries: attribute.float([0, 3]) }, [x]);
        const [squares] = op("Einsum", { N: attribute.int(2), equation: attribute.string("abcd,abcd->abcd") }, [x, x]);
        op("TensorSummary", { labels: attribute.string(["first", "second"]) }, [x]);
        const [empty] = op("Placeholder", { dtype: attribute.type("float32"), shape: attribute.shape([2, 3]) }, []);
        assertEquals(empty!.shape, [2, 3]);
        const outputs = { pooled, leaky, sum, same, number, buckets, squares };
        return outputs as Record<keyof typeof outputs, Tensor>;
      },
    });
    const outputs = step.run({ x: Float32Array.of(1, 2, 3, 4) });
    const values = Object.fromEntries(Object.entries(outputs).map(([name, t]) => [name, [...t.dataSync()]]));
    assertEquals(values, {
      pooled: [4],
      leaky: [-0.5, -1, -1.5, -2],
      sum: [4, 6],
      same: [1, 2, 3, 4],
      number: [2],
      buckets: [1, 1, 2, 2],
      squares: [1, 4, 9, 16],
    });
    tf.dispose(outputs);
    step.dispose();
  },
});

Deno.test({
  name: "a captured sum of products over shards is one product, and the same number",
  ignore,
  fn() {
    // Of 30 rows a shard; 200 by 150 is more than their operands hold, 4 by 3 is less.
    for (const [rows, m, n] of [[30, 200, 150], [30, 4, 3]] as const) {
      const step = createStep({
        name: "products",
        inputs: {
          x: { shape: [3 * rows, m], dtype: "float32" },
          y: { shape: [3 * rows, n], dtype: "float32" },
        },
        body({ x, y }) {
          const [xs, ys] = [tf.split(x, 3) as tf.Tensor2D[], tf.split(y, 3) as tf.Tensor2D[]];
          const products = xs.map((x, i) => tf.matMul(x, ys[i]!, true, false));
          const sum = products.reduce((one, other) => tf.add(one, other));
          return {
            sum,
            twice: tf.add(products[0]!, products[0]!),
            whole: tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D, true),
          };
        },
      });
      const numbers = (count: number, by: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * by));
      const [x, y] = [numbers(3 * rows * m, 0.37), numbers(3 * rows * n, 0.73)];
      const { sum, twice, whole } = step.run({ x, y });
      const [sums, doubles, wanted] = [sum, twice, whole].map((tensor) => tensor.dataSync());
      let double = 0;
      for (let row = 0; row < rows; row++) double += 2 * x[row * m]! * y[row * n]!;
      assertAlmostEquals(doubles![0]!, double, 1e-4);
      sums!.forEach((value, i) => assertAlmostEquals(value, wanted![i]!, 1e-4));
      tf.dispose([sum, twice, whole]);
      step.dispose();
    }
  },
});

Deno.test({
  name: "fused updates agree with their formulas",
  ignore,
  fn() {
    const gradients = [0.5, -1, 0.25];
    const settle = (update: (v: Variable[], gradient: Tensor) => void, start: number[]) => {
      const variables = start.map((value) => variable(() => tf.scalar(value)));
      for (const gradient of gradients) tf.tidy(() => update(variables, tf.scalar(gradient)));
      const value = tf.tidy(() => variables[0]!.read().dataSync()[0]!);
      variables.forEach((each) => each.dispose());
      return value;
    };
    const momentum = settle(
      ([p, u], g) => applyMomentum(p!, u!, { learningRate: tf.scalar(0.1), momentum: tf.scalar(0.9) }, g),
      [1, 0],
    );
    let [p, u] = [1, 0];
    for (const g of gradients) p -= 0.1 * (u = 0.9 * u + g);
    assertAlmostEquals(momentum, p, 1e-6);

    const rms = settle(([p, s, u], g) =>
      applyRmsProp(p!, { meanSquare: s!, accumulator: u! }, {
        learningRate: tf.scalar(0.1),
        momentum: tf.scalar(0.5),
        decay: tf.scalar(0.9),
        epsilon: tf.scalar(1e-7),
      }, g), [1, 0, 0]);
    let square = 0;
    [p, u] = [1, 0];
    for (const g of gradients) {
      square = 0.9 * square + 0.1 * g * g;
      u = 0.5 * u + 0.1 * g / Math.sqrt(square + 1e-7);
      p -= u;
    }
    assertAlmostEquals(rms, p, 1e-5);
  },
});

Deno.test({
  name: "a captured step refuses tensors from outside, reading values, and a second capture within",
  ignore,
  fn() {
    const outside = tf.scalar(2);
    const written = tf.tidy(() => tf.scalar(2).mul(1));
    const before = tensorflow().memory();
    const attempt = (body: (x: Tensor) => Tensor) =>
      createStep({
        name: "refused",
        inputs: { x: { shape: [], dtype: "float32" } },
        body: ({ x }) => ({ y: body(x) }),
      });
    assertThrows(() => attempt((x) => x.mul(written)), TypeError, "made outside the function");
    assertThrows(() => attempt((x) => x.mul(outside)), TypeError, "made outside the function");
    assertThrows(() => attempt((x) => tf.scalar(x.dataSync()[0]!)), TypeError, "no values yet");
    assertThrows(() => attempt((x) => (attempt((y) => y), x)), TypeError, "another function");
    assertThrows(() => attempt((x) => tf.matMul(x as tf.Tensor2D, x as tf.Tensor2D)), Error);
    assertThrows(() => attempt((x) => tensorflow().op("MatMul", {}, [x, x])[0]!), TensorFlowError);
    const after = tensorflow().memory();
    assertEquals(after.functions, before.functions);
    assertEquals(after.handles, before.handles);
    assertEquals(after.tensors, before.tensors);
    assertEquals(tf.tidy(() => written.add(1).dataSync()[0]), 3);
    tf.dispose([outside, written]);
  },
});

Deno.test({
  name: "a step refuses feeds that do not fit its inputs, captured and op by op",
  ignore,
  async fn() {
    for (const capture of [true, false]) {
      const step = createStep({
        name: "sum",
        inputs: { x: { shape: [2], dtype: "float32" } },
        body: ({ x }) => ({ sum: x.sum() }),
      }, { capture });
      const run = (x: unknown) => step.run({ x } as Parameters<typeof step.run>[0]);
      assertEquals(read(run(Float32Array.of(1, 2))), { sum: 3 });
      assertThrows(() => run(undefined), TypeError, "input x is float32 of shape [2], and nothing was given");
      assertThrows(() => run(Float32Array.of(1)), TypeError, "1 values were given");
      assertThrows(() => run(Int32Array.of(1, 2)), TypeError, "Int32Array was given");
      assertThrows(() => run(1), TypeError, "a number was given");
      const wrong = tf.zeros([3]);
      assertThrows(() => run(wrong), TypeError, "a tensor of shape [3] was given");
      await assertRejects(() => step.runInBackground({ x: wrong }), TypeError);
      wrong.dispose();
      step.dispose();
    }
  },
});

Deno.test({
  name: "dispose() removes the function from TensorFlow, and a disposed step says so",
  ignore,
  fn() {
    const engine = tensorflow();
    const before = engine.memory().functions;
    const cache = new StepCache((size) =>
      createStep({
        name: "by size",
        inputs: { x: { shape: [Number(size)], dtype: "float32" } },
        body: ({ x }) => ({ sum: x.sum() }),
      })
    );
    const step = cache.get("2");
    assertEquals(cache.get("2"), step);
    assertEquals(read(cache.get("3").run({ x: Float32Array.of(1, 2, 3) })), { sum: 6 });
    assertEquals(engine.memory().functions, before + 2);
    cache.dispose();
    assertEquals(engine.memory().functions, before);
    assertThrows(() => step.run({ x: Float32Array.of(1, 2) }), TypeError, "disposed of");
  },
});

Deno.test({
  name: "captured calls and captures leave nothing behind",
  ignore,
  fn() {
    const before = tensorflow().memory();
    const round = () => {
      const trainer = new Trainer(true);
      for (let i = 0; i < 20; i++) trainer.run(i);
      trainer.dispose();
    };
    round();
    const { handles, tensors, variables, functions } = tensorflow().memory();
    assertEquals(
      [handles, tensors, variables, functions],
      [before.handles, before.tensors, before.variables, before.functions],
    );
    const trainer = new Trainer(true);
    for (let i = 0; i < 500; i++) trainer.run(i % 20);
    const start = residentMegabytes();
    for (let i = 0; i < 1500; i++) trainer.run(i % 20);
    const grown = residentMegabytes() - start;
    trainer.dispose();
    assert(grown < 20, `1,500 captured calls left ${grown.toFixed(1)} MB behind`);
  },
});
