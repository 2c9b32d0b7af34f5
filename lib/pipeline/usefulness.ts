/** Whether a model says more of pictures than their mean does: one that has diverged need not have met a NaN. */
import type { EpochRecord } from "../training/mod.ts";

/** Reconstructions this much worse than the mean picture are no accident. */
const MARGIN = 1.02;

/** Nats that a pixel of eight bits costs when nothing is known of it. */
const NATS_PER_PIXEL = Math.log(256);

/** What a model is judged by. */
export interface Judged {
  /** Held-out pictures, `[count, height, width, channels]`, 0 to 255. */
  readonly pictures: Uint8Array;
  /** Their reconstructions, 0 to 1. */
  readonly reconstructions: Float32Array;
  readonly count: number;
  /** Nats per picture. */
  readonly reconstruction: number;
  readonly kl: number;
  /** The weight of the KL divergence in training. */
  readonly beta: number;
  readonly history: readonly EpochRecord[];
}

/** What there is to say of a model that says no more than a mean picture. */
export interface Verdict {
  readonly fault: string;
  /** It was getting better when training ended: it is unfinished, not broken. */
  readonly improving: boolean;
}

/**
 * Compares a model with one that always predicts the mean of the pictures.
 *
 * @returns undefined where the model is better
 */
export function judgeModel(judged: Judged): Verdict | undefined {
  const { pictures, reconstructions, count, reconstruction, kl, beta, history } = judged;
  const pixels = pictures.length / count;
  const limit = NATS_PER_PIXEL * pixels;
  const { model, mean } = meanSquaredErrors(pictures, reconstructions, pixels);
  const wastes = beta > 0 && !(kl < limit);
  if (!wastes && model < MARGIN * mean) return undefined;
  const [before, last] = history.slice(-2).map(({ validation }) => validation.loss);
  const improving = reconstruction + kl < limit && (last === undefined || last < before!);
  return { fault: wastes ? describeWaste(kl, limit) : describeErrors(model, mean), improving };
}

function describeWaste(kl: number, limit: number): string {
  return "The model is worse than one that always predicts the mean picture: its latents cost " +
    `${kl.toPrecision(2)} nats per picture, the bare pixels ${limit.toPrecision(2)}`;
}

function describeErrors(model: number, mean: number): string {
  return "The model is worse than one that always predicts the mean picture: the squared error of a pixel is " +
    `${model.toPrecision(2)}, that of the mean ${mean.toPrecision(2)}`;
}

/** Per pixel: of the reconstructions, and of the mean over all pictures. */
function meanSquaredErrors(
  pictures: Uint8Array,
  reconstructions: Float32Array,
  pixels: number,
): { model: number; mean: number } {
  const sums = new Float64Array(pixels);
  let squares = 0;
  let errors = 0;
  for (let i = 0; i < pictures.length; i++) {
    const x = pictures[i]! / 255;
    sums[i % pixels]! += x;
    squares += x * x;
    errors += (x - reconstructions[i]!) ** 2;
  }
  const count = pictures.length / pixels;
  const explained = sums.reduce((sum, value) => sum + value * value, 0) / count;
  return { model: errors / pictures.length, mean: (squares - explained) / pictures.length };
}
