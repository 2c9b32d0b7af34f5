/** A TensorFlow graph under construction. */
import { type Attribute, ATTRIBUTE_TYPES } from "./attributes.ts";
import { type AttributeWriter, graphAttributeWriter } from "./attribute_writer.ts";
import type { Context } from "./context.ts";
import { type Bytes, cInts, cName, cPointers, cString, type Native, nonNull } from "./native.ts";
import { type InputDefinition, type OpDefinition, parseOpDefinition } from "./op_definition.ts";

/** A `TF_Operation*`. */
export type Operation = Deno.PointerObject;

/** `TF_Output { TF_Operation* oper; int index; }` as bytes. */
export type Output = Bytes;

const OUTPUT_BYTES = 16; // sizeof(TF_Output)

/** One output of an operation. */
export function outputOf(operation: Operation, index: number): Output {
  const bytes = new Uint8Array(OUTPUT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, Deno.UnsafePointer.value(operation), true);
  view.setInt32(8, index, true);
  return bytes;
}

/** The operation that an output belongs to. */
export function operationOf(output: Output): Operation {
  const address = new DataView(output.buffer).getBigUint64(0, true);
  return nonNull(Deno.UnsafePointer.create(address), "operation");
}

function concat(outputs: readonly Output[]): Bytes {
  const bytes = new Uint8Array(OUTPUT_BYTES * outputs.length);
  outputs.forEach((output, i) => bytes.set(output, i * OUTPUT_BYTES));
  return bytes;
}

/** The inputs and outputs of a function, and the operations that it runs for their effects. */
export interface FunctionSignature {
  readonly inputs: readonly Output[];
  readonly outputs: readonly Output[];
  readonly effects: readonly Operation[];
}

/** A graph, and the function that can be made of it. */
export class Graph {
  readonly #native: Native;
  readonly #graph: Deno.PointerObject;
  readonly #writeAttributes: AttributeWriter;
  #added = 0;

  constructor(native: Native) {
    this.#native = native;
    this.#writeAttributes = graphAttributeWriter(native);
    this.#graph = nonNull(native.symbols.TF_NewGraph(), "graph");
  }

