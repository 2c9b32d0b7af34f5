/** `TF_Output { TF_Operation* oper; int index; }` as bytes. */
import { type Bytes, present } from "./native.ts";

/** A `TF_Operation*`. */
export type Operation = Deno.PointerObject;

const OUTPUT_BYTES = 16; // sizeof(TF_Output)

/** The output of an operation. */
export function outputOf(operation: Operation, index: number): Bytes {
  const bytes = new Uint8Array(OUTPUT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, Deno.UnsafePointer.value(operation), true);
  view.setInt32(8, index, true);
  return bytes;
}

/** The operation that an output belongs to. */
export function operationOf(output: Bytes): Operation {
  const address = new DataView(output.buffer).getBigUint64(0, true);
  return present(Deno.UnsafePointer.create(address), "operation");
}

/** An array of outputs. */
export function concat(outputs: readonly Bytes[]): Bytes {
  const bytes = new Uint8Array(OUTPUT_BYTES * outputs.length);
  outputs.forEach((output, i) => bytes.set(output, i * OUTPUT_BYTES));
  return bytes;
}
