/** What families with a diagonal Gaussian posterior have in common. */
import type { Algebra, Parts, TrainingAlgebra } from "../algebra.ts";
import { runLayers } from "../forward.ts";
import type { Layer, ParameterSpec } from "../layers.ts";
import {
  decoderSpecs,
  encoderSpecs,
  head,
  type Network,
  normalisesBatches,
  runDecoder,
  runEncoder,
} from "../network.ts";
import { calibrate, type GaussianKl, gaussianKl, reconstructionOf } from "../objective.ts";
import { type Posterior, reparameterize } from "../posterior.ts";
import type { FamilyContext, LossStep, Model, Shard } from "./family.ts";

/** A batch as drawn from its posteriors, all shards together. */
export interface DrawnBatch<T> {
  readonly posterior: Posterior<T>;
  /** One draw per picture, `[count, latentDim]`. */
  readonly z: T;
  /** Standard normal like z, besides that of the draws. */
  readonly extra: readonly T[];
  readonly kl: GaussianKl<T>;
}

/** What is added to the reconstruction. */
export interface Penalty<T> {
  readonly penalty: T;
  /** Where it isn't the closed form from the standard normal. */
  readonly kl?: T;
  readonly metrics?: Parts<T>;
}

/** What a family with a Gaussian posterior does in its own way. */
export interface GaussianOptions {
  readonly kind: string;
  /** What is added to the reconstruction; beta times the KL divergence where it is left out. */
  penalty?<T>(m: TrainingAlgebra<T>, parameters: Parts<T>, batch: DrawnBatch<T>, step: LossStep<T>): Penalty<T>;
  /** Standard normal numbers per latent besides that of the draw. */
  readonly extraNoise?: number;
  readonly metrics?: readonly string[];
  /** Parameters besides the network's. */
  readonly parameters?: readonly ParameterSpec[];
}

/** The heads of a Gaussian posterior over some latents. */
export function posteriorHeads(size: number): { readonly mu: Layer[]; readonly logvar: Layer[] } {
  return { mu: head("encoder/mu", size), logvar: head("encoder/logvar", size) };
}

/** Encodes pictures to a Gaussian over some latents. */
export function encodeGaussian<T>(
  m: Algebra<T>,
  network: Network,
  size: number,
  parameters: Parts<T>,
  images: T,
): Posterior<T> {
  const features = runEncoder(m, network, parameters, images);
  const { mu, logvar } = posteriorHeads(size);
  return { mu: runLayers(m, mu, parameters, features), logvar: runLayers(m, logvar, parameters, features) };
}

/** A model with one Gaussian latent `z` and a standard normal prior. */
export function gaussianModel(context: FamilyContext, options: GaussianOptions): Model {
  const { latentDim, freeBits } = context;
  const { extraNoise = 0 } = options;
  const network = context.network(latentDim);
  const { likelihood, image } = network;
  const heads = posteriorHeads(latentDim);
  const own = options.penalty;
  return {
    kind: options.kind,
    image,
    likelihood,
    latents: [{ name: "z", kind: "gaussian", size: latentDim }],
    latentDim,
    noise: (1 + extraNoise) * latentDim,
    parameters: [
      ...encoderSpecs(network, [heads.mu, heads.logvar]),
      ...decoderSpecs(network),
      ...options.parameters ?? [],
    ],
    metrics: options.metrics ?? [],
    usesLabels: false,
    wholeBatches: normalisesBatches(network),
    encode: (m, parameters, images) => encodeGaussian(m, network, latentDim, parameters, images),
    decode: (m, parameters, z) => runDecoder(m, network, parameters, z),
    loss<T>(m: TrainingAlgebra<T>, parameters: Parts<T>, shards: readonly Shard<T>[], step: LossStep<T>) {
      const updates: Record<string, T> = {};
      const layers = step.training ? m.withBatchStatistics(updates) : m;
      const drawn = shards.map(({ images, noise }) => {
        const parts = Array.from(
          { length: 1 + extraNoise },
          (_, i) => extraNoise === 0 ? noise : m.slice(noise, i * latentDim, (i + 1) * latentDim),
        );
        const posterior = encodeGaussian(layers, network, latentDim, parameters, images);
        const z = reparameterize(m, posterior, parts[0]!);
        return { posterior, z, extra: parts.slice(1), out: runDecoder(layers, network, parameters, z), x: images };
      });
      const scored = step.training ? calibrate(m, likelihood, parameters, drawn, updates) : drawn;
      const reconstruction = reconstructionOf(m, likelihood, scored);
      const kl = gaussianKl(m, drawn.map(({ posterior }) => posterior), freeBits);
      const penalty: Penalty<T> = own === undefined ? { penalty: m.mul(step.beta, kl.counted) } : own(m, parameters, {
        posterior: {
          mu: m.concatBatch(drawn.map(({ posterior }) => posterior.mu)),
          logvar: m.concatBatch(drawn.map(({ posterior }) => posterior.logvar)),
        },
        z: m.concatBatch(drawn.map(({ z }) => z)),
        extra: drawn[0]!.extra.map((_, i) => m.concatBatch(drawn.map(({ extra }) => extra[i]!))),
        kl,
      }, step);
      return {
        loss: m.add(reconstruction, penalty.penalty),
        reconstruction,
        kl: penalty.kl ?? kl.kl,
        klPerLatent: kl.klPerLatent,
        ...(penalty.metrics === undefined ? {} : { metrics: penalty.metrics }),
        updates,
      };
    },
  };
}
