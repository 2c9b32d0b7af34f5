/** What a family of autoencoders is: a key of the configuration, and the model that it builds. */
import type { z } from "zod";
import type { Algebra, Parts, TrainingAlgebra } from "../algebra.ts";
import type { ImageShape, ParameterSpec } from "../layers.ts";
import type { DecoderOutput, Likelihood } from "../likelihoods/likelihood.ts";
import type { Network } from "../network.ts";
import type { Posterior } from "../posterior.ts";

/** A latent variable of a model; together, in their order, they are the one vector `z` that decoders take. */
export interface LatentVariable {
  readonly name: string;
  /** Continuous, codes, or a label. Codes and labels are whole numbers from 0. */
  readonly kind: "gaussian" | "codes" | "label";
  /** How many numbers of `z` it takes. */
  readonly size: number;
  /** Of codes and labels: how many values there are. */
  readonly levels?: number;
}

/** Some of a batch's pictures. */
export interface Shard<T> {
  /** `[count, height, width, channels]`, 0 to 1. */
  readonly images: T;
  /** Standard normal, `[count, noise]` of the model. */
  readonly noise: T;
  /** Whole numbers `[count]`, where the model uses labels. */
  readonly labels?: T;
}

/** Where a step stands. */
export interface LossStep<T> {
  /** The weight of the KL divergence, a scalar: see `betaAt`. */
  readonly beta: T;
  /** Whether the parameters are about to be updated. */
  readonly training: boolean;
}

/** The loss of a batch and its parts, scalars but for `klPerLatent`; nats per picture. */
export interface Loss<T> {
  /** What is minimised. */
  readonly loss: T;
  /** The negative log-likelihood with all its constants, or the cross-entropy or sum of errors that stands for it. */
  readonly reconstruction: T;
  /** The KL divergence from the prior, unweighted; of codes and labels their length under a uniform prior. */
  readonly kl: T;
  /** The same for each number of z, `[latentDim]`. */
  readonly klPerLatent: T;
  /** The model's own, by the names in {@linkcode Model.metrics}. */
  readonly metrics?: Parts<T>;
  /** New values of parameters without a gradient, while training. */
  readonly updates?: Readonly<Record<string, T>>;
}

/** A model: its parameters, and what it does with them in operations. */
export interface Model {
  /** The family's. */
  readonly kind: string;
  readonly image: ImageShape;
  readonly likelihood: Likelihood;
  readonly latents: readonly LatentVariable[];
  /** Numbers of `z`. */
  readonly latentDim: number;
  /** Standard normal numbers per picture that a loss takes. */
  readonly noise: number;
  readonly parameters: readonly ParameterSpec[];
  /** Of metrics besides the loss's parts. */
  readonly metrics: readonly string[];
  readonly usesLabels: boolean;
  /** Whether a picture's loss depends on the batch that it is in, so that a batch can't be cut into shards. */
  readonly wholeBatches: boolean;
  /** @param images `[batch, height, width, channels]`, 0 to 1 */
  encode<T>(m: Algebra<T>, parameters: Parts<T>, images: T): Posterior<T>;
  /** @param z `[batch, latentDim]` */
  decode<T>(m: Algebra<T>, parameters: Parts<T>, z: T): DecoderOutput<T>;
  loss<T>(m: TrainingAlgebra<T>, parameters: Parts<T>, shards: readonly Shard<T>[], step: LossStep<T>): Loss<T>;
  /**
   * `log p(x | z) + log p(z) − log q(z | x)`, `[batch]` nats, of draws from one picture's posterior: only where the
   * posterior or the prior is not what {@linkcode Model.encode} and a standard normal say.
   *
   * @param noise standard normal, `[batch, latentDim]`
   * @param image `[1, height, width, channels]`
   */
  logWeights?<T>(m: Algebra<T>, parameters: Parts<T>, noise: T, image: T): T;
  /** Where the prior is a mixture of Gaussians: means and log variances of its components, `[components, latentDim]`. */
  priorComponents?<T>(m: Algebra<T>, parameters: Parts<T>): Posterior<T>;
  /** How far each code is from becoming another one, `[batch, codes]`; about 0 at a tie. */
  codeMargins?<T>(m: TrainingAlgebra<T>, parameters: Parts<T>, images: T): T;
}

/** What a family builds a model from, besides its own key of the configuration. */
export interface FamilyContext {
  /** Makes the layers. */
  readonly network: (decoderInput: number) => Network;
  /** The configuration's: continuous latents, or codes. */
  readonly latentDim: number;
  /** Nats of each latent that cost nothing. */
  readonly freeBits: number;
  /** Of the pictures; 0 where they have no labels. */
  readonly classes: number;
  /** Pictures that are trained on. */
  readonly trainCount: number;
}

/**
 * One way of making autoencoders.
 *
 * @internal the linter of documentation cannot follow an inferred type
 */
export interface Family<S extends z.ZodType = z.ZodType> {
  /** Of the configuration's `family`; its `kind` names it. */
  readonly schema: S;
  build(config: z.infer<S>, context: FamilyContext): Model;
}
