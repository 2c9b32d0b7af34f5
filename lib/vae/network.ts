/** The layers of encoder and decoder that a model is put together from, and the parameters that they need. */
import type { Algebra, Parts } from "./algebra.ts";
import { runLayers } from "./forward.ts";
import {
  type FeatureShape,
  type ImageShape,
  imageShape,
  type Layer,
  outputShapeOf,
  parametersOf,
  type ParameterSpec,
} from "./layers.ts";
import type { DecoderOutput, Likelihood } from "./likelihoods/likelihood.ts";

/** An encoder's and a decoder's layers. The heads on the encoder are the model's own. */
export interface Network {
  /** `conv`, `mlp`, `residual`. */
  readonly name: string;
  readonly image: ImageShape;
  /** From pictures, 0 to 1, to `[features]`. */
  readonly encoder: readonly Layer[];
  /** What the decoder is given, `[decoderInput]`. */
  readonly decoderInput: number;
  /** From there to the decoder's features. */
  readonly decoder: readonly Layer[];
  /** From the decoder's features to logits and, where the likelihood learns its variance, to the pixels' logvar. */
  readonly heads: { readonly logits: readonly Layer[]; readonly logvar?: readonly Layer[] };
  readonly likelihood: Likelihood;
}

/** A dense layer without activation, such as a head on the encoder. */
export function head(name: string, units: number): Layer[] {
  return [{ kind: "dense", name, units, activation: "linear" }];
}

/** The shape of the encoder's features. */
export function featureShape({ encoder, image }: Network): FeatureShape {
  return outputShapeOf(encoder, imageShape(image));
}

/** The encoder's features of pictures. */
export function runEncoder<T>(m: Algebra<T>, { encoder }: Network, parameters: Parts<T>, images: T): T {
  return runLayers(m, encoder, parameters, images);
}

/** What the decoder says. */
export function runDecoder<T>(m: Algebra<T>, network: Network, parameters: Parts<T>, input: T): DecoderOutput<T> {
  const { decoder, heads, likelihood } = network;
  const features = runLayers(m, decoder, parameters, input);
  const logits = runLayers(m, heads.logits, parameters, features);
  if (heads.logvar === undefined) return { logits };
  const logvar = runLayers(m, heads.logvar, parameters, features);
  return { logits, logvar: likelihood.boundLogvar?.(m, logvar) ?? logvar };
}

/** The encoder's parameters, with those of heads on it. */
export function encoderSpecs(network: Network, heads: readonly (readonly Layer[])[]): ParameterSpec[] {
  const features = featureShape(network);
  return [
    ...parametersOf(network.encoder, imageShape(network.image)),
    ...heads.flatMap((layers) => parametersOf(layers, features)),
  ];
}

/** The decoder's parameters, heads included. */
export function decoderSpecs({ decoderInput, decoder, heads }: Network): ParameterSpec[] {
  const features = outputShapeOf(decoder, [decoderInput]);
  return [decoder, heads.logits, heads.logvar ?? []]
    .flatMap((layers, i) => parametersOf(layers, i ? features : [decoderInput]));
}

/**
 * Checks that a network's layers fit together.
 *
 * @throws {RangeError} when they don't
 */
export function checkNetwork({ name, image, decoderInput, decoder, heads }: Network): void {
  const expect = (what: string, layers: readonly Layer[]) => {
    const found = outputShapeOf([...decoder, ...layers], [decoderInput]);
    if (String(found) === String(imageShape(image))) return;
    throw new RangeError(`Cannot build "${name}": ${what} is [${found}], it must be [${imageShape(image)}]`);
  };
  expect("logits", heads.logits);
  if (heads.logvar) expect("the pixels' logvar", heads.logvar);
}

/** Whether a picture's loss depends on the batch that it is in: some layer normalises a batch by its own statistics. */
export function normalisesBatches({ encoder, decoder, heads }: Network): boolean {
  const { logits, logvar = [] } = heads;
  return [encoder, decoder, logits, logvar].some((layers) => layers.some(({ kind }) => kind === "batchNorm"));
}
