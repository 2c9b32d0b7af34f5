/** From a configuration to a model. */
import { conv } from "./conv.ts";
import type { TrainingConfig } from "./config_schema.ts";
import type { Model } from "./families/family.ts";
import { buildFamily } from "./families/registry.ts";
import type { ImageShape } from "./layers.ts";
import { imageShape } from "./layers.ts";
import { likelihoodOf } from "./likelihoods/kinds.ts";
import { mlp } from "./mlp.ts";
import { checkNetwork, type Network } from "./network.ts";

/** What a model has to know of its pictures, besides their shape. */
export interface ModelData {
  /** How many labels there are; 0 where not given. */
  readonly classes?: number;
  /** How many pictures are trained on; only losses need it. */
  readonly trainCount?: number;
}

/** The part of a configuration that decides on layers and loss. */
export type ModelConfig = Pick<TrainingConfig, "data" | "architecture" | "latentDim" | "objective" | "family">;

/**
 * Builds the model that a configuration asks for.
 *
 * @throws {RangeError} when its layers don't fit together
 * @throws {LatentboardError} `invalid` when the family lacks something, such as labels
 */
export function buildModel(config: ModelConfig, { classes = 0, trainCount = 0 }: ModelData = {}): Model {
  const { latentDim, objective: { freeBits } } = config;
  const network = (decoderInput: number) => buildNetwork(config, decoderInput);
  return buildFamily(config.family, { network, latentDim, freeBits, classes, trainCount });
}

/**
 * Declares the layers of a configuration.
 *
 * @param decoderInput numbers that the decoder takes
 * @throws {RangeError} when they don't fit together
 */
export function buildNetwork(
  { data: { imageSize = 28, channels = 1 }, architecture, objective }: ModelConfig,
  decoderInput: number,
): Network {
  const image: ImageShape = { height: imageSize, width: imageSize, channels };
  const body = architecture.kind === "conv" ? conv(architecture, image) : mlp(architecture, image);
  const likelihood = likelihoodOf(objective);
  const logvar = {
    pixel: () => body.output("decoder/logvar"),
    shared: () => [{ kind: "shared", name: "decoder/logvar", shape: imageShape(image) } as const],
  };
  const network: Network = {
    name: architecture.kind,
    image,
    encoder: body.encoder,
    decoderInput,
    decoder: body.decoder,
    heads: {
      logits: body.output("decoder/logits"),
      ...(likelihood.logvar === undefined ? {} : { logvar: logvar[likelihood.logvar]() }),
    },
    likelihood,
  };
  checkNetwork(network);
  return network;
}
