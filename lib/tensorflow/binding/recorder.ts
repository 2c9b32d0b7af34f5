/** Records ops into a TensorFlow graph, and makes a function of it. */
import { type Attribute, attribute } from "../ffi/attributes.ts";
import { DATA_TYPES } from "../ffi/data_types.ts";
import { Graph, type Operation, operationOf, type Output, outputOf } from "../ffi/graph.ts";
import { type Binding, type Metadata, outsideTensor, type Recorder } from "./binding.ts";
import {
  fuseMatMuls,
  isTransposedMatMul,
  MATMUL,
  type Matrix,
  resultShape,
  type StackedMatMul,
} from "./fuse_matmuls.ts";

/** What has touched a variable so far, in the order of recording. */
interface VariableUse {
  lastWrite: Operation | null;
  /** Reads since then, and the ops that use what was read. */
  readsSince: Operation[];
}

/** Ops that look at a variable without changing it. */
const READERS = new Set(["ReadVariableOp", "VariableShape", "ResourceGather", "VarIsInitializedOp"]);

/**
 * Records ops.
 *
 * A graph runs in no order but that of its data. The recorder adds the order in which the code was written where it
 * matters: a read of a variable follows the last write before it, and a write follows every read and write before it, so
 * that a recorded function does what the same code does when it runs op by op. A write also follows the ops that use
 * what was read, which shares the variable's memory: a write during its use would have to copy it first.
 */
export class GraphRecorder implements Recorder {
  readonly #binding: Binding;
  readonly #graph: Graph;
  /** Tensors with a lower id are older than the recording. */
  readonly #firstId: number;
  readonly #inputs: Output[] = [];
  readonly #resources: number[] = [];
  readonly #effects: Operation[] = [];
  // Each by a tensor's id
  readonly #outputs = new Map<number, Output>();
  readonly #uses = new Map<number, VariableUse>();
  /** The use of the variable that a tensor was read from. */
  readonly #reads = new Map<number, VariableUse>();
  /** Matrix products whose sum may be one product. */
  readonly #matMuls = new Map<number, StackedMatMul>();
  /** Those of them that stand for a sum. */
  readonly #fused = new Map<number, StackedMatMul>();

  /** @param binding Whose ops are recorded. */
  constructor(binding: Binding) {
    this.#binding = binding;
    this.#graph = new Graph(binding.native);
    this.#firstId = binding.allocateId();
  }

  /** Adds an input of the function. Inputs come in the order of these calls. */
  addInput(shape: readonly number[], dtype: number): Metadata {
    const output = this.#graph.placeholder(shape, dtype);
    this.#inputs.push(output);
    return this.#remember(output, [...shape]);
  }

  /** Ids of the resources that the function takes after its inputs. */
  get resources(): readonly number[] {
    return this.#resources;
  }

