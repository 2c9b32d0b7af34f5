/** TensorFlow in this process: its ops, its variables, its captured functions. */
import type * as tf from "@tensorflow/tfjs";
import { type Attribute, attribute, type UnnamedAttribute } from "../ffi/attributes.ts";
import type { Binding } from "./binding.ts";
import { captureFunction, type CaptureOptions } from "./capture.ts";
import { DATA_TYPES } from "../ffi/data_types.ts";
import type { KernelBackend } from "./kernel_backend.ts";
import type { Device } from "../ffi/context.ts";
import type { StepDefinition, StepFunction, Tensor } from "./types.ts";
import { ResourceVariable, type Variable } from "./variable.ts";

/** How many objects are alive, for finding leaks. */
export interface MemoryCounters {
  /** Tensors of TensorFlow, those of variables among them. */
  readonly handles: number;
  /** Tensors of tfjs. */
  readonly tensors: number;
  /** Variables. */
  readonly variables: number;
  /** Captured functions. */
  readonly functions: number;
  /** Ops that were executed since the start, a captured function counting as one. */
  readonly executedOps: number;
}

/** Where the engine comes from. */
export interface EngineOrigin {
  /** Where the library was found. */
  readonly source: string;
  /** The folder it lies in. */
  readonly folder: string;
}

/** TensorFlow, started. There is one a process. */
export class TensorFlowEngine {
  /** TensorFlow's version, `"2.21.0"` for instance. */
  readonly version: string;
  /** Where the library was found. */
  readonly origin: EngineOrigin;
  /** The type of the device that ops run on, `"CPU"` or `"GPU"`. */
  readonly device: string;
  /** Every device that TensorFlow found. */
  readonly devices: readonly Device[];

  readonly #tf: typeof tf;
  readonly #backend: KernelBackend;
  /**
   * The contract with the kernels, for what has no op of its own.
   *
   * @internal
   */
  readonly binding: Binding;
  readonly #resourceShapes = new Map<number, readonly number[]>();
  readonly #functions = new Set<string>();
  #named = 0;

  /** For {@linkcode startTensorFlow}. */
  constructor(
    tfjs: typeof tf,
    binding: Binding,
    backend: KernelBackend,
    origin: EngineOrigin,
  ) {
    this.#tf = tfjs;
    this.binding = binding;
    this.#backend = backend;
    this.version = binding.TF_Version;
    this.origin = origin;
    this.devices = binding.context.devices;
    this.device = binding.isUsingGpuDevice() ? "GPU" : "CPU";
  }

  /**
   * Runs any op of TensorFlow, or records it while a function is being captured.
   *
   * ```ts ignore
   * const [sum] = engine.op("BiasAdd", {}, [x, bias]);
   * ```
   *
   * @param name TensorFlow's name of the op.
   * @param attributes Its attributes, made by {@linkcode attribute}. Data types that follow from
   * the inputs, and attributes with a default, can be left out.
   * @param inputs Its inputs, those of a list one after the other.
   * @param outputs How many outputs it has.
   * @throws {TensorFlowError} TensorFlow refuses it.
   */
  op(
    name: string,
    attributes: Readonly<Record<string, UnnamedAttribute>>,
    inputs: readonly Tensor[],
    outputs = 1,
  ): Tensor[] {
    const list = Object.entries(attributes).map(([name, value]) => ({
      name,
      ...value,
    }));
    return this.run(name, list, this.idsOf(inputs), outputs);
  }

  /** {@linkcode TensorFlowEngine.op} by the binding's numbers. */
  run(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): Tensor[] {
    return this.binding.executeOp(name, attributes, inputs, outputs)
      .map((metadata) => this.#backend.adopt(metadata));
  }

  /** A uint8 tensor, which passes for int32 in tfjs; only raw ops and `toFloat` take it. */
  bytes(values: Uint8Array, shape: readonly number[]): Tensor {
    const dtype = DATA_TYPES.uint8;
    const id = this.binding.createTensor([...shape], dtype, values);
    return this.#backend.adopt({ id, shape: [...shape], dtype });
  }

  /** The binding's numbers of tensors. */
  idsOf(tensors: readonly Tensor[]): number[] {
    return this.#backend.idsOf(tensors);
  }

  /**
   * A variable with a first value.
   *
   * @param name A name for checkpoints and errors.
   * @param initial Its first value, float32.
   */
  variable(name: string, initial: Tensor): Variable {
    return new ResourceVariable(this, name, initial);
  }

  /**
   * Records a computation into one TensorFlow function.
   *
   * @throws {TypeError} The computation reads values, or uses tensors from outside.
   */
  capture<I extends string, O extends string>(
    definition: StepDefinition<I, O>,
    options: CaptureOptions = {},
  ): StepFunction<I, O> {
    const name = `latentboard_${definition.name}_${this.#named++}`
      .replaceAll(/[^A-Za-z0-9_]/g, "_");
    const step = captureFunction(definition, {
      ...options,
      functionName: name,
      tf: this.#tf,
      binding: this.binding,
      backend: this.#backend,
      resourceShapes: this.#resourceShapes,
      disposed: () => this.#functions.delete(name),
    });
    this.#functions.add(name);
    return step;
  }

  /**
   * Makes what has an effect wait: every update that `body` does happens after `tensors` have their
   * values. Op by op that is so anyway, and a captured update waits for the uses of its own variable
   * by itself; this is for updates that have to wait for something else.
   */
  after<T>(tensors: readonly Tensor[], body: () => T): T {
    const release = this.binding.recorder?.waitFor(this.idsOf(tensors));
    try {
      return body();
    } finally {
      release?.();
    }
  }

  /** Makes an uninitialized resource for a float variable. */
  createResource(shape: readonly number[]): number {
    const [resource] = this.binding.executeOp(
      "VarHandleOp",
      [
        { name: "dtype", ...attribute.type("float32") },
        { name: "shape", ...attribute.shape(shape) },
        { name: "shared_name", ...attribute.string(ANONYMOUS) },
      ],
      [],
      1,
    );
    this.#resourceShapes.set(resource!.id, shape);
    return resource!.id;
  }

  /** Frees what {@linkcode TensorFlowEngine.createResource} made. */
  destroyResource(resource: number): void {
    if (!this.#resourceShapes.delete(resource)) return;
    try {
      this.binding.executeOp(
        "DestroyResourceOp",
        [
          { name: "ignore_lookup_error", ...attribute.bool(true) },
        ],
        [resource],
        0,
      );
    } finally {
      this.binding.deleteTensor(resource);
    }
  }

  /** How many objects are alive. */
  memory(): MemoryCounters {
    return {
      ...this.binding.counters(),
      tensors: this.#tf.memory().numTensors,
      variables: this.#resourceShapes.size,
      functions: this.#functions.size,
    };
  }
}

/** The name that gives every variable a resource of its own (tensorflow::ResourceHandle::ANONYMOUS_NAME). */
const ANONYMOUS = "cd2c89b7-88b7-44c8-ad83-06c2a9158347";
