/** What training runs on: TensorFlow with captured steps, or any backend of tfjs op by op. */
import * as tf from "@tensorflow/tfjs";
import {
  activeEngine,
  type Feed,
  type StepDefinition,
  type StepFunction,
  type Tensor,
  type TensorSpec,
  type Variable,
} from "../tensorflow/mod.ts";
import { PlainVariable } from "../tensorflow/variable.ts";
import type { NamedTensor } from "./safetensors.ts";

/**
 * Makes a step ready to run: captured into one TensorFlow function where TensorFlow trains, op by op otherwise.
 *
 * @param definition the step
 * @param options `eager` forces op by op
 */
export function prepareStep<I extends string, O extends string>(
  definition: StepDefinition<I, O>,
  options: { eager: boolean },
): StepFunction<I, O> {
  const engine = activeEngine();
  return engine === null || options.eager ? new EagerStep(definition) : engine.capture(definition);
}

/** A step that runs op by op: the reference for the captured one, and the way on engines that can't capture. */
class EagerStep<I extends string, O extends string> implements StepFunction<I, O> {
  readonly captured = false;
  readonly name: string;
  readonly #definition: StepDefinition<I, O>;

  constructor(definition: StepDefinition<I, O>) {
    this.name = definition.name;
    this.#definition = definition;
  }

  run(feeds: Readonly<Record<I, Feed>>): Record<O, Tensor> {
    const { inputs, body } = this.#definition;
    return tf.tidy(() => {
      const tensors = {} as Record<I, Tensor>;
      for (const name of Object.keys(inputs) as I[]) tensors[name] = toTensor(inputs[name], feeds[name]);
      return { ...body(tensors) };
    });
  }

  async runInBackground(feeds: Readonly<Record<I, Feed>>): Promise<Record<O, Tensor>> {
    const outputs = this.run(feeds);
    await breathe();
    return outputs;
  }

  dispose(): void {}
}

function toTensor({ shape, dtype }: TensorSpec, feed: Feed): Tensor {
  if (feed instanceof tf.Tensor) return feed;
  if (typeof feed === "number") return tf.scalar(feed, dtype === "float32" ? "float32" : "int32");
  if (dtype === "uint8" && feed instanceof Uint8Array) {
    return activeEngine()?.bytes(feed, shape) ?? tf.tensor(feed, [...shape], "int32");
  }
  return tf.tensor(feed as Float32Array | Int32Array, [...shape], dtype === "float32" ? "float32" : "int32");
}

let lastBreath = 0;

/** Lets signals, timers and the network have their turn, at most twenty times a second. */
async function breathe(): Promise<void> {
  const now = performance.now();
  if (now - lastBreath < 50) return;
  lastBreath = now;
  await new Promise((resolve) => setTimeout(resolve, 0));
}

/**
 * A float variable on the engine in use.
 *
 * @param name its name
 * @param value its first value
 */
export function makeVariable(name: string, value: NamedTensor): Variable {
  const initial = tf.tensor(value.data, [...value.shape], "float32");
  try {
    return activeEngine()?.variable(name, initial) ?? new PlainVariable(name, initial);
  } finally {
    initial.dispose();
  }
}

/**
 * Copies a variable's value to this process's memory.
 *
 * @param variable which variable
 */
export function readVariable(variable: Variable): NamedTensor {
  const value = variable.read();
  try {
    return { shape: [...variable.shape], data: Float32Array.from(value.dataSync()) };
  } finally {
    value.dispose();
  }
}

/**
 * Puts a value into a variable.
 *
 * @param variable which variable
 * @param value of the variable's shape
 */
export function writeVariable(variable: Variable, value: NamedTensor): void {
  const tensor = tf.tensor(value.data, [...value.shape], "float32");
  try {
    variable.assign(tensor);
  } finally {
    tensor.dispose();
  }
}
