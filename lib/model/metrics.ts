/** Figures of model.json's `metrics` that are computed in one way wherever they are measured. */
import type { ModelDocument } from "./format.ts";

/** Nats per picture; bits per pixel and channel. */
export type ElboMetrics = Record<"negativeElbo" | "reconstruction" | "kl" | "bitsPerDimension", number>;

/** The negative ELBO of its parts. */
export function elboMetrics(
  reconstruction: number,
  kl: number,
  { height, width, channels }: ModelDocument["image"],
): ElboMetrics {
  const negativeElbo = reconstruction + kl;
  return { negativeElbo, reconstruction, kl, bitsPerDimension: negativeElbo / Math.LN2 / (height * width * channels) };
}
