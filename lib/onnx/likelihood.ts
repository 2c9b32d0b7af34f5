/** The decoder's likelihood as a graph of its own, so that no pixel of it is computed in JavaScript. */
import { LatentboardError } from "../errors.ts";
import { ATTRIBUTE, type AttributeProto, decodeModel, ELEMENT, encodeModel, type GraphProto } from "./proto.ts";

/** How pixels are distributed around the decoder's answer; `likelihood` in model.json. */
export interface LikelihoodDescription {
  /** `bernoulli`, `gaussian` or `laplace`. */
  readonly kind: string;
  /** A Gaussian's `variance` (a number, or `learned`), a Laplace distribution's `scale`. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * Turns a decoder into a graph that scores one picture under many latents.
 *
 * Inputs: `z` float `[batch, latentDim]`, `target` uint8 `[1, height, width, channels]`. Output: `logLikelihood` float
 * `[batch]`, nats, summed over the pixels x, which are the bytes over 255:
 *
 * - Bernoulli: x l − log(1 + exp l) with the logits l, which is what binary cross-entropy is the negative of
 * - Gaussian: −½ ((x − m)² / v + log 2πv) with the mean m = sigmoid(l) and the variance v, fixed or learned
 * - Laplace: −|x − m| / b − log 2b
 *
 * @param decoder decoder.onnx
 * @param likelihood model.json's
 * @returns an ONNX model
 * @throws {LatentboardError} `unsupported` for a likelihood that is none of these, `damaged` for bytes that are no model
 */
export function likelihoodModel(decoder: Uint8Array, likelihood: LikelihoodDescription): Uint8Array {
  const { irVersion, producerName, opsetImport, metadataProps, graph: read } = decodeModel(decoder);
  const { name, node, initializer, input, output } = read;
  const graph: GraphProto = { name, node: [...node], initializer, input: [...input], output };
  const logits = graph.output.find((value) => value.name === "logits");
  if (logits === undefined) {
    throw new LatentboardError("damaged", "The decoder has no output named logits: export it anew");
  }
  const picture = logits.type.tensorType.shape.dim.slice(1);
  graph.input.push({
    name: "target",
    type: { tensorType: { elemType: ELEMENT.uint8, shape: { dim: [{ dimValue: 1n }, ...picture] } } },
  });
  graph.output = [{
    name: "logLikelihood",
    type: { tensorType: { elemType: ELEMENT.float, shape: { dim: [{ dimParam: "batch" }] } } },
  }];
  const nodes = new NodeList(graph);
  const target = nodes.add("Div", [nodes.add("Cast", "target", { to: ELEMENT.float }), nodes.constant(255)]);
  const terms = logDensity(nodes, target, likelihood);
  nodes.add("ReduceSum", [terms, nodes.axes([1, 2, 3])], { keepdims: 0 }, "logLikelihood");
  pruneUnused(graph);
  return encodeModel({ irVersion, producerName, opsetImport, metadataProps, graph });
}

function logDensity(nodes: NodeList, target: string, { kind, parameters }: LikelihoodDescription): string {
  if (kind === "bernoulli") {
    return nodes.add("Sub", [nodes.add("Mul", [target, "logits"]), nodes.add("Softplus", "logits")]);
  }
  const difference = nodes.add("Sub", [target, nodes.add("Sigmoid", "logits")]);
  if (kind === "gaussian") {
    const squared = nodes.add("Mul", [difference, difference]);
    const logvar = parameters.variance === "learned"
      ? "logvar"
      : nodes.constant(Math.log(positive("variance", parameters.variance)));
    const scaled = nodes.add("Mul", [squared, nodes.add("Exp", nodes.add("Neg", logvar))]);
    const normaliser = nodes.add("Add", [logvar, nodes.constant(Math.log(2 * Math.PI))]);
    return nodes.add("Mul", [nodes.add("Add", [scaled, normaliser]), nodes.constant(-0.5)]);
  }
  if (kind === "laplace") {
    const scale = positive("scale", parameters.scale);
    const scaled = nodes.add("Mul", [nodes.add("Abs", difference), nodes.constant(-1 / scale)]);
    return nodes.add("Sub", [scaled, nodes.constant(Math.log(2 * scale))]);
  }
  throw new LatentboardError(
    "unsupported",
    `A likelihood of kind "${kind}" can't be scored: bernoulli, gaussian and laplace can`,
  );
}

function positive(name: string, value: unknown): number {
  if (typeof value === "number" && value > 0) return value;
  throw new LatentboardError("damaged", `The model's ${name} must be a number above 0: current value is ${value}`);
}

/** Adds nodes at the end of a graph. */
class NodeList {
  readonly #graph: GraphProto;

  constructor(graph: GraphProto) {
    this.#graph = graph;
  }

  add(
    opType: string,
    input: string | readonly string[],
    attributes: Record<string, number> = {},
    output?: string,
  ): string {
    const name = `score_${this.#graph.node.length}`;
    const attribute = Object.entries(attributes).map(([key, value]): AttributeProto => {
      return { name: key, type: ATTRIBUTE.int, i: BigInt(value) };
    });
    this.#graph.node.push({ opType, name, input: [input].flat(), output: [output ?? name], attribute });
    return output ?? name;
  }

  constant(value: number): string {
    return this.#constant({
      dims: [],
      dataType: ELEMENT.float,
      rawData: new Uint8Array(Float32Array.of(value).buffer),
    });
  }

  axes(values: readonly number[]): string {
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#constant({ dims: [BigInt(values.length)], dataType: ELEMENT.int64, rawData });
  }

  #constant(t: NonNullable<AttributeProto["t"]>): string {
    const name = `score_${this.#graph.node.length}`;
    const attribute = [{ name: "value", type: ATTRIBUTE.tensor, t }];
    this.#graph.node.push({ opType: "Constant", name, input: [], output: [name], attribute });
    return name;
  }
}

/** Leaves out nodes that no output needs any more, such as the rounding to bytes. */
function pruneUnused(graph: GraphProto): void {
  const needed = new Set(graph.output.map(({ name }) => name));
  const kept = [];
  for (const node of graph.node.toReversed()) {
    if (!node.output.some((name) => needed.has(name))) continue;
    node.input.forEach((name) => needed.add(name));
    kept.push(node);
  }
  graph.node = kept.reverse();
}
