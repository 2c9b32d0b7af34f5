/** Moves values between variables and plain arrays. */
import * as tf from "@tensorflow/tfjs";
import { createVariable, type Variable } from "../tensorflow/mod.ts";
import type { NamedTensor } from "./safetensors.ts";

/** A float variable on the engine in use. */
export function makeVariable(name: string, value: NamedTensor): Variable {
  const initial = tf.tensor(value.data, [...value.shape], "float32");
  try {
    return createVariable(name, initial);
  } finally {
    initial.dispose();
  }
}

/** Copies a variable's value to this process's memory. */
export async function readVariable(variable: Variable): Promise<NamedTensor> {
  const value = variable.read();
  try {
    return { shape: [...variable.shape], data: Float32Array.from(await value.data()) };
  } finally {
    value.dispose();
  }
}

/**
 * Puts a value into a variable.
 *
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
