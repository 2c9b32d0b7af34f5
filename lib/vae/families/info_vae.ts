/**
 * InfoVAE (Zhao et al. 2019): `reconstruction + (1 − α) KL + (α + λ − 1) MMD`, the maximum mean discrepancy between a
 * batch's draws and the prior. With α = 1 there is no KL divergence left: the Wasserstein autoencoder with MMD
 * (Tolstikhin et al. 2018), whose inverse multiquadratic kernels these are.
 */
import { z } from "zod";
import type { TrainingAlgebra } from "../algebra.ts";
import { addAll } from "../objective.ts";
import { atLeast, between } from "../schema_parts.ts";
import type { Family } from "./family.ts";
import { gaussianModel } from "./gaussian.ts";

const schema = z.strictObject({
  kind: z.literal("info-vae"),
  /** How much of the KL divergence is left out: 1 for a Wasserstein autoencoder. */
  alpha: between(0, 1).default(1),
  /** Weight of the maximum mean discrepancy, nats per picture. */
  lambda: atLeast(0).default(500),
});

/** Kernel widths, in units of the expected squared distance of two draws of the prior. */
const SCALES = [0.1, 0.2, 0.5, 1, 2, 5, 10];

/** The aggregate posterior held to the prior as a whole. */
export const infoVae: Family<typeof schema> = {
  schema,
  build: ({ alpha, lambda }, context) =>
    gaussianModel(context, {
      kind: "info-vae",
      extraNoise: 1,
      metrics: ["mmd"],
      penalty: (m, _parameters, { z, extra, kl }, { beta }) => {
        const mmd = maximumMeanDiscrepancy(m, z, extra[0]!);
        const terms = m.add(m.mul(kl.counted, 1 - alpha), m.mul(mmd, alpha + lambda - 1));
        return { penalty: m.mul(beta, terms), metrics: { mmd } };
      },
    }),
};

/**
 * The unbiased estimate of the squared discrepancy of two samples of one size.
 *
 * @param a `[count, dimensions]`
 * @param b the same
 * @returns a scalar; 0 for samples of one row
 */
export function maximumMeanDiscrepancy<T>(m: TrainingAlgebra<T>, a: T, b: T): T {
  const count = m.count(a), size = m.size(a) / count;
  if (count < 2) return m.mul(m.total(a), 0);
  const kernels = (x: T, y: T) => {
    const difference = m.sub(m.shape(x, [count, 1, size]), m.shape(y, [1, count, size]));
    const distance = m.sumLast(m.square(difference));
    return m.total(addAll(
      m,
      SCALES.map((scale) => {
        const width = 2 * size * scale;
        return m.div(m.add(m.mul(distance, 0), width), m.add(distance, width));
      }),
    ));
  };
  const within = (x: T) => m.div(m.sub(kernels(x, x), SCALES.length * count), count * (count - 1));
  return m.sub(m.add(within(a), within(b)), m.mul(kernels(a, b), 2 / count ** 2));
}
