/** Writes encoder and decoder as ONNX graphs, from the text that training computes. */
import { MODEL_FORMAT_VERSION } from "../model/format.ts";
import type { Model } from "../vae/families/family.ts";
import { imageShape } from "../vae/layers.ts";
import { checkParameters, type ParameterValues } from "../vae/parameters.ts";
import { encodeFile, OPSET } from "./file.ts";
import { GraphBuilder, type Value } from "./graph.ts";
import { decodeModel, ELEMENT, type GraphProto } from "./proto.ts";
import { recordedParameters, Recorder } from "./recorder.ts";

export { OPSET };

/** What is written into a file besides its graph. */
export interface ExportMetadata {
  readonly name: string;
  /** The resolved configuration; any plain data. */
  readonly config: unknown;
  readonly dataset: string;
}

/** An exported model. */
export interface ExportedModel {
  readonly encoder: Uint8Array;
  readonly decoder: Uint8Array;
  readonly opset: number;
}

/**
 * Exports a model. The batch size is free in both graphs.
 *
 * - encoder: `pixels` uint8 `[batch, height, width, channels]` to `mu` and `logvar`, float `[batch, latentDim]`
 * - decoder: `z` float `[batch, latentDim]` to `logits` float, `image` float 0 to 1 (the likelihood's mean) and `pixels` uint8
 *   (the image times 255, rounded half up), all `[batch, height, width, channels]`; and `logvar`, of that shape,
 *   where the likelihood learns its variance
 *
 * @param parameters every parameter of the model, and no other
 * @param metadata goes into each file's metadata_props, with the format and its version
 * @throws {TypeError} naming a parameter that is missing, left over or of another shape
 */
export function exportModel(
  model: Model,
  parameters: ParameterValues,
  metadata: ExportMetadata,
): ExportedModel {
  checkParameters(model, parameters);
  const props = propsOf(metadata);
  return {
    encoder: encodeFile(encoderGraph(model, parameters), props),
    decoder: encodeFile(decoderGraph(model, parameters), props),
    opset: OPSET,
  };
}

/**
 * Exports the decoder alone, as {@linkcode exportModel} does.
 *
 * @param parameters every parameter of the model, and no other
 * @param metadata as for a whole model
 * @returns decoder.onnx
 */
export function exportDecoder(
  model: Model,
  parameters: ParameterValues,
  metadata: ExportMetadata,
): Uint8Array {
  return encodeFile(decoderGraph(model, parameters), propsOf(metadata));
}

/**
 * Reads the metadata_props of an ONNX file: `name`, `format`, `version`, `config` (JSON) and `dataset` in ours.
 *
 * @throws {LatentboardError} kind `damaged` when the bytes are not an ONNX model
 */
export function readMetadata(bytes: Uint8Array): Record<string, string> {
  return Object.fromEntries(decodeModel(bytes).metadataProps.map(({ key, value }) => [key, value]));
}

function encoderGraph(model: Model, parameters: ParameterValues): GraphProto {
  const graph = new GraphBuilder("encoder");
  const pixels = graph.pixelInput(imageShape(model.image));
  const { mu, logvar } = model.encode(new Recorder(graph), recordedParameters(parameters), pixels);
  graph.output(mu.name, "mu", "float", mu.shape);
  graph.output(logvar.name, "logvar", "float", logvar.shape);
  return graph.build();
}

function decoderGraph(model: Model, parameters: ParameterValues): GraphProto {
  const graph = new GraphBuilder("decoder");
  const m = new Recorder(graph);
  const shape = imageShape(model.image);
  const z = graph.input("z", "float", [model.latentDim]);
  const named = (value: Value, name: string) => {
    const last = m.channelsLast(value);
    return { ...last, name: graph.output(last.name, name, "float", shape) };
  };
  const { logits, logvar } = model.decode(m, recordedParameters(parameters), z);
  const out = { logits: named(logits, "logits"), ...(logvar === undefined ? {} : { logvar: named(logvar, "logvar") }) };
  const mean = named(model.likelihood.mean(m, out), "image");
  const scaled = graph.node("Mul", [mean.name, graph.scalar(255)]);
  // Not by Round, which WebGPU's provider leaves to the processor.
  const rounded = graph.node("Floor", [graph.node("Add", [scaled, graph.scalar(0.5)])]);
  const bounded = graph.node("Clip", [rounded, graph.scalar(0), graph.scalar(255)]);
  graph.output(graph.node("Cast", [bounded], { to: ELEMENT.uint8 }), "pixels", "uint8", shape);
  return graph.build();
}

function propsOf({ name, config, dataset }: ExportMetadata): Record<string, string> {
  return {
    name,
    format: "latentboard",
    version: String(MODEL_FORMAT_VERSION),
    config: JSON.stringify(config),
    dataset,
  };
}
