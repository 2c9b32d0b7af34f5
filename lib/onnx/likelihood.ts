/** The decoder's likelihood as a graph of its own, so that no pixel of it is computed in JavaScript. */
import { LatentboardError } from "../errors.ts";
import type { ModelDocument } from "../model/format.ts";
import { readLikelihood } from "../vae/likelihoods/kinds.ts";
import { GraphBuilder, type Value } from "./graph.ts";
import { decodeModel, encodeModel, type GraphProto } from "./proto.ts";
import { Recorder } from "./recorder.ts";

/**
 * Turns a decoder into a graph that scores one picture under many latents, by the text that training computes.
 *
 * Inputs: `z` float `[batch, latentDim]`, `target` uint8 `[1, height, width, channels]`. Output: `logLikelihood` float
 * `[batch]`, nats, summed over the pixels, which are the bytes over 255.
 *
 * @returns an ONNX model
 * @throws {LatentboardError} `unsupported` for a likelihood that is not known, `damaged` for bytes that are no model
 */
export function likelihoodModel(decoder: Uint8Array, likelihood: ModelDocument["likelihood"]): Uint8Array {
  const { irVersion, producerName, opsetImport, metadataProps, graph: read } = decodeModel(decoder);
  const density = readLikelihood(likelihood);
  const graph = new GraphBuilder(read.name, read);
  const outputOf = (name: string): Value => {
    const found = read.output.find((output) => output.name === name);
    if (found === undefined) {
      throw new LatentboardError("damaged", `The decoder has no output named ${name}: export it again`);
    }
    const [, ...sizes] = found.type.tensorType.shape.dim;
    return { name, shape: sizes.map((size) => "dimValue" in size ? Number(size.dimValue) : 0), channelsFirst: false };
  };
  const logits = outputOf("logits");
  const target = graph.pixelInput(logits.shape, "target", 1);
  const out = { logits, ...(density.logvar === undefined ? {} : { logvar: outputOf("logvar") }) };
  const m = new Recorder(graph);
  const score = m.neg(density.negativeLog(m, out, target, (terms) => m.sumEach(terms)));
  graph.output(score.name, "logLikelihood", "float", []);
  return encodeModel({
    irVersion,
    producerName,
    opsetImport,
    metadataProps,
    graph: withOneOutput(graph.build(), "logLikelihood"),
  });
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
