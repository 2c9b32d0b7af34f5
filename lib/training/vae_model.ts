/** A variational autoencoder as the trainer sees it. */
import * as tf from "@tensorflow/tfjs";
import {
  addAll,
  type Architecture,
  batchLogvar,
  decode,
  encode,
  imageShape,
  negativeElbo,
  normalisesBatches,
  type ObjectiveConfig,
  parameterSpecs,
  reparameterize,
  type ScoredPictures,
  type Tensor,
  type TensorOps,
  withBatchStatistics,
} from "../vae/mod.ts";
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
 * The model of an architecture under an objective.
 *
 * @param architecture the layers; where some normalise a batch by its own statistics, it stays in one shard
 */
export function vaeModel(
  architecture: Architecture,
  objective: ObjectiveConfig,
  { ops = fusedOps, shards = 1 }: ModelOptions = {},
): TrainableModel {
  const { likelihood } = architecture;
  return {
    imageShape: imageShape(architecture.image),
    latentDim: architecture.latentDim,
    fixed: new Set(parameterSpecs(architecture).filter(({ trainable }) => !trainable).map(({ name }) => name)),
    shards: normalisesBatches(architecture) ? 1 : shards,
    loss(parameters, shards, beta, training) {
      const updates: Record<string, Tensor> = {};
      const m = training ? withBatchStatistics(ops, updates) : ops;
      const scored = shards.map(({ images, noise }) => {
        const posterior = encode(m, architecture, parameters, images);
        const out = decode(m, architecture, parameters, reparameterize(m, posterior, noise));
        return { out, posterior, x: images };
      });
      const calibrated = training && likelihood.logvar === "shared"
        ? calibrate(m, scored, parameters, updates)
        : scored;
      return { ...negativeElbo(likelihood, objective, calibrated, beta, m), updates };
    },
  };
}

/** Where one log variance is shared: how much of its running mean stays at each step. */
const MOMENTUM = 0.9;
const SHARED_LOGVAR = "decoder/logvar/value";

/** A batch scored under its own best variance, which moves the running one. */
function calibrate(
  m: TensorOps,
  shards: readonly ScoredPictures[],
  parameters: Readonly<Record<string, Tensor>>,
  updates: Record<string, Tensor>,
): ScoredPictures[] {
  const pixels = shards.reduce((sum, { x }) => sum + x.size, 0);
  const logvar = batchLogvar(m, shards, (terms) => tf.div(addAll(terms.map((term) => tf.sum(term))), pixels));
  updates[SHARED_LOGVAR] = tf.add(
    tf.mul(parameters[SHARED_LOGVAR]!, MOMENTUM),
    tf.mul(tf.reshape(logvar, [1]), 1 - MOMENTUM),
  );
  return shards.map(({ out, ...rest }) => ({ ...rest, out: { ...out, logvar } }));
}
