/** A variational autoencoder as the trainer sees it. */
import {
  type Architecture,
  decode,
  encode,
  imageShape,
  negativeElbo,
  normalisesBatches,
  type ObjectiveConfig,
  parameterSpecs,
  reparameterize,
  type Tensor,
  type VaeOps,
} from "../vae/mod.ts";
import { fusedOps } from "./fused_ops.ts";
import type { TrainableModel } from "./step.ts";

/** How a model is to be computed. */
export interface ModelOptions {
  /** What the layers run on; TensorFlow's fused ones by default. */
  readonly ops?: VaeOps;
  /** In how many shards, see {@linkcode TrainableModel.shards}; 1 by default. */
  readonly shards?: number;
}

/**
 * The model of an architecture under an objective.
 *
 * @param architecture the layers; where some normalise a batch by its own statistics, it stays in one shard
 */
export function vaeModel(
  architecture: Architecture,
  objective: ObjectiveConfig,
  { ops = fusedOps, shards = 1 }: ModelOptions = {},
): TrainableModel {
  return {
    imageShape: imageShape(architecture.image),
    latentDim: architecture.latentDim,
    fixed: new Set(parameterSpecs(architecture).filter(({ trainable }) => !trainable).map(({ name }) => name)),
    shards: normalisesBatches(architecture) ? 1 : shards,
    loss(parameters, shards, beta, training) {
      const updates: Record<string, Tensor> = {};
      const options = { ops, ...(training ? { updates } : {}) };
      const scored = shards.map(({ images, noise }) => {
        const posterior = encode(architecture, parameters, images, options);
        const likelihood = decode(architecture, parameters, reparameterize(posterior, noise), options);
        return { ...likelihood, posterior, targets: images };
      });
      return { ...negativeElbo(objective, scored, beta, ops), updates };
    },
  };
}
