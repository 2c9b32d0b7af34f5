/** Records ops into a TensorFlow graph and makes a function of it. */
import { type Attribute, ATTRIBUTE_TYPES, type AttributeWriter, graphAttributeWriter } from "../ffi/attributes.ts";
import type { Binding, Metadata, Recorder } from "./binding.ts";
import { boolAttrValue } from "../ffi/config_proto.ts";
import { DATA_TYPES } from "../ffi/data_types.ts";
import { type Bytes, cInts, cName, cPointers, cString, present } from "../ffi/native.ts";
import { concat, type Operation, operationOf, outputOf } from "../ffi/outputs.ts";
import { type InputDefinition, type OpDefinition, parseOpDefinition } from "../ffi/op_definition.ts";
import {
  fuseMatMuls,
  isTransposedProduct,
  type Matrix,
  PRODUCT,
  resultShape,
  type TransposedProduct,
} from "./fuse_matmuls.ts";

/** What has touched a resource so far, in the order of recording. */
interface ResourceUse {
  lastWrite: Operation | null;
  /** Reads since then, and the ops that use what was read. */
  readsSince: Operation[];
}

/** Ops that look at a resource without changing it. */
const READERS = new Set([
  "ReadVariableOp",
  "VariableShape",
  "ResourceGather",
  "VarIsInitializedOp",
]);

/** How a finished function is to be compiled. */
export interface FinishOptions {
  /** Compile the function with XLA. */
  readonly xla?: boolean;
}

/**
 * A graph under construction.
 *
 * A graph runs in no order but that of its data. The recorder adds the order in which things were
 * written down, where it matters: a read of a variable follows the last write before it, and a
 * write follows every read and write before it, so that a recorded function does what the same
 * code does when it runs op by op. A write also follows the ops that use what was read: what was
 * read shares the variable's memory, and a write while it is in use would copy it first.
 */
export class GraphRecorder implements Recorder {
  readonly #binding: Binding;
  readonly #graph: Deno.PointerObject;
  readonly #firstId: number;
  readonly #outputs = new Map<number, Bytes>();
  readonly #inputs: Bytes[] = [];
  readonly #captured: number[] = [];
  readonly #resources = new Map<number, ResourceUse>();
  readonly #resourceShapes: ReadonlyMap<number, readonly number[]>;
  /** The resource that a tensor was read from, by the tensor's number. */
  readonly #reads = new Map<number, ResourceUse>();
  /** Products whose sum may be one product, by the tensor's number. */
  readonly #products = new Map<number, TransposedProduct>();
  /** Those of them that stand for a sum. */
  readonly #joined = new Map<number, TransposedProduct>();
  readonly #effects: Operation[] = [];
  readonly #writer: AttributeWriter;
  #barrier: Operation[] = [];
  #names = 0;

  /**
   * @param binding Whose ops are recorded.
   * @param resourceShapes The shape that each resource's variable has, by the resource's number;
   * a graph cannot know it.
   */
  constructor(
    binding: Binding,
    resourceShapes: ReadonlyMap<number, readonly number[]>,
  ) {
    this.#binding = binding;
    this.#resourceShapes = resourceShapes;
    this.#writer = graphAttributeWriter(binding.native);
    this.#graph = present(binding.native.symbols.TF_NewGraph(), "graph");
    this.#firstId = binding.allocateId();
  }

  /** Adds an input of the function. Inputs come in the order of these calls. */
  addInput(shape: readonly number[], dtype: number): Metadata {
    const output = this.#placeholder(shape, dtype);
    this.#inputs.push(output);
    return this.#remember(output, [...shape]);
  }

  /** Numbers of the resources that the function takes after its inputs. */
  get captured(): readonly number[] {
    return this.#captured;
  }

