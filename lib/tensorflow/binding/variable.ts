/** State that outlives a step: parameters, an optimizer's moments, averages. */
import * as tf from "@tensorflow/tfjs";
import { ATTRIBUTE_TYPES } from "../ffi/attributes.ts";
import { DATA_TYPES } from "../ffi/data_types.ts";
import type { TensorFlowEngine } from "./engine.ts";
import type { Tensor } from "./types.ts";

/** A float tensor that can be read and replaced, op by op as well as in a captured function. */
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

/** A variable as a resource of TensorFlow, which the fused update ops change in place. */
export class ResourceVariable implements Variable {
  readonly name: string;
  readonly shape: readonly number[];
  /** The number of its resource handle in the binding. */
  readonly resource: number;
  readonly #engine: TensorFlowEngine;

  /**
   * @param engine Where it lives.
   * @param name Its name.
   * @param initial Its first value, float32.
   */
  constructor(engine: TensorFlowEngine, name: string, initial: Tensor) {
    this.name = name;
    this.shape = [...initial.shape];
    this.#engine = engine;
    this.resource = engine.createResource(this.shape);
    this.assign(initial);
  }

  read(): Tensor {
    return this.#engine.run("ReadVariableOp", [DTYPE], [this.resource], 1)[0]!;
  }

  assign(value: Tensor): void {
    checkShape(this, value);
    const [id] = this.#engine.idsOf([value]);
    this.#engine.run("AssignVariableOp", [DTYPE], [this.resource, id!], 0);
  }

  dispose(): void {
    this.#engine.destroyResource(this.resource);
  }
}

const DTYPE = {
  name: "dtype",
  type: ATTRIBUTE_TYPES.type,
  value: DATA_TYPES.float32,
};

/** A variable on a backend of tfjs that has no resources. */
export class PlainVariable implements Variable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly #variable: tf.Variable;

  /**
   * @param name Its name.
   * @param initial Its first value.
   */
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

function checkShape(variable: Variable, value: Tensor): void {
  if (
    value.shape.length !== variable.shape.length ||
    value.shape.some((size, i) => size !== variable.shape[i])
  ) {
    throw new RangeError(
      `Cannot assign shape [${value.shape}] to variable ${variable.name}: its shape is [${variable.shape}]`,
    );
  }
}
