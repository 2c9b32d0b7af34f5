/**
 * Finite scalar quantisation (Mentzer et al. 2023): each code is a few numbers, each rounded to one of a few levels. There
 * is no codebook to learn and none to collapse. A code is shown as one whole number, its digits in mixed base.
 */
import { z } from "zod";
import { LatentboardError } from "../../errors.ts";
import type { Algebra, Parts, TrainingAlgebra } from "../algebra.ts";
import { runLayers } from "../forward.ts";
import { decoderSpecs, encoderSpecs, head, normalisesBatches, runDecoder, runEncoder } from "../network.ts";
import { calibrate, reconstructionOf } from "../objective.ts";
import { whole } from "../schema_parts.ts";
import { codeLength, perplexity, pointPosterior } from "./codes.ts";
import type { Family, LossStep, Model, Shard } from "./family.ts";

const error = "it must be a list of 1 to 8 numbers of levels, such as [8, 5, 5]";
const schema = z.strictObject({
  kind: z.literal("fsq"),
  /** How many values each number of a code takes; `latentDim` is how many codes there are. */
  levels: z.array(whole(2, 32), { error }).min(1, { error }).max(8, { error }).default([8, 5, 5]),
});

/** More would be slow to count. */
const MOST_VALUES = 4096;

/** Keeps the bounded numbers inside the outermost levels. */
const SHRINK = 1 - 1e-3;

/** Codes without a codebook. */
export const fsq: Family<typeof schema> = {
  schema,
  build: ({ levels }, context): Model => {
    const count = levels.reduce((all, level) => all * level, 1);
    if (count > MOST_VALUES) {
      throw new LatentboardError(
        "invalid",
        `Cannot use codes of ${count} values: choose family.levels whose product is at most ${MOST_VALUES}`,
        { field: "family.levels" },
      );
    }
    const codes = context.latentDim, size = codes * levels.length;
    const bases = levels.map((_, i) => levels.slice(0, i).reduce((all, level) => all * level, 1));
    const network = context.network(size);
    const { likelihood, image } = network;
    const numbers = head("encoder/codes", size);
    const row = (values: readonly number[]) => ({ values, shape: [values.length] });
    const constants = {
      half: row(levels.map((level) => (level - 1) / 2 * SHRINK)),
      offset: row(levels.map((level) => level % 2 === 0 ? 0.5 : 0)),
      shift: row(levels.map((level) => level % 2 === 0 ? Math.atanh(0.5 / ((level - 1) / 2 * SHRINK)) : 0)),
      middle: row(levels.map((level) => Math.floor(level / 2))),
      bases: row(bases),
      levels: row(levels),
    };
    const constant = <T>(m: Algebra<T>, name: keyof typeof constants) =>
      m.constant(constants[name].values, constants[name].shape);

    /** Each number between its outermost levels, `[batch, codes, levels]`. */
    const bounded = <T>(m: Algebra<T>, parameters: Parts<T>, images: T): T => {
      const raw = runLayers(m, numbers, parameters, runEncoder(m, network, parameters, images));
      const x = m.reshape(raw, [codes, levels.length]);
      return m.sub(m.mul(m.tanh(m.add(x, constant(m, "shift"))), constant(m, "half")), constant(m, "offset"));
    };
    /** From rounded numbers to what the decoder takes, about -1 to 1. */
    const decodeRounded = <T>(m: Algebra<T>, parameters: Parts<T>, rounded: T) =>
      runDecoder(m, network, parameters, m.reshape(m.div(rounded, constant(m, "middle")), [size]));
    const codeOf = <T>(m: Algebra<T>, rounded: T): T =>
      m.sumLast(m.mul(m.add(rounded, constant(m, "middle")), constant(m, "bases")));

    return {
      kind: "fsq",
      image,
      likelihood,
      latents: [{ name: "codes", kind: "codes", size: codes, levels: count }],
      latentDim: codes,
      noise: 0,
      parameters: [...encoderSpecs(network, [numbers]), ...decoderSpecs(network)],
      metrics: ["perplexity"],
      usesLabels: false,
      wholeBatches: normalisesBatches(network),
      encode: (m, parameters, images) => pointPosterior(m, codeOf(m, m.round(bounded(m, parameters, images)))),
      decode: (m, parameters, z) => {
        const code = m.minimum(m.maximum(m.round(z), 0), count - 1);
        const above = m.floor(m.div(m.add(m.reshape(code, [codes, 1]), 0.5), constant(m, "bases")));
        const digit = m.sub(
          above,
          m.mul(m.floor(m.div(m.add(above, 0.5), constant(m, "levels"))), constant(m, "levels")),
        );
        return decodeRounded(m, parameters, m.sub(digit, constant(m, "middle")));
      },
      loss<T>(
        m: TrainingAlgebra<T>,
        parameters: Parts<T>,
        shards: readonly Shard<T>[],
        { beta, training }: LossStep<T>,
      ) {
        const updates: Record<string, T> = {};
        const layers = training ? m.withBatchStatistics(updates) : m;
        const drawn = shards.map(({ images }) => {
          const x = bounded(layers, parameters, images);
          const rounded = m.straightThrough(x, m.round(x));
          return { code: codeOf(m, rounded), out: decodeRounded(layers, parameters, rounded), x: images };
        });
        const scored = training ? calibrate(m, likelihood, parameters, drawn, updates) : drawn;
        const reconstruction = reconstructionOf(m, likelihood, scored);
        const length = codeLength(m, codes, count);
        return {
          loss: m.add(reconstruction, m.mul(beta, length.kl)),
          reconstruction,
          ...length,
          metrics: { perplexity: perplexity(m, m.concatBatch(drawn.map(({ code }) => code)), count) },
          updates,
        };
      },
      codeMargins: (m, parameters, images) => {
        const x = bounded(m, parameters, images);
        // How far from the middle between two levels.
        return m.minLast(m.abs(m.sub(m.sub(x, m.floor(x)), 0.5)));
      },
    };
  },
};
