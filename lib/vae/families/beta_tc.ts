/**
 * The β-TC-VAE (Chen et al. 2018, "Isolating sources of disentanglement"): the KL divergence in three parts, the mutual
 * information of pictures and latents, the total correlation of the latents, and each latent's own KL divergence, with
 * a weight each. The aggregate posterior is estimated by minibatch stratified sampling (their appendix C.2).
 */
import { z } from "zod";
import type { TrainingAlgebra } from "../algebra.ts";
import { addAll } from "../objective.ts";
import { logNormal, logStandardNormal, type Posterior } from "../posterior.ts";
import { atLeast } from "../schema_parts.ts";
import type { Family } from "./family.ts";
import { gaussianModel } from "./gaussian.ts";

const schema = z.strictObject({
  kind: z.literal("beta-tc"),
  /** Weight of the total correlation: what `objective.beta` is in a beta-VAE. */
  tc: atLeast(0).default(6),
  /** Weight of the mutual information. */
  mi: atLeast(0).default(1),
  /** Weight of each latent's own KL divergence. */
  dimension: atLeast(0).default(1),
});

/** The three parts of the KL divergence, nats per picture. */
export interface KlParts<T> {
  readonly mi: T;
  readonly tc: T;
  readonly dimension: T;
}

/** Total correlation weighed apart. */
export const betaTc: Family<typeof schema> = {
  schema,
  build: ({ tc, mi, dimension }, context) =>
    gaussianModel(context, {
      kind: "beta-tc",
      metrics: ["mutualInformation", "totalCorrelation", "dimensionKl"],
      penalty: (m, _parameters, { z, posterior }, { beta }) => {
        const parts = klParts(m, z, posterior, context.trainCount);
        const weighed = addAll(m, [m.mul(parts.mi, mi), m.mul(parts.tc, tc), m.mul(parts.dimension, dimension)]);
        const metrics = { mutualInformation: parts.mi, totalCorrelation: parts.tc, dimensionKl: parts.dimension };
        return { penalty: m.mul(beta, weighed), metrics };
      },
    }),
};

/**
 * Estimates the parts from a batch.
 *
 * @param z one draw of each posterior, `[count, latentDim]`
 * @param trainCount pictures that the batch was drawn from
 */
export function klParts<T>(
  m: TrainingAlgebra<T>,
  z: T,
  posterior: Posterior<T>,
  trainCount: number,
): KlParts<T> {
  const count = m.count(z), size = m.size(z) / count;
  const mean = (values: T) => m.div(m.total(values), count);
  const logPosterior = m.sumLast(logNormal(m, z, posterior));
  const logPrior = m.sumLast(logStandardNormal(m, z));
  // How likely draw i is under the posterior of picture j, for each latent: [i, j, latent].
  const row = (values: T) => m.shape(values, [1, count, size]);
  const each = logNormal(m, m.shape(z, [count, 1, size]), { mu: row(posterior.mu), logvar: row(posterior.logvar) });
  const weights = stratifiedWeights(count, Math.max(trainCount, count)).map(Math.log);
  const logAggregate = m.logSumExpLast(m.add(m.sumLast(each), m.constant(weights, [count, count])));
  const marginals = m.logSumExp(m.add(each, m.constant(weights, [count, count, 1])), 1);
  const logMarginals = m.sumLast(marginals);
  return {
    mi: mean(m.sub(logPosterior, logAggregate)),
    tc: mean(m.sub(logAggregate, logMarginals)),
    dimension: mean(m.sub(logMarginals, logPrior)),
  };
}

/** The weight of picture j's posterior for draw i: its own 1 / N, one of the others for all that are not in the batch. */
function stratifiedWeights(count: number, all: number): Float64Array {
  if (count === 1) return Float64Array.of(1);
  const others = count - 1;
  return Float64Array.from({ length: count * count }, (_, at) => {
    const [i, j] = [Math.floor(at / count), at % count];
    if (j === i) return 1 / all;
    return j === (i + 1) % count ? (all - others) / (all * others) : 1 / others;
  });
}