  executeOp(name: string, attributes: readonly Attribute[], inputs: readonly number[]): Metadata[] {
    const sum = name === "Add" || name === "AddV2" ? this.#fuseSum(inputs) : undefined;
    if (sum) return [sum];
    const sources = inputs.map((id) => this.#source(id));
    const order = this.#order(name, inputs);
    const operation = this.#graph.add(name, attributes, sources, order.after);
    order.done(operation);
    for (const id of inputs) this.#reads.get(id)?.readsSince.push(operation);
    if (name === "ReadVariableOp") return [this.#rememberRead(operation, inputs[0]!)];
    const results = this.#graph.outputs(operation).map((output) => this.#remember(output, this.#shape(output, name)));
    if (isTransposedMatMul(name, attributes)) this.#noteMatMul(results[0]!.id, sources, name);
    return results;
  }

  owns(id: number): boolean {
    return this.#outputs.has(id) || this.#fused.has(id);
  }

  forget(id: number): void {
    this.#outputs.delete(id);
  }

  /**
   * Adds the function to the context.
   *
   * @param name Its name, which no other function of the context has.
   * @param outputs Ids of the tensors it returns.
   */
  finish(name: string, outputs: readonly number[]): void {
    const results = outputs.map((id) => this.#source(id));
    const inputs = [...this.#inputs, ...this.#resources.map((id) => this.#source(id))];
    this.#graph.addFunction(this.#binding.context, name, { inputs, outputs: results, effects: this.#effects });
  }

  /** Frees the graph. A function that was made of it lives on. */
  dispose(): void {
    this.#outputs.clear();
    this.#graph.dispose();
  }

  /** The output that an id stands for; what the graph lacks yet is added to it. */
  #source(id: number): Output {
    const known = this.#outputs.get(id);
    if (known) return known;
    const fused = this.#fused.get(id);
    const output = fused ? this.#addFused(fused) : this.#enter(id);
    this.#outputs.set(id, output);
    return output;
  }

  /** Brings a tensor with values into the graph: a resource as an input, the rest as a constant. */
  #enter(id: number): Output {
    const { shape, dtype } = this.#binding.metadata(id);
    if (dtype === DATA_TYPES.resource) {
      this.#resources.push(id);
      return this.#graph.placeholder(shape, dtype);
    }
    if (id < this.#firstId) throw outsideTensor(shape);
    return this.#binding.withResolved(id, (tensor) => this.#graph.constant(tensor, dtype));
  }

  /** What an op has to wait for, and what to note once it is added. */
  #order(name: string, inputs: readonly number[]): { after: Operation[]; done(operation: Operation): void } {
    const uses = inputs.filter((id) => this.#resources.includes(id)).map((id) => this.#use(id));
    if (READERS.has(name)) {
      return {
        after: uses.flatMap(({ lastWrite }) => lastWrite ?? []),
        done: (operation) => uses.forEach((use) => use.readsSince.push(operation)),
      };
    }
    return {
      after: uses.flatMap(({ lastWrite, readsSince }) => lastWrite ? [lastWrite, ...readsSince] : readsSince),
      done: (operation) => {
        for (const use of uses) {
          use.lastWrite = operation;
          use.readsSince = [];
        }
        if (uses.length > 0 || this.#graph.definition(name).stateful) this.#effects.push(operation);
      },
    };
  }

  #use(id: number): VariableUse {
    let use = this.#uses.get(id);
    if (!use) this.#uses.set(id, use = { lastWrite: null, readsSince: [] });
    return use;
  }

  /** Registers what was read from a variable. The graph can't infer its shape, as its placeholder doesn't carry it. */
  #rememberRead(operation: Operation, resource: number): Metadata {
    const output = outputOf(operation, 0);
    const shape = this.#binding.variableShapes.get(resource);
    if (shape) this.#graph.setShape(output, shape);
    const read = this.#remember(output, this.#shape(output, "ReadVariableOp"));
    this.#reads.set(read.id, this.#use(resource));
    return read;
  }

  #remember(output: Output, shape: number[]): Metadata {
    const id = this.#binding.allocateId();
    this.#outputs.set(id, output);
    return { id, shape, dtype: this.#graph.dtype(output) };
  }

  #shape(output: Output, name: string): number[] {
    const shape = this.#graph.shape(output);
    if (shape) return shape;
    throw new TypeError(`Cannot record ${name}: the shape of its result depends on values that only a run has`);
  }

  /** Notes the operands of `leftᵀ right`, where they are matrices. */
  #noteMatMul(id: number, sources: readonly Output[], name: string): void {
    const [left, right] = sources.map((output) => ({ output, shape: this.#shape(output, name) }));
    if (isMatrix(left!) && isMatrix(right!)) this.#matMuls.set(id, { left: [left], right: [right] });
  }

  /**
   * The sum of two matrix products as one product, where that is less work. It is added to the graph when it is first
   * used; the products that it replaces are left without a use.
   */
  #fuseSum(inputs: readonly number[]): Metadata | undefined {
    const [one, other] = inputs.map((id) => this.#matMuls.get(id));
    const fused = one && other && fuseMatMuls(one, other);
    if (!fused) return undefined;
    const id = this.#binding.allocateId();
    this.#matMuls.set(id, fused);
    this.#fused.set(id, fused);
    return { id, shape: [...resultShape(fused)], dtype: DATA_TYPES.float32 };
  }

  /**
   * Adds a fused product to the graph. It waits for the operands of every fused product: they come from
   * backpropagation, which other ops wait for, while nothing but an update waits for the product.
   */
  #addFused({ left, right }: StackedMatMul): Output {
    const operands = [...this.#fused.values()].flatMap(({ left, right }) => [...left, ...right]);
    const inputs = [this.#stack(left), this.#stack(right)];
    const attributes = [{ name: "adj_x", ...attribute.bool(true) }];
    const after = operands.map(({ output }) => operationOf(output));
    return outputOf(this.#graph.add(MATMUL, attributes, inputs, after), 0);
  }

  /** Blocks of rows as one matrix. */
  #stack(blocks: readonly Matrix[]): Output {
    const axis = this.#binding.createTensor([], DATA_TYPES.int32, Int32Array.of(0));
    try {
      const inputs = [...blocks.map(({ output }) => output), this.#source(axis)];
      return outputOf(this.#graph.add("ConcatV2", [], inputs), 0);
    } finally {
      this.#binding.deleteTensor(axis);
    }
  }
}

function isMatrix(value: { output: Output; shape: readonly number[] }): value is Matrix {
  return value.shape.length === 2;
}