  /** Records an op. */
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    _outputs: number,
  ): Metadata[] {
    const sum = name === "Add" || name === "AddV2" ? this.#sumOfProducts(inputs) : undefined;
    if (sum) return [sum];
    const definition = this.#definition(name);
    const sources = inputs.map((id) => this.#source(id));
    const order = this.#order(name, inputs, definition.stateful);
    const operation = this.#add(name, (description) => {
      this.#connect(description, definition, attributes, sources);
      for (const earlier of order.after) {
        this.#symbols.TF_AddControlInput(description, earlier);
      }
      this.#writer.write(description, attributes);
    });
    order.done(operation);
    for (const id of inputs) this.#reads.get(id)?.readsSince.push(operation);
    if (isTransposedProduct(name, attributes)) return this.#registerProduct(operation, name, sources);
    if (name !== "ReadVariableOp") return this.#register(operation, name);
    this.#setReadShape(operation, inputs[0]!);
    const registered = this.#register(operation, name);
    this.#reads.set(registered[0]!.id, this.#use(inputs[0]!));
    return registered;
  }

  /**
   * Makes everything that has an effect and is recorded from now on wait for these tensors.
   *
   * @returns Puts back what was waited for before.
   */
  waitFor(ids: readonly number[]): () => void {
    const before = this.#barrier;
    const operations = ids.map((id) => operationOf(this.#source(id)));
    this.#barrier = [...before, ...operations];
    return () => {
      this.#barrier = before;
    };
  }

  /** Whether the number stands for an output of this graph. */
  owns(id: number): boolean {
    return this.#outputs.has(id) || this.#joined.has(id);
  }

  /** Forgets a number. */
  forget(id: number): void {
    this.#outputs.delete(id);
  }

  /**
   * Makes the function known to the context.
   *
   * @param name Its name, which no other function of the context has.
   * @param outputs Numbers of the tensors it returns.
   */
  finish(
    name: string,
    outputs: readonly number[],
    options: FinishOptions = {},
  ): void {
    const { native, context } = this.#binding;
    const s = native.symbols;
    const results = outputs.map((id) => this.#source(id));
    const inputs = [
      ...this.#inputs,
      ...this.#captured.map((id) => this.#source(id)),
    ];
    const made = s.TF_GraphToFunctionWithControlOutputs(
      this.#graph,
      cString(name),
      0,
      -1,
      null,
      inputs.length,
      concat(inputs),
      results.length,
      concat(results),
      null,
      this.#effects.length,
      cPointers(this.#effects),
      null,
      null,
      null,
      native.status,
    );
    native.check();
    try {
      if (options.xla) {
        const value = boolAttrValue(true);
        s.TF_FunctionSetAttrValueProto(
          made,
          cName("_XlaMustCompile"),
          value,
          BigInt(value.length),
          native.status,
        );
        native.check();
      }
      s.TFE_ContextAddFunction(context.pointer, made, native.status);
      native.check();
    } finally {
      s.TF_DeleteFunction(made);
    }
  }

  /** Frees the graph. A function that was made of it lives on. */
  dispose(): void {
    this.#outputs.clear();
    this.#symbols.TF_DeleteGraph(this.#graph);
  }

  get #symbols() {
    return this.#binding.native.symbols;
  }

  /** Adds one operation; `describe` sets its inputs and attributes. */
  #add(
    type: string,
    describe: (description: Deno.PointerValue) => void,
  ): Operation {
    const { native } = this.#binding;
    const s = native.symbols;
    const name = cString(`${type}_${this.#names++}`);
    const description = s.TF_NewOperation(this.#graph, cName(type), name);
    try {
      describe(description);
    } catch (error) {
      s.TF_FinishOperation(description, native.status); // the only call that frees it
      throw error;
    }
    const operation = s.TF_FinishOperation(description, native.status);
    native.check();
    return present(operation, "operation");
  }

  /** The `TF_Output` that a number stands for; what the graph lacks yet is added to it. */
  #source(id: number): Bytes {
    const product = this.#joined.get(id);
    return this.#outputs.get(id) ?? (product ? this.#recordJoined(id, product) : this.#enter(id));
  }

  /** Brings a tensor with values into the graph: a resource as an input, the rest as a constant. */
  #enter(id: number): Bytes {
    const { shape, dtype } = this.#binding.metadata(id);
    if (dtype === DATA_TYPES.resource) {
      const output = this.#placeholder(shape, dtype);
      this.#outputs.set(id, output);
      this.#captured.push(id);
      return output;
    }
    if (id < this.#firstId) throw outsideTensor(shape);
    const constant = this.#binding.withResolved(
      id,
      (tensor) => this.#constant(tensor, dtype),
    );
    this.#outputs.set(id, constant);
    return constant;
  }

  #placeholder(shape: readonly number[], dtype: number): Bytes {
    const operation = this.#add("Placeholder", (description) =>
      this.#writer.write(description, [
        { name: "dtype", type: ATTRIBUTE_TYPES.type, value: dtype },
        { name: "shape", type: ATTRIBUTE_TYPES.shape, value: shape },
      ]));
    return outputOf(operation, 0);
  }

  #constant(tensor: Deno.PointerObject, dtype: number): Bytes {
    const { native } = this.#binding;
    const operation = this.#add("Const", (description) => {
      this.#symbols.TF_SetAttrTensor(
        description,
        cName("value"),
        tensor,
        native.status,
      );
      native.check();
      this.#symbols.TF_SetAttrType(description, cName("dtype"), dtype);
    });
    return outputOf(operation, 0);
  }

  /** Adds the inputs, those of a list together, as the op's definition groups them. */
  #connect(
    description: Deno.PointerValue,
    definition: OpDefinition,
    attributes: readonly Attribute[],
    sources: readonly Bytes[],
  ): void {
    let at = 0;
    for (const input of definition.inputs) {
      if (!input.numberAttribute && !input.typeListAttribute) {
        this.#symbols.TF_AddInput(description, sources[at++]!);
        continue;
      }
      const rest = sources.length - (definition.inputs.length - 1);
      const length = listLength(input, attributes) ?? rest;
      const list = sources.slice(at, at += length);
      this.#symbols.TF_AddInputList(description, concat(list), length);
    }
  }

  /** What an op has to wait for, and what is to be noted once it stands. */
  #order(
    name: string,
    inputs: readonly number[],
    stateful: boolean,
  ): { after: Operation[]; done(operation: Operation): void } {
    const captured = inputs.filter((id) => this.#captured.includes(id));
    const uses = captured.map((id) => this.#use(id));
    if (READERS.has(name)) {
      return {
        after: uses.flatMap(({ lastWrite }) => lastWrite ?? []),
        done: (operation) => {
          for (const use of uses) use.readsSince.push(operation);
        },
      };
    }
    if (uses.length > 0) {
      return {
        after: [
          ...this.#barrier,
          ...uses.flatMap((use) => [use.lastWrite ?? [], use.readsSince]).flat(),
        ],
        done: (operation) => {
          for (const use of uses) {
            use.lastWrite = operation;
            use.readsSince = [];
          }
          this.#effects.push(operation);
        },
      };
    }
    return {
      after: stateful ? this.#barrier : [],
      done: (operation) => {
        if (stateful) this.#effects.push(operation);
      },
    };
  }

  /** Notes the operands of `leftᵀ right`, where they are matrices. */
  #registerProduct(operation: Operation, name: string, sources: readonly Bytes[]): Metadata[] {
    const registered = this.#register(operation, name);
    const [left, right] = sources.map((output) => ({ output, shape: this.#shape(output, name) }));
    if (isMatrix(left!) && isMatrix(right!)) this.#products.set(registered[0]!.id, { left: [left], right: [right] });
    return registered;
  }

  /**
   * The sum of two products as one product, where that is less work; it is recorded when it is first used. What it
   * replaces is left without a use.
   */
  #sumOfProducts(inputs: readonly number[]): Metadata | undefined {
    const [one, other] = inputs.map((id) => this.#products.get(id));
    const product = one && other && fuseMatMuls(one, other);
    if (!product) return undefined;
    const id = this.#binding.allocateId();
    this.#products.set(id, product);
    this.#joined.set(id, product);
    return { id, shape: [...resultShape(product)], dtype: DATA_TYPES.float32 };
  }

  /**
   * Records a product that stands for a sum. It waits for the operands of every such product: they come from the way
   * back through the layers, which others wait for, while nothing but an update waits for a product.
   */
  #recordJoined(id: number, product: TransposedProduct): Bytes {
    const operands = [...this.#joined.values()].flatMap(({ left, right }) => [...left, ...right]);
    const [left, right] = [this.#stack(product.left), this.#stack(product.right)];
    const operation = this.#add(PRODUCT, (description) => {
      this.#symbols.TF_AddInput(description, left);
      this.#symbols.TF_AddInput(description, right);
      for (const { output } of operands) this.#symbols.TF_AddControlInput(description, operationOf(output));
      this.#writer.write(description, [{ name: "adj_x", type: ATTRIBUTE_TYPES.bool, value: true }]);
    });
    const output = outputOf(operation, 0);
    this.#outputs.set(id, output);
    return output;
  }

  /** Blocks of rows as one matrix. */
  #stack(blocks: readonly Matrix[]): Bytes {
    const axis = this.#binding.createTensor([], DATA_TYPES.int32, Int32Array.of(0));
    try {
      const rows = this.#source(axis);
      const operation = this.#add("ConcatV2", (description) => {
        this.#symbols.TF_AddInputList(description, concat(blocks.map(({ output }) => output)), blocks.length);
        this.#symbols.TF_AddInput(description, rows);
      });
      return outputOf(operation, 0);
    } finally {
      this.#binding.deleteTensor(axis);
    }
  }

  #use(id: number): ResourceUse {
    let use = this.#resources.get(id);
    if (!use) {
      use = { lastWrite: null, readsSince: [] };
      this.#resources.set(id, use);
    }
    return use;
  }

  /** Tells the graph the shape of what is read, which follows from no other op. */
  #setReadShape(operation: Operation, resource: number): void {
    const shape = this.#resourceShapes.get(resource);
    if (!shape) return;
    const { native } = this.#binding;
    this.#symbols.TF_GraphSetTensorShape(
      this.#graph,
      outputOf(operation, 0),
      cInts(shape),
      shape.length,
      native.status,
    );
    native.check();
  }

  #register(operation: Operation, name: string): Metadata[] {
    const count = this.#symbols.TF_OperationNumOutputs(operation);
    return Array.from({ length: count }, (_, i) => {
      const output = outputOf(operation, i);
      const shape = this.#shape(output, name);
      return this.#remember(output, shape);
    });
  }

  #remember(output: Bytes, shape: number[]): Metadata {
    const id = this.#binding.allocateId();
    this.#outputs.set(id, output);
    const dtype = this.#symbols.TF_OperationOutputType(output);
    return { id, shape, dtype };
  }

  #shape(output: Bytes, name: string): number[] {
    const { native } = this.#binding;
    const s = native.symbols;
    const rank = s.TF_GraphGetTensorNumDims(this.#graph, output, native.status);
    native.check();
    if (rank === 0) return [];
    const dims = new BigInt64Array(Math.max(rank, 1));
    if (rank > 0) {
      s.TF_GraphGetTensorShape(
        this.#graph,
        output,
        dims,
        rank,
        native.status,
      );
      native.check();
    }
    const shape = Array.from(dims, Number);
    if (rank < 0 || shape.some((size) => size < 0)) {
      throw new TypeError(
        `Cannot record ${name}: the shape of what it gives depends on values that are known only when it runs`,
      );
    }
    return shape;
  }

  #definition(name: string): OpDefinition {
    const known = definitions.get(name);
    if (known) return known;
    const { native } = this.#binding;
    const s = native.symbols;
    const buffer = present(s.TF_NewBuffer(), "buffer");
    try {
      s.TF_GraphGetOpDef(this.#graph, cName(name), buffer, native.status);
      native.check();
      // TF_Buffer { const void* data; size_t length; … }
      const view = new Deno.UnsafePointerView(buffer);
      const bytes = native.copyBytes(
        view.getPointer(0),
        Number(view.getBigUint64(8)),
      );
      const definition = parseOpDefinition(new Uint8Array(bytes));
      definitions.set(name, definition);
      return definition;
    } finally {
      s.TF_DeleteBuffer(buffer);
    }
  }
}

function isMatrix(value: { output: Bytes; shape: readonly number[] }): value is Matrix {
  return value.shape.length === 2;
}

/** Definitions of the ops that were recorded so far, by name. */
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

/** The error for a tensor that is no part of the graph being recorded. */
export function outsideTensor(shape: readonly number[]): TypeError {
  return new TypeError(
    `Cannot record a tensor of shape [${shape}] that was made outside the function: its value would be frozen. Pass it as an input, make it inside, or keep it in a Variable`,
  );
}
