/** An architecture: the layers of encoder and decoder, made from the configuration, and the parameters that they need. */
import type { Body } from "./body.ts";
import { conv } from "./conv.ts";
import type { TrainingConfig } from "./config_schema.ts";
import {
  type FeatureShape,
  type ImageShape,
  imageShape,
  type Layer,
  outputShapeOf,
  parametersOf,
  type ParameterSpec,
} from "./layers.ts";
import { likelihoodOf } from "./likelihoods/kinds.ts";
import type { Likelihood } from "./likelihoods/likelihood.ts";
import { mlp } from "./mlp.ts";

/** Every layer of a variational autoencoder. */
export interface Architecture {
  /** `conv`, `mlp`. */
  readonly name: string;
  readonly image: ImageShape;
  readonly latentDim: number;
  /** From pictures, 0 to 1, to features. */
  readonly encoder: readonly Layer[];
  /** From the encoder's features to the posterior's mu and logvar. */
  readonly posterior: { readonly mu: readonly Layer[]; readonly logvar: readonly Layer[] };
  /** From a latent to the decoder's features. */
  readonly decoder: readonly Layer[];
  /** From the decoder's features to logits and, where the likelihood learns its variance, to the pixels' logvar. */
  readonly heads: { readonly logits: readonly Layer[]; readonly logvar?: readonly Layer[] };
  readonly likelihood: Likelihood;
}

/**
 * Declares the layers that a configuration asks for.
 *
 * @throws {RangeError} when they don't fit together
 */
export function buildArchitecture(
  config: Pick<TrainingConfig, "data" | "architecture" | "latentDim" | "objective">,
): Architecture {
  const { data: { imageSize = 28, channels = 1 }, architecture, latentDim, objective } = config;
  const image: ImageShape = { height: imageSize, width: imageSize, channels };
  const body = architecture.kind === "conv" ? conv(architecture, image) : mlp(architecture, image);
  const head = (name: string): Layer[] => [{ kind: "dense", name, units: latentDim, activation: "linear" }];
  const likelihood = likelihoodOf(objective);
  const built: Architecture = {
    name: architecture.kind,
    image,
    latentDim,
    encoder: body.encoder,
    posterior: { mu: head("encoder/mu"), logvar: head("encoder/logvar") },
    decoder: body.decoder,
    heads: {
      logits: body.output("decoder/logits"),
      ...(likelihood.logvar === undefined ? {} : { logvar: pixelLogvar(likelihood.logvar, body, image) }),
    },
    likelihood,
  };
  checkShapes(built);
  return built;
}

/** Every parameter of an architecture, in the order of its layers. */
export function parameterSpecs(architecture: Architecture): ParameterSpec[] {
  return [...encoderSpecs(architecture), ...decoderSpecs(architecture)];
}

/** The encoder's parameters, heads included. */
export function encoderSpecs({ image, encoder, posterior }: Architecture): ParameterSpec[] {
  const input = imageShape(image);
  const features = outputShapeOf(encoder, input);
  return [encoder, posterior.mu, posterior.logvar].flatMap((layers, i) => parametersOf(layers, i ? features : input));
}

/** The decoder's parameters, heads included. */
export function decoderSpecs({ latentDim, decoder, heads }: Architecture): ParameterSpec[] {
  const features = outputShapeOf(decoder, [latentDim]);
  return [decoder, heads.logits, heads.logvar ?? []]
    .flatMap((layers, i) => parametersOf(layers, i ? features : [latentDim]));
}

function pixelLogvar(variance: "shared" | "pixel", body: Body, image: ImageShape): readonly Layer[] {
  if (variance === "pixel") return body.output("decoder/logvar");
  return [{ kind: "shared", name: "decoder/logvar", shape: imageShape(image) }];
}

function checkShapes(architecture: Architecture): void {
  const { image, latentDim, encoder, posterior, decoder, heads } = architecture;
  const expect = (what: string, layers: readonly Layer[], input: FeatureShape, wanted: FeatureShape) => {
    const found = outputShapeOf(layers, input);
    if (String(found) !== String(wanted)) {
      throw new RangeError(`Cannot build "${architecture.name}": ${what} is [${found}], it must be [${wanted}]`);
    }
  };
  expect("mu", [...encoder, ...posterior.mu], imageShape(image), [latentDim]);
  expect("logvar", [...encoder, ...posterior.logvar], imageShape(image), [latentDim]);
  expect("logits", [...decoder, ...heads.logits], [latentDim], imageShape(image));
  if (heads.logvar) {
    expect("the pixels' logvar", [...decoder, ...heads.logvar], [latentDim], imageShape(image));
  }
}

/** Whether a picture's loss depends on the batch that it is in: some layer normalises a batch by its own statistics. */
export function normalisesBatches({ encoder, posterior, decoder, heads }: Architecture): boolean {
  const { logits, logvar = [] } = heads;
  return [encoder, posterior.mu, posterior.logvar, decoder, logits, logvar]
    .some((layers) => layers.some(({ kind }) => kind === "batchNorm"));
}
