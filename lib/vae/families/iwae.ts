/**
 * The importance-weighted autoencoder (Burda et al. 2016): the bound from several draws per picture is what is
 * maximised. `gradient: doubly` is the doubly reparameterised one of the encoder (Tucker et al. 2019), whose signal does
 * not drown in noise as draws are added.
 */
import { z } from "zod";
import type { Parts, TrainingAlgebra } from "../algebra.ts";
import { calibrate, gaussianKl, reconstructionOf } from "../objective.ts";
import { logNormal, logStandardNormal, reparameterize } from "../posterior.ts";
import { oneOf, whole } from "../schema_parts.ts";
import type { Family, LossStep, Model, Shard } from "./family.ts";
import { gaussianModel } from "./gaussian.ts";

const schema = z.strictObject({
  kind: z.literal("iwae"),
  /** Draws per picture, k. */
  draws: whole(1, 100).default(5),
  gradient: oneOf("reparameterised", "doubly").default("doubly"),
});

/** Several weighted draws per picture. */
export const iwae: Family<typeof schema> = {
  schema,
  build: ({ draws, gradient }, context): Model => {
    const model = gaussianModel(context, { kind: "iwae" });
    const { latentDim, likelihood } = model;
    return {
      ...model,
      noise: draws * latentDim,
      loss<T>(m: TrainingAlgebra<T>, parameters: Parts<T>, shards: readonly Shard<T>[], step: LossStep<T>) {
        const updates: Record<string, T> = {};
        const layers = step.training ? m.withBatchStatistics(updates) : m;
        const repeat = (x: T) => m.concatBatch(new Array<T>(draws).fill(x)); // draw by draw
        const drawn = shards.map(({ images, noise }) => {
          const posterior = model.encode(layers, parameters, images);
          const each = { mu: repeat(posterior.mu), logvar: repeat(posterior.logvar) };
          const noises = Array.from({ length: draws }, (_, i) => m.slice(noise, i * latentDim, (i + 1) * latentDim));
          const z = reparameterize(m, each, m.concatBatch(noises));
          const scaled = step.training && gradient === "doubly" ? m.scaleGradient(z) : undefined;
          const value = scaled?.value ?? z;
          return {
            posterior,
            z: value,
            scaled,
            fixed: scaled === undefined ? each : { mu: m.stopGradient(each.mu), logvar: m.stopGradient(each.logvar) },
            out: model.decode(layers, parameters, value),
            x: repeat(images),
          };
        });
        const scored = step.training ? calibrate(m, likelihood, parameters, drawn, updates) : drawn;
        const losses = drawn.map(({ z, fixed, scaled }, i) => {
          const { out, x } = scored[i]!;
          const logX = m.neg(likelihood.negativeLog(m, out, x, (terms) => m.sumEach(terms)));
          const logRatio = m.sumLast(m.sub(logStandardNormal(m, z), logNormal(m, z, fixed)));
          const logged = m.shape(m.add(logX, m.mul(step.beta, logRatio)), [draws, m.count(x) / draws]);
          const sums = m.logSumExp(logged, 0); // [count]
          if (scaled === undefined) return m.neg(m.total(m.sub(sums, Math.log(draws))));
          const weights = m.stopGradient(m.exp(m.sub(logged, sums)));
          scaled.scaleBy(m.shape(weights, [m.count(x), 1]));
          // The bound's value with the gradient of the weighted logarithms.
          const weighted = m.total(m.mul(weights, logged));
          return m.neg(m.straightThrough(weighted, m.total(m.sub(sums, Math.log(draws)))));
        });
        const count = shards.reduce((sum, { images }) => sum + m.count(images), 0);
        const { kl, klPerLatent } = gaussianKl(m, drawn.map(({ posterior }) => posterior), 0);
        return {
          loss: m.div(losses.reduce((a, b) => m.add(a, b)), count),
          reconstruction: reconstructionOf(m, likelihood, scored),
          kl,
          klPerLatent,
          updates,
        };
      },
    };
  },
};
