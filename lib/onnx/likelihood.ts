/** The decoder's likelihood as a graph of its own, so that no pixel of it is computed in JavaScript. */
import { LatentboardError } from "../errors.ts";
import type { ModelDocument } from "../model/format.ts";
import { GraphBuilder } from "./graph.ts";
import { decodeModel, ELEMENT, encodeModel, type GraphProto } from "./proto.ts";

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
 * @returns an ONNX model
 * @throws {LatentboardError} `unsupported` for a likelihood that is none of these, `damaged` for bytes that are no model
 */
export function likelihoodModel(decoder: Uint8Array, likelihood: ModelDocument["likelihood"]): Uint8Array {
  const { irVersion, producerName, opsetImport, metadataProps, graph: read } = decodeModel(decoder);
  const logits = read.output.find(({ name }) => name === "logits");
  if (logits === undefined) {
    throw new LatentboardError("damaged", "The decoder has no output named logits: export it again");
  }
  const graph = new GraphBuilder(read.name, read);
  const [, ...picture] = logits.type.tensorType.shape.dim;
  graph.declareInput("target", "uint8", [{ dimValue: 1n }, ...picture]);
  const target = graph.node("Div", [graph.node("Cast", ["target"], { to: ELEMENT.float }), graph.scalar(255)]);
  const terms = logDensity(graph, target, likelihood);
  const sum = graph.node("ReduceSum", [terms, graph.integers([1, 2, 3])], { keepdims: 0 });
  graph.output(sum, "logLikelihood", "float", []);
  return encodeModel({
    irVersion,
    producerName,
    opsetImport,
    metadataProps,
    graph: withOneOutput(graph.build(), "logLikelihood"),
  });
}

function logDensity(graph: GraphBuilder, target: string, { kind, parameters }: ModelDocument["likelihood"]): string {
  if (kind === "bernoulli") {
    return graph.node("Sub", [graph.node("Mul", [target, "logits"]), graph.node("Softplus", ["logits"])]);
  }
  const difference = graph.node("Sub", [target, graph.node("Sigmoid", ["logits"])]);
  if (kind === "gaussian") {
    const squared = graph.node("Mul", [difference, difference]);
    const logvar = parameters.variance === "learned"
      ? "logvar"
      : graph.scalar(Math.log(positive("variance", parameters.variance)));
    const scaled = graph.node("Mul", [squared, graph.node("Exp", [graph.node("Neg", [logvar])])]);
    const normaliser = graph.node("Add", [logvar, graph.scalar(Math.log(2 * Math.PI))]);
    return graph.node("Mul", [graph.node("Add", [scaled, normaliser]), graph.scalar(-0.5)]);
  }
  if (kind === "laplace") {
    const scale = positive("scale", parameters.scale);
    const scaled = graph.node("Mul", [graph.node("Abs", [difference]), graph.scalar(-1 / scale)]);
    return graph.node("Sub", [scaled, graph.scalar(Math.log(2 * scale))]);
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

/** Leaves out what one output does not need, such as the rounding to bytes. */
function withOneOutput(graph: GraphProto, output: string): GraphProto {
  const needed = new Set([output]);
  const kept = [];
  for (const node of graph.node.toReversed()) {
    if (!node.output.some((name) => needed.has(name))) continue;
    node.input.forEach((name) => needed.add(name));
    kept.push(node);
  }
  return { ...graph, node: kept.reverse(), output: graph.output.filter(({ name }) => name === output) };
}
