/** A model as the trainer sees it. */
import { imageShape, type Model, type TensorOps } from "../vae/mod.ts";
import { fusedOps } from "./fused_ops.ts";
import type { TrainableModel } from "./step.ts";

/** How a model is to be computed. */
export interface ModelOptions {
  /** What the layers run on; TensorFlow's fused ones by default. */
  readonly ops?: TensorOps;
  /** In how many shards, see {@linkcode TrainableModel.shards}; 1 by default. */
  readonly shards?: number;
}

/**
 * A model with its loss on tensors.
 *
 * @param model where its losses depend on the whole batch, it stays in one shard
 */
export function trainable(model: Model, { ops = fusedOps, shards = 1 }: ModelOptions = {}): TrainableModel {
  return {
    imageShape: imageShape(model.image),
    latentDim: model.latentDim,
    noise: model.noise,
    metrics: model.metrics,
    usesLabels: model.usesLabels,
    fixed: new Set(model.parameters.filter(({ trainable }) => !trainable).map(({ name }) => name)),
    shards: model.wholeBatches ? 1 : shards,
    loss: (parameters, shards, beta, training) => model.loss(ops, parameters, shards, { beta, training }),
  };
}