  /**
   * Adds an op.
   *
   * @param type Its name in TensorFlow.
   * @param attributes Its attributes; those that follow from the inputs, or have a default, can be left out.
   * @param inputs Its inputs, those of a list one after the other.
   * @param after Operations that it has to wait for besides its inputs.
   * @throws {TensorFlowError} TensorFlow refuses it.
   */
  add(
    type: string,
    attributes: readonly Attribute[],
    inputs: readonly Output[],
    after: readonly Operation[] = [],
  ): Operation {
    const { symbols: s } = this.#native;
    const definition = this.definition(type);
    return this.#add(type, (description) => {
      this.#addInputs(description, definition, attributes, inputs);
      for (const operation of after) s.TF_AddControlInput(description, operation);
      this.#writeAttributes(description, attributes);
    });
  }

  /** Adds an input of the function. */
  placeholder(shape: readonly number[], dtype: number): Output {
    const attributes = [
      { name: "dtype", type: ATTRIBUTE_TYPES.type, value: dtype },
      { name: "shape", type: ATTRIBUTE_TYPES.shape, value: shape },
    ];
    return outputOf(this.add("Placeholder", attributes, []), 0);
  }

  /** Adds a constant with the values of a `TF_Tensor`. */
  constant(tensor: Deno.PointerObject, dtype: number): Output {
    const { symbols: s, status } = this.#native;
    const operation = this.#add("Const", (description) => {
      s.TF_SetAttrTensor(description, cName("value"), tensor, status);
      this.#native.check();
      s.TF_SetAttrType(description, cName("dtype"), dtype);
    });
    return outputOf(operation, 0);
  }

  /** All outputs of an operation. */
  outputs(operation: Operation): Output[] {
    const count = this.#native.symbols.TF_OperationNumOutputs(operation);
    return Array.from({ length: count }, (_, i) => outputOf(operation, i));
  }

  /** The `TF_DataType` of an output. */
  dtype(output: Output): number {
    return this.#native.symbols.TF_OperationOutputType(output);
  }

  /** The shape of an output; undefined where it is not wholly known. */
  shape(output: Output): number[] | undefined {
    const { symbols: s, status } = this.#native;
    const rank = s.TF_GraphGetTensorNumDims(this.#graph, output, status);
    this.#native.check();
    if (rank < 0) return undefined;
    const dims = new BigInt64Array(rank);
    if (rank > 0) s.TF_GraphGetTensorShape(this.#graph, output, dims, rank, status);
    this.#native.check();
    const shape = Array.from(dims, Number);
    return shape.some((size) => size < 0) ? undefined : shape;
  }

  /** Sets the shape of an output that TensorFlow can't infer. */
  setShape(output: Output, shape: readonly number[]): void {
    const { symbols: s, status } = this.#native;
    s.TF_GraphSetTensorShape(this.#graph, output, cInts(shape), shape.length, status);
    this.#native.check();
  }

  /** The definition of an op. */
  definition(type: string): OpDefinition {
    const known = definitions.get(type);
    if (known) return known;
    const { symbols: s, status } = this.#native;
    const buffer = nonNull(s.TF_NewBuffer(), "buffer");
    try {
      s.TF_GraphGetOpDef(this.#graph, cName(type), buffer, status);
      this.#native.check();
      const view = new Deno.UnsafePointerView(buffer); // TF_Buffer { const void* data; size_t length; … }
      const bytes = this.#native.copyBytes(view.getPointer(0), Number(view.getBigUint64(8)));
      const definition = parseOpDefinition(new Uint8Array(bytes));
      definitions.set(type, definition);
      return definition;
    } finally {
      s.TF_DeleteBuffer(buffer);
    }
  }

  /**
   * Makes a function of everything in the graph, and adds it to a context.
   *
   * @param name Its name, which no other function of the context has.
   */
  addFunction(context: Context, name: string, { inputs, outputs, effects }: FunctionSignature): void {
    const { symbols: s, status } = this.#native;
    // deno-fmt-ignore -- one line per group, as in the C API's own table
    const made = s.TF_GraphToFunctionWithControlOutputs(
      this.#graph, cString(name), 0,
      -1, null, inputs.length, concat(inputs), outputs.length, concat(outputs), null,
      effects.length, cPointers(effects), null,
      null, null, status,
    );
    this.#native.check();
    s.TFE_ContextAddFunction(context.pointer, made, status);
    s.TF_DeleteFunction(made);
    this.#native.check();
  }

  /** Frees the graph. A function that was made of it lives on. */
  dispose(): void {
    this.#native.symbols.TF_DeleteGraph(this.#graph);
  }

  /** Adds one operation; `describe` sets its inputs and attributes. */
  #add(type: string, describe: (description: Deno.PointerValue) => void): Operation {
    const { symbols: s, status } = this.#native;
    const description = s.TF_NewOperation(this.#graph, cName(type), cString(`${type}_${this.#added++}`));
    try {
      describe(description);
    } catch (error) {
      s.TF_FinishOperation(description, status); // the only call that frees it
      throw error;
    }
    const operation = s.TF_FinishOperation(description, status);
    this.#native.check();
    return nonNull(operation, "operation");
  }

  /** Adds inputs, those of a list together. */
  #addInputs(
    description: Deno.PointerValue,
    { inputs: definitions }: OpDefinition,
    attributes: readonly Attribute[],
    inputs: readonly Output[],
  ): void {
    const { symbols: s } = this.#native;
    let at = 0;
    for (const definition of definitions) {
      if (!definition.numberAttribute && !definition.typeListAttribute) {
        s.TF_AddInput(description, inputs[at++]!);
        continue;
      }
      const rest = inputs.length - (definitions.length - 1);
      const length = listLength(definition, attributes) ?? rest;
      s.TF_AddInputList(description, concat(inputs.slice(at, at += length)), length);
    }
  }
}

/** Definitions of the ops that were added to any graph so far. */
const definitions = new Map<string, OpDefinition>();

/** How many tensors a list takes, where an attribute says so. */
function listLength(
  { numberAttribute, typeListAttribute }: InputDefinition,
  attributes: readonly Attribute[],
): number | undefined {
  for (const { name, value } of attributes) {
    if (name === numberAttribute) return Number(value);
    if (name === typeListAttribute && Array.isArray(value)) return value.length;
  }
}
