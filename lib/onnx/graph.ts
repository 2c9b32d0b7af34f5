/** Builds an ONNX graph node by node. */
import { product } from "../vae/layers.ts";
import type { ParameterValue } from "../vae/parameters.ts";
import {
  ATTRIBUTE,
  type AttributeProto,
  ELEMENT,
  type GraphProto,
  type TensorProto,
  type ValueInfoProto,
} from "./proto.ts";

/** A picture or features on their way through a graph. */
export interface Value {
  readonly name: string;
  /** Without the batch; `[height, width, channels]` for pictures, however they lie in memory. */
  readonly shape: readonly number[];
  /** Whether a picture lies channels first, as ONNX's convolutions want it. */
  readonly channelsFirst: boolean;
  /** A parameter's numbers, until a node needs them. */
  readonly parameter?: ParameterValue;
  /** Parameters and constants have no batch: `shape` is all of their dimensions. */
  readonly unbatched?: boolean;
}

/** A whole number, a float (`{ float }`), or whole numbers. */
export type AttributeValue = number | { readonly float: number } | readonly number[];

/** A graph in the making. */
export class GraphBuilder {
  readonly #graph: GraphProto;

  /** @param existing a graph whose nodes, initialisers, inputs and outputs come first */
  constructor(name: string, { node = [], initializer = [], input = [], output = [] }: Partial<GraphProto> = {}) {
    this.#graph = { name, node: [...node], initializer, input: [...input], output: [...output] };
  }

  /** Declares an input of any batch size. */
  input(name: string, element: ElementName, shape: readonly number[]): Value {
    this.#graph.input.push(valueInfo(name, element, batchOf(shape)));
    return { name, shape, channelsFirst: false };
  }

  /** Declares pictures as bytes, any number of them or a fixed one, and gives them as floats from 0 to 1. */
  pixelInput(shape: readonly number[], name = "pixels", count?: number): Value {
    this.#graph.input.push(valueInfo(name, "uint8", batchOf(shape, count)));
    const float = this.node("Cast", [name], { to: ELEMENT.float });
    return { name: this.node("Div", [float, this.scalar(255)]), shape, channelsFirst: false };
  }

  /** Adds a node with one output, and names the tensor that comes out. */
  node(opType: string, input: readonly string[], attributes: Readonly<Record<string, AttributeValue>> = {}): string {
    const name = `${opType}_${this.#graph.node.length}`;
    const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
    this.#graph.node.push({ opType, name, input: [...input], output: [name], attribute });
    return name;
  }

  /** Adds a parameter as an initialiser, and returns its name. */
  parameter(name: string, shape: readonly number[], data: Float32Array): string {
    this.#graph.initializer.push({ ...floats(shape, data), name });
    return name;
  }

  /** Adds a number as a node, so that initialisers are parameters and nothing else. */
  scalar(value: number): string {
    return this.#constant(floats([], Float32Array.of(value)));
  }

  /** Adds numbers of any shape as a node. */
  constant(values: Float32Array, shape: readonly number[]): string {
    return this.#constant(floats(shape, values));
  }

  /** Adds whole numbers, such as a shape; 0 stands for the batch's size in a Reshape. */
  integers(values: readonly number[]): string {
    const rawData = new Uint8Array(8 * values.length);
    const view = new DataView(rawData.buffer);
    values.forEach((value, i) => view.setBigInt64(8 * i, BigInt(value), true));
    return this.#constant({ dims: [BigInt(values.length)], dataType: ELEMENT.int64, rawData });
  }

  /** Makes a tensor, which a node gave, an output of the graph under a name of its own. */
  output(tensor: string, name: string, element: ElementName, shape: readonly number[]): string {
    for (const node of this.#graph.node) {
      node.output = node.output.map((old) => old === tensor ? name : old);
      node.input = node.input.map((old) => old === tensor ? name : old);
    }
    this.#graph.output.push(valueInfo(name, element, batchOf(shape)));
    return name;
  }

  /** The graph as it stands. */
  build(): GraphProto {
    return this.#graph;
  }

  #constant(value: TensorProto): string {
    const name = `Constant_${this.#graph.node.length}`;
    const attribute = [{ name: "value", type: ATTRIBUTE.tensor, t: value }];
    this.#graph.node.push({ opType: "Constant", name, input: [], output: [name], attribute });
    return name;
  }
}

function attributeOf(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === "number") return { name, type: ATTRIBUTE.int, i: BigInt(value) };
  if ("float" in value) return { name, type: ATTRIBUTE.float, f: value.float };
  return { name, type: ATTRIBUTE.ints, ints: value.map(BigInt) };
}

function floats(shape: readonly number[], data: Float32Array): TensorProto {
  if (data.length !== product(shape)) {
    throw new TypeError(`Cannot write a tensor of [${shape}] with ${data.length} numbers`);
  }
  const rawData = new Uint8Array(4 * data.length);
  const view = new DataView(rawData.buffer);
  data.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return { dims: shape.map(BigInt), dataType: ELEMENT.float, rawData };
}

type ElementName = keyof typeof ELEMENT;
type Dimension = ValueInfoProto["type"]["tensorType"]["shape"]["dim"][number];

function batchOf(shape: readonly number[], count?: number): Dimension[] {
  const batch = count === undefined ? { dimParam: "batch" } : { dimValue: BigInt(count) };
  return [batch, ...shape.map((size) => ({ dimValue: BigInt(size) }))];
}

function valueInfo(name: string, element: ElementName, dim: readonly Dimension[]): ValueInfoProto {
  return { name, type: { tensorType: { elemType: ELEMENT[element], shape: { dim: [...dim] } } } };
}
