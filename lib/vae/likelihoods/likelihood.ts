/** What a likelihood is: the density of pixels that the decoder's outputs stand for. */
import type { Algebra } from "../algebra.ts";

/** What the decoder says of each picture. */
export interface DecoderOutput<T> {
  /** `[batch, height, width, channels]`. */
  readonly logits: T;
  /** Logarithms of the pixels' variances where the likelihood learns them, like `logits`. */
  readonly logvar?: T;
}

/** As model.json names it. */
export interface LikelihoodDescription {
  readonly kind: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A density of pixels, 0 to 1, given the decoder's outputs. */
export interface Likelihood {
  readonly description: LikelihoodDescription;
  /** The heads of the decoder besides `logits`: one log variance per pixel, or one for all of them. */
  readonly logvar?: "pixel" | "shared";
  /**
   * `−log p(x | z)` with all constants, nats.
   *
   * @param x pixels like the logits
   * @param sum adds up numbers of the pixels' shape: over all of a batch, or over each picture
   */
  negativeLog<T>(m: Algebra<T>, out: DecoderOutput<T>, x: T, sum: (terms: T) => T): T;
  /** The mean picture, 0 to 1. */
  mean<T>(m: Algebra<T>, out: DecoderOutput<T>): T;
  /** Keeps a log variance that the decoder gives within bounds. */
  boundLogvar?<T>(m: Algebra<T>, logvar: T): T;
}
