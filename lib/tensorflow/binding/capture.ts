/** Captures a computation into one TensorFlow function. */
import type * as tf from "@tensorflow/tfjs";
import { type Attribute, attribute } from "../ffi/attributes.ts";
import type { Binding, Metadata } from "./binding.ts";
import { DATA_TYPES } from "../ffi/data_types.ts";
import { checkFeed, feedValues } from "./feeds.ts";
import { GraphRecorder } from "./graph.ts";
import type { KernelBackend } from "./kernel_backend.ts";
import { cName } from "../ffi/native.ts";
import type { Feed, StepDefinition, StepFunction, Tensor, TensorSpec } from "./types.ts";

/** How to capture. */
export interface CaptureOptions {
  /** Compile the function with XLA (default: no). */
  readonly xla?: boolean;
}

/** What capturing needs of the engine. */
export interface CaptureSetting extends CaptureOptions {
  /** The function's name in TensorFlow's context. */
  readonly functionName: string;
  /** The package. */
  readonly tf: typeof tf;
  /** Whose ops are recorded. */
  readonly binding: Binding;
  /** Whose tensors they make. */
  readonly backend: KernelBackend;
  /** The shape of each variable, by its resource's number. */
  readonly resourceShapes: ReadonlyMap<number, readonly number[]>;
  /** Called when the function is freed. */
  readonly disposed: () => void;
}

/**
 * Records a computation into a TensorFlow function.
 *
 * @throws {TypeError} The computation reads values, uses tensors from outside, or is captured
 * within another.
 */
export function captureFunction<I extends string, O extends string>(
  definition: StepDefinition<I, O>,
  setting: CaptureSetting,
): StepFunction<I, O> {
  const { binding } = setting;
  if (binding.recorder) {
    throw new TypeError(
      `Cannot capture ${definition.name}: another function is being captured`,
    );
  }
  const recorder = new GraphRecorder(binding, setting.resourceShapes);
  binding.recorder = recorder;
  try {
    const outputs = record(definition, recorder, setting);
    return new CapturedFunction(definition, setting, {
      resources: [...recorder.captured],
      outputs,
    });
  } finally {
    binding.recorder = null;
    recorder.dispose();
  }
}

/** Runs the body once on symbolic inputs, and makes the function of what it did. */
function record<I extends string, O extends string>(
  { inputs, body }: StepDefinition<I, O>,
  recorder: GraphRecorder,
  { tf, backend, functionName, xla = false }: CaptureSetting,
): O[] {
  let names: O[] = [];
  tf.tidy(() => {
    const symbolic = {} as Record<I, Tensor>;
    for (const name of keys(inputs)) {
      const { shape, dtype } = inputs[name];
      symbolic[name] = backend.adopt(
        recorder.addInput(shape, DATA_TYPES[dtype]),
      );
    }
    const results = body(symbolic);
    names = keys(results);
    const ids = backend.idsOf(names.map((name) => results[name]));
    recorder.finish(functionName, ids, { xla });
  });
  return names;
}

/** A function of TensorFlow's context, with the resources it uses. */
class CapturedFunction<I extends string, O extends string> implements StepFunction<I, O> {
  readonly captured = true;
  readonly name: string;
  readonly #inputs: Readonly<Record<I, TensorSpec>>;
  readonly #setting: CaptureSetting;
  readonly #resources: readonly number[];
  readonly #outputs: readonly O[];
  #disposed = false;

  constructor(
    { name, inputs }: StepDefinition<I, O>,
    setting: CaptureSetting,
    signature: { resources: readonly number[]; outputs: readonly O[] },
  ) {
    this.name = name;
    this.#inputs = inputs;
    this.#setting = setting;
    this.#resources = signature.resources;
    this.#outputs = signature.outputs;
  }

  run(feeds: Readonly<Record<I, Feed>>): Record<O, Tensor> {
    const { binding, functionName } = this.#setting;
    const { ids, release } = this.#feed(feeds);
    try {
      return this.#name(
        binding.executeOp(functionName, CALL, ids, this.#outputs.length),
      );
    } finally {
      release();
    }
  }

  async runInBackground(
    feeds: Readonly<Record<I, Feed>>,
  ): Promise<Record<O, Tensor>> {
    const { binding, functionName } = this.#setting;
    const { ids, release } = this.#feed(feeds);
    try {
      return this.#name(
        await binding.executeInBackground(
          functionName,
          CALL,
          ids,
          this.#outputs.length,
        ),
      );
    } finally {
      release();
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const { binding: { native, context }, functionName, disposed } = this.#setting;
    native.symbols.TFE_ContextRemoveFunction(
      context.pointer,
      cName(functionName),
      native.status,
    );
    native.check();
    disposed();
  }

  /** The numbers of all inputs, and how to free those that were made for this call. */
  #feed(
    feeds: Readonly<Record<I, Feed>>,
  ): { ids: number[]; release: () => void } {
    if (this.#disposed) {
      throw new TypeError(`Cannot run ${this.name}: it was disposed of`);
    }
    const { binding, backend } = this.#setting;
    const made: number[] = [];
    const release = () => made.forEach((id) => binding.deleteTensor(id));
    try {
      const ids = keys(this.#inputs).map((input) => {
        const spec = this.#inputs[input];
        const feed = feeds[input];
        checkFeed(this.name, input, spec, feed);
        const values = feedValues(spec, feed);
        if (!values) return backend.idsOf([feed as Tensor])[0]!;
        const id = binding.createTensor(
          [...spec.shape],
          DATA_TYPES[spec.dtype],
          values,
        );
        made.push(id);
        return id;
      });
      return { ids: [...ids, ...this.#resources], release };
    } catch (error) {
      release();
      throw error;
    }
  }

  #name(outputs: readonly Metadata[]): Record<O, Tensor> {
    const { backend } = this.#setting;
    const named = {} as Record<O, Tensor>;
    outputs.forEach((metadata, i) => {
      named[this.#outputs[i]!] = backend.adopt(metadata);
    });
    return named;
  }
}

/** An empty ConfigProto: with the attribute present TensorFlow optimizes the function's graph. */
const CALL: readonly Attribute[] = [
  { name: "config_proto", ...attribute.string("") },
];

function keys<K extends string>(record: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(record) as K[];
}
