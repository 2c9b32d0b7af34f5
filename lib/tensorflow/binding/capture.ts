/** Captures a step into one TensorFlow function. */
import * as tf from "@tensorflow/tfjs";
import { type Attribute, attribute } from "../ffi/attributes.ts";
import { DATA_TYPES } from "../ffi/data_types.ts";
import { cName } from "../ffi/native.ts";
import type { Metadata } from "./binding.ts";
import { checkFeed, feedValues } from "./feeds.ts";
import type { KernelBackend } from "./kernel_backend.ts";
import { GraphRecorder } from "./recorder.ts";
import type { Feed, StepDefinition, StepFunction, Tensor } from "./types.ts";

/**
 * Runs a step's body once on tensors without values, and makes a TensorFlow function of the ops that it calls.
 *
 * @throws {TypeError} The body reads values, uses tensors from outside, or captures another step.
 */
export function captureStep<I extends string, O extends string>(
  backend: KernelBackend,
  definition: StepDefinition<I, O>,
): StepFunction<I, O> {
  const { binding } = backend;
  if (binding.recorder) throw new TypeError(`Cannot capture ${definition.name}: another function is being captured`);
  const functionName = `${definition.name}_${binding.allocateId()}`.replaceAll(/[^A-Za-z0-9_]/g, "_");
  const recorder = new GraphRecorder(binding);
  binding.recorder = recorder;
  try {
    let outputs: O[] = [];
    tf.tidy(() => {
      const symbolic = {} as Record<I, Tensor>;
      for (const name of keys(definition.inputs)) {
        const { shape, dtype } = definition.inputs[name];
        symbolic[name] = backend.adopt(recorder.addInput(shape, DATA_TYPES[dtype]));
      }
      const results = definition.body(symbolic);
      outputs = keys(results);
      recorder.finish(functionName, backend.idsOf(outputs.map((name) => results[name])));
    });
    binding.functions.add(functionName);
    return new CapturedStep(backend, definition, { functionName, resources: [...recorder.resources], outputs });
  } finally {
    binding.recorder = null;
    recorder.dispose();
  }
}

/** What is called: a function's name, the resources it takes after the inputs, and the names of its outputs. */
interface Signature<O extends string> {
  readonly functionName: string;
  readonly resources: readonly number[];
  readonly outputs: readonly O[];
}

/** A step as a function of TensorFlow's context. */
class CapturedStep<I extends string, O extends string> implements StepFunction<I, O> {
  readonly captured = true;
  readonly #backend: KernelBackend;
  readonly #definition: StepDefinition<I, O>;
  readonly #signature: Signature<O>;
  #disposed = false;

  constructor(backend: KernelBackend, definition: StepDefinition<I, O>, signature: Signature<O>) {
    this.#backend = backend;
    this.#definition = definition;
    this.#signature = signature;
  }

  run(feeds: Readonly<Record<I, Feed>>): Record<O, Tensor> {
    const { functionName, outputs } = this.#signature;
    const { ids, release } = this.#feed(feeds);
    try {
      return this.#named(this.#backend.binding.executeOp(functionName, CALL, ids, outputs.length));
    } finally {
      release();
    }
  }

  async runInBackground(feeds: Readonly<Record<I, Feed>>): Promise<Record<O, Tensor>> {
    const { functionName, outputs } = this.#signature;
    const { ids, release } = this.#feed(feeds);
    try {
      return this.#named(await this.#backend.binding.executeInBackground(functionName, CALL, ids, outputs.length));
    } finally {
      release();
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const { native, context, functions } = this.#backend.binding;
    const { functionName } = this.#signature;
    native.symbols.TFE_ContextRemoveFunction(context.pointer, cName(functionName), native.status);
    native.check();
    functions.delete(functionName);
  }

  /** The ids of all inputs, and how to free those that were made for this call. */
  #feed(feeds: Readonly<Record<I, Feed>>): { ids: number[]; release: () => void } {
    const { name, inputs } = this.#definition;
    if (this.#disposed) throw new TypeError(`Cannot run ${name}: it was disposed of`);
    const { binding } = this.#backend;
    const made: number[] = [];
    const release = () => made.forEach((id) => binding.deleteTensor(id));
    try {
      const ids = keys(inputs).map((input) => {
        const spec = inputs[input];
        const feed = feeds[input];
        checkFeed(name, input, spec, feed);
        const values = feedValues(spec, feed);
        if (!values) return this.#backend.idsOf([feed as Tensor])[0]!;
        const id = binding.createTensor(spec.shape, DATA_TYPES[spec.dtype], values);
        made.push(id);
        return id;
      });
      return { ids: [...ids, ...this.#signature.resources], release };
    } catch (error) {
      release();
      throw error;
    }
  }

  #named(results: readonly Metadata[]): Record<O, Tensor> {
    const { outputs } = this.#signature;
    const entries = results.map((metadata, i) => [outputs[i]!, this.#backend.adopt(metadata)]);
    return Object.fromEntries(entries) as Record<O, Tensor>;
  }
}

/** An empty ConfigProto: with the attribute present TensorFlow optimizes the function's graph. */
const CALL: readonly Attribute[] = [{ name: "config_proto", ...attribute.string("") }];

function keys<K extends string>(record: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(record) as K[];
}
