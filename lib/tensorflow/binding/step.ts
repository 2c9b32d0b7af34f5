/** Steps that run the same way op by op and captured, on TensorFlow and on every other backend of tfjs. */
import * as tf from "@tensorflow/tfjs";
import { captureStep } from "./capture.ts";
import { activeEngine } from "./engine.ts";
import { checkFeed, feedValues } from "./feeds.ts";
import type { Feed, StepDefinition, StepFunction, Tensor, TensorSpec } from "./types.ts";
import { PlainVariable, ResourceVariable, type Variable } from "./variable.ts";

/** How a step is to run. */
export interface StepOptions {
  /** Capture it into one TensorFlow function where TensorFlow runs (default: yes). */
  readonly capture?: boolean;
}

/**
 * Makes a step ready to run: captured where TensorFlow runs, op by op elsewhere.
 *
 * ```ts ignore
 * const weight = createVariable("weight", tf.zeros([2]));
 * const step = createStep({
 *   name: "descend",
 *   inputs: { x: { shape: [2], dtype: "float32" }, rate: { shape: [], dtype: "float32" } },
 *   body({ x, rate }) {
 *     const { value, grads } = tf.valueAndGrads((w) => w.sub(x).square().sum())([weight.read()]);
 *     applyGradientDescent(weight, { learningRate: rate }, grads[0]);
 *     return { loss: value };
 *   },
 * });
 * const { loss } = step.run({ x: Float32Array.of(1, 2), rate: 0.1 });
 * ```
 *
 * @throws {TypeError} The step is to be captured, and reads values or uses tensors from outside.
 */
export function createStep<I extends string, O extends string>(
  definition: StepDefinition<I, O>,
  { capture = true }: StepOptions = {},
): StepFunction<I, O> {
  const engine = activeEngine();
  return engine && capture ? captureStep(engine.backend, definition) : new EagerStep(definition);
}

/**
 * Makes a variable on the backend in use.
 *
 * @param name A name for checkpoints and errors.
 * @param initial Its first value, float32.
 */
export function createVariable(name: string, initial: Tensor): Variable {
  const engine = activeEngine();
  return engine ? new ResourceVariable(engine.backend, name, initial) : new PlainVariable(name, initial);
}

/**
 * Steps by the signature of their inputs: the short last batch of an epoch has a step of its own, made when it is first
 * needed.
 */
export class StepCache<I extends string, O extends string> {
  readonly #create: (signature: string) => StepFunction<I, O>;
  readonly #steps = new Map<string, StepFunction<I, O>>();

  /** @param create Makes the step for a signature. */
  constructor(create: (signature: string) => StepFunction<I, O>) {
    this.#create = create;
  }

  /** The step for a signature, `"128x28x28x1"` for instance. */
  get(signature: string): StepFunction<I, O> {
    let step = this.#steps.get(signature);
    if (!step) this.#steps.set(signature, step = this.#create(signature));
    return step;
  }

  /** Frees them all. */
  dispose(): void {
    for (const step of this.#steps.values()) step.dispose();
    this.#steps.clear();
  }
}

/** Runs the body op by op. */
class EagerStep<I extends string, O extends string> implements StepFunction<I, O> {
  readonly captured = false;
  readonly #definition: StepDefinition<I, O>;

  constructor(definition: StepDefinition<I, O>) {
    this.#definition = definition;
  }

  run(feeds: Readonly<Record<I, Feed>>): Record<O, Tensor> {
    const { name, inputs, body } = this.#definition;
    return tf.tidy(() => {
      const tensors = {} as Record<I, Tensor>;
      for (const input of Object.keys(inputs) as I[]) {
        checkFeed(name, input, inputs[input], feeds[input]);
        tensors[input] = feedTensor(inputs[input], feeds[input]);
      }
      return { ...body(tensors) };
    });
  }

  runInBackground(feeds: Readonly<Record<I, Feed>>): Promise<Record<O, Tensor>> {
    return Promise.resolve().then(() => this.run(feeds));
  }

  dispose(): void {}
}

function feedTensor(spec: TensorSpec, feed: Feed): Tensor {
  const { dtype } = spec;
  const values = feedValues(spec, feed);
  if (!values) return (feed as Tensor).clone();
  const shape = [...spec.shape];
  if (dtype !== "uint8") return tf.tensor(values, shape, dtype);
  return activeEngine()?.bytes(values as Uint8Array, shape) ?? tf.tensor(Int32Array.from(values), shape, "int32");
}
