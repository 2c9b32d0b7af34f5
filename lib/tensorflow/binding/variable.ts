/** State that outlives a step: parameters, an optimizer's moments, averages. */
import * as tf from "@tensorflow/tfjs";
import { attribute } from "../ffi/attributes.ts";
import type { KernelBackend } from "./kernel_backend.ts";
import type { Tensor } from "./types.ts";

/** A float tensor that can be read and replaced, op by op as well as in a captured step. */
export interface Variable {
  /** A name for checkpoints and errors. */
  readonly name: string;
  /** Its shape, which never changes. */
  readonly shape: readonly number[];
  /** Its present value; the caller's to dispose of, as every tensor. */
  read(): Tensor;
  /**
   * Replaces its value.
   *
   * @throws {RangeError} The value has another shape.
   */
  assign(value: Tensor): void;
  /** Frees it. */
  dispose(): void;
}

const DTYPE = { name: "dtype", ...attribute.type("float32") };

/** The name that gives every variable a resource of its own (tensorflow::ResourceHandle::ANONYMOUS_NAME). */
const ANONYMOUS = { name: "shared_name", ...attribute.string("cd2c89b7-88b7-44c8-ad83-06c2a9158347") };

const IGNORE_ERROR = { name: "ignore_lookup_error", ...attribute.bool(true) };

/** A variable as a resource of TensorFlow, which the fused update ops change in place. */
export class ResourceVariable implements Variable {
  readonly name: string;
  readonly shape: readonly number[];
  /** The id of its resource handle in the binding. */
  readonly resource: number;
  readonly #backend: KernelBackend;

  constructor(backend: KernelBackend, name: string, initial: Tensor) {
    this.name = name;
    this.shape = [...initial.shape];
    this.#backend = backend;
    const { binding } = backend;
    const shape = { name: "shape", ...attribute.shape(this.shape) };
    this.resource = binding.executeOp("VarHandleOp", [DTYPE, shape, ANONYMOUS], [], 1)[0]!.id;
    binding.variableShapes.set(this.resource, this.shape);
    this.assign(initial);
  }

  read(): Tensor {
    return this.#backend.run("ReadVariableOp", [DTYPE], [this.resource], 1)[0]!;
  }

  assign(value: Tensor): void {
    checkShape(this, value);
    this.#backend.run("AssignVariableOp", [DTYPE], [this.resource, ...this.#backend.idsOf([value])], 0);
  }

  dispose(): void {
    const { binding } = this.#backend;
    if (!binding.variableShapes.delete(this.resource)) return;
    try {
      binding.executeOp("DestroyResourceOp", [IGNORE_ERROR], [this.resource], 0);
    } finally {
      binding.deleteTensor(this.resource);
    }
  }
}

/** A variable on a backend of tfjs that has no resources. */
export class PlainVariable implements Variable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly #variable: tf.Variable;

  constructor(name: string, initial: Tensor) {
    this.name = name;
    this.shape = [...initial.shape];
    this.#variable = tf.variable(initial.clone(), false);
  }

  read(): Tensor {
    return this.#variable.clone();
  }

  assign(value: Tensor): void {
    checkShape(this, value);
    this.#variable.assign(value.clone());
  }

  dispose(): void {
    this.#variable.dispose();
  }
}

function checkShape({ name, shape }: Variable, value: Tensor): void {
  if (value.shape.length === shape.length && value.shape.every((size, i) => size === shape[i])) return;
  throw new RangeError(`Cannot assign shape [${value.shape}] to variable ${name}: its shape is [${shape}]`);
}
