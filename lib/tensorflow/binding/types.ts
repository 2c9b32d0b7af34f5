/** Steps, and what goes in and out of them. */
import type * as tf from "@tensorflow/tfjs";
import type { DataType } from "../ffi/data_types.ts";

/** A tensor of tfjs, on whichever backend is in use. */
export type Tensor = tf.Tensor;

/** What an input of a step looks like. */
export interface TensorSpec {
  /** Its size in each dimension; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** Its data type. `uint8` is for pictures; see {@linkcode toFloat}. */
  readonly dtype: Extract<DataType, "float32" | "int32" | "uint8" | "bool">;
}

/** What can be fed to an input: a tensor, the values in row-major order, or a scalar's value. */
export type Feed = Tensor | Float32Array | Int32Array | Uint8Array | number;

/** A computation that can run op by op, or be captured into one TensorFlow function. */
export interface StepDefinition<I extends string, O extends string> {
  /** A short name for logs and errors. */
  readonly name: string;
  /** The inputs: everything that changes from call to call. */
  readonly inputs: Readonly<Record<I, TensorSpec>>;
  /**
   * The computation. It runs in a tidy of its own; what it returns is kept.
   *
   * Captured, it runs once, on tensors that have no values yet: it must not read values, and must use variables for
   * whatever outlives a call.
   */
  readonly body: (inputs: Readonly<Record<I, Tensor>>) => Readonly<Record<O, Tensor>>;
}

/** A step that is ready to run. */
export interface StepFunction<I extends string, O extends string> {
  /** Whether it runs as one TensorFlow function. */
  readonly captured: boolean;
  /**
   * Runs it.
   *
   * @returns The outputs, which are the caller's to dispose of.
   * @throws {TypeError} A feed is missing or does not fit its input.
   */
  run(feeds: Readonly<Record<I, Feed>>): Record<O, Tensor>;
  /**
   * Runs it on another thread where that is possible, so that the next batch can be prepared meanwhile. One call at a
   * time.
   */
  runInBackground(feeds: Readonly<Record<I, Feed>>): Promise<Record<O, Tensor>>;
  /** Frees it. It cannot run afterwards. */
  dispose(): void;
}
