/** A variational autoencoder as the trainer sees it, and what its configuration means to the trainer. */
import {
  type Architecture,
  betaAt,
  decode,
  encode,
  imageShape,
  negativeElbo,
  normalisesBatches,
  type OptimizerConfig,
  parameterSpecs,
  reparameterize,
  type Tensor,
  type TrainingConfig,
  type VaeOps,
} from "../vae/mod.ts";
import { fusedOps } from "./fused_ops.ts";
import type { Optimizer } from "./optimizers.ts";
import type { TrainableModel, UpdateOptions } from "./step.ts";
import type { TrainerOptions } from "./trainer_options.ts";

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
 * @param objective what is minimised
 * @param options how it is computed
 */
export function vaeModel(
  architecture: Architecture,
  objective: TrainingConfig["objective"],
  { ops = fusedOps, shards = 1 }: ModelOptions = {},
): TrainableModel {
  return {
    imageShape: imageShape(architecture.image),
    latentDim: architecture.latentDim,
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

/**
 * The optimizer that a configuration names.
 *
 * @param config its `optimizer`
 */
export function optimizerOf(config: OptimizerConfig): Optimizer {
  const { kind, beta1, beta2, epsilon, momentum, decay, weightDecay } = config;
  switch (kind) {
    case "adam":
      return { kind, beta1, beta2, epsilon };
    case "adamw":
      return { kind, beta1, beta2, epsilon, weightDecay };
    case "sgd":
      return { kind };
    case "momentum":
      return { kind: "sgd", momentum };
    case "rmsprop":
      return { kind, decay, momentum, epsilon };
  }
}

/**
 * What stays the same over all updates of a configuration.
 *
 * @param config the configuration
 */
export function updateOptionsOf(config: Pick<TrainingConfig, "optimizer" | "emaDecay">): UpdateOptions {
  return {
    optimizer: optimizerOf(config.optimizer),
    clipNorm: config.optimizer.clipNorm > 0 ? config.optimizer.clipNorm : undefined,
    averageDecay: config.emaDecay > 0 ? config.emaDecay : undefined,
  };
}

/** The trainer's options that follow from a configuration. */
export type ConfiguredOptions = Pick<
  TrainerOptions,
  | "config"
  | "seed"
  | "epochs"
  | "batchSize"
  | "update"
  | "learningRate"
  | "schedule"
  | "betaAt"
  | "beta"
  | "earlyStopping"
  | "checkpointMinutes"
  | "checkpointEpochs"
  | "fixed"
>;

/**
 * What a configuration means to the trainer.
 *
 * @param config the configuration
 * @param architecture the architecture that was built of it
 */
export function trainerOptionsOf(config: TrainingConfig, architecture: Architecture): ConfiguredOptions {
  const { earlyStopping, checkpoint } = config;
  const fixed = parameterSpecs(architecture).filter(({ trainable }) => !trainable).map(({ name }) => name);
  return {
    config: { ...config },
    seed: config.seed,
    epochs: config.epochs,
    batchSize: config.batchSize,
    update: updateOptionsOf(config),
    learningRate: config.optimizer.learningRate,
    schedule: config.schedule,
    betaAt: (position) => betaAt(config.objective, position),
    beta: config.objective.beta,
    earlyStopping: earlyStopping.patience > 0 ? earlyStopping : undefined,
    checkpointMinutes: checkpoint.everyMinutes,
    checkpointEpochs: checkpoint.everyEpochs,
    fixed: new Set(fixed),
  };
}
