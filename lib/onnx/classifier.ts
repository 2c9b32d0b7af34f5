/** Writes a classifier as an ONNX graph that gives its features too. */
import { type ImageShape, imageShape, type Layer } from "../vae/layers.ts";
import { runLayers } from "../vae/forward.ts";
import type { ParameterValues } from "../vae/parameters.ts";
import { encodeFile } from "./file.ts";
import { GraphBuilder } from "./graph.ts";
import { recordedParameters, Recorder } from "./recorder.ts";

/** A classifier's layers. */
export interface ClassifierLayers {
  readonly image: ImageShape;
  /** From a picture of 0 to 1 to features. */
  readonly features: readonly Layer[];
  /** From features to one logit per class. */
  readonly head: readonly Layer[];
}

/**
 * Exports a classifier. The batch size is free.
 *
 * Input: `pixels` uint8 `[batch, height, width, channels]`. Outputs: `features` float `[batch, dimensions]`, `logits`
 * float `[batch, classes]`.
 *
 * @throws {TypeError} naming a parameter that is missing
 */
export function exportClassifier(
  { image, features, head }: ClassifierLayers,
  parameters: ParameterValues,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const graph = new GraphBuilder("classifier");
  const m = new Recorder(graph);
  const recorded = recordedParameters(parameters);
  const inner = runLayers(m, features, recorded, graph.pixelInput(imageShape(image)));
  const named = { ...inner, name: graph.output(inner.name, "features", "float", inner.shape) };
  const last = runLayers(m, head, recorded, named);
  graph.output(last.name, "logits", "float", last.shape);
  return encodeFile(graph.build(), metadata);
}
