/** What is said when a loss is no longer a number. */
import { LatentboardError } from "../errors.ts";
import type { StepMetrics } from "./step.ts";

/** What is known when a loss turns out not to be finite. */
export interface DivergenceContext {
  /** The update whose loss it was, from 1. */
  readonly step: number;
  readonly epoch: number;
  readonly learningRate: number;
  readonly clipped: boolean;
  readonly metrics: StepMetrics;
  /** The last loss that was finite, if there was one. */
  readonly lastLoss: number | undefined;
  /** The step of the newest checkpoint, if there is one. */
  readonly checkpoint: number | undefined;
}

/** Training stopped because the loss or a weight was no longer finite. */
export class DivergedError extends LatentboardError {
  /** Describes what happened and its likely cause. */
  constructor(readonly context: DivergenceContext) {
    super("damaged", describe(context));
  }
}

function describe(context: DivergenceContext): string {
  const { step, epoch, metrics, checkpoint } = context;
  const value = Number.isNaN(metrics.loss) ? "NaN" : Number.isFinite(metrics.loss) ? "unusable" : "infinite";
  const saved = checkpoint === undefined
    ? "there was no checkpoint yet"
    : `the checkpoint of step ${checkpoint} is intact`;
  return `The loss became ${value} at step ${step} (epoch ${epoch}): ${likelyCause(context)}; ${saved}`;
}

function likelyCause({ metrics, learningRate, clipped, lastLoss, step }: DivergenceContext): string {
  const remedy = clipped ? "lower --learning-rate" : "lower --learning-rate or set --clip-norm 1";
  if (step === 1) return "the first batch already gives no loss, so look at the pictures and the initial weights";
  if (Number.isFinite(metrics.reconstruction) && !Number.isFinite(metrics.kl)) {
    return `the KL divergence overflowed, most likely because logvar ran away at learning rate ${learningRate}: ${remedy}`;
  }
  if (!Number.isFinite(metrics.reconstruction) && Number.isFinite(metrics.kl)) {
    return `the reconstruction overflowed, most likely in the decoder at learning rate ${learningRate}: ${remedy}`;
  }
  const before = lastLoss === undefined ? "" : ` (the loss before was ${lastLoss.toPrecision(5)})`;
  return `the likely cause is the learning rate of ${learningRate}${before}: ${remedy}`;
}
