/** model.json as the protocol describes models. */
import { isActive } from "../latent/mod.ts";
import { latentLevels, sizeOf } from "../latent/levels.ts";
import type { LatentStatistics, ModelDocument } from "../model/mod.ts";
import type { LatentDimension, ModelSummary } from "../protocol.ts";

export type { LatentDimension, ModelDocument, ModelSummary };

/** The quantiles that a slider spans. */
const RANGE = [0.005, 0.995] as const;

/** The number of dimensions of a model's latents together. */
export function latentDimOf(document: Pick<ModelDocument, "latents">): number {
  return document.latents.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/**
 * A model's latent dimensions in its own order. One that was not measured counts as active, with the prior's mean and
 * deviation and a range of -3 to 3. Codes and labels span their values, and are all active.
 */
export function latentDimensions(document: Pick<ModelDocument, "latents">): LatentDimension[] {
  const levels = latentLevels(document.latents);
  return document.latents.flatMap(({ shape, statistics }) =>
    Array.from({ length: sizeOf(shape) }, (_, i) => dimensionOf(statistics, i))
  ).map((dimension, index) => ({ index, ...dimension, ...spanOf(levels[index]!) }));
}

/**
 * A model as an element of a list.
 */
export function summarize(document: ModelDocument): ModelSummary {
  const { negativeElbo } = document.metrics;
  return {
    name: document.name,
    title: document.title,
    dataset: document.dataset.name,
    latentDim: latentDimOf(document),
    image: document.image,
    ...(negativeElbo === undefined ? {} : { negativeElbo }),
    createdAt: document.createdAt,
  };
}

/** The span of a code or label. */
function spanOf(levels: number): Partial<LatentDimension> {
  return levels === 0 ? {} : { minimum: 0, maximum: levels - 1, active: true };
}

function dimensionOf(statistics: LatentStatistics | undefined, i: number): Omit<LatentDimension, "index"> {
  const kl = statistics?.kl[i];
  const values = statistics?.quantiles.values[i];
  const [low, high] = values === undefined || values.length === 0
    ? [-3, 3]
    : RANGE.map((p) => quantileAt(statistics!.quantiles.probabilities, values, p));
  return {
    kl: kl ?? 0,
    mean: statistics?.mean[i] ?? 0,
    standardDeviation: statistics?.standardDeviation[i] ?? 1,
    minimum: Math.min(low!, -1),
    maximum: Math.max(high!, 1),
    active: kl === undefined || isActive(kl),
  };
}

/** The quantile at probability `p`, interpolated between the two measured beside it; the outermost beyond them. */
function quantileAt(probabilities: readonly number[], values: readonly number[], p: number): number {
  const above = probabilities.findIndex((probability) => probability >= p);
  if (above === -1) return values.at(-1)!;
  if (above === 0) return values[0]!;
  const [left, right] = [probabilities[above - 1]!, probabilities[above]!];
  const t = (p - left) / (right - left);
  return values[above - 1]! * (1 - t) + values[above]! * t;
}
