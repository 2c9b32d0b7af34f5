/** Batches of pictures and posteriors, each in one typed array. */
import type { ProviderName } from "./session.ts";

/** Decoded pictures. */
export interface DecodedBatch {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** 1 is grey, 3 is red, green and blue. */
  readonly channels: 1 | 3;
  /** The execution provider that decoded them. */
  readonly provider: ProviderName;
  /** SHA-256 of the decoder.onnx that decoded them; its model may have been replaced since. */
  readonly decoderSha256: string;
  /** `[count, height, width, channels]`, 0 to 255. */
  readonly pixels: Uint8Array;
  /** `[count, height, width, channels]`, the decoder's output before the likelihood, if asked for. */
  readonly logits?: Float32Array;
  /** `[count, height, width, channels]`, 0 to 1, if asked for. */
  readonly image?: Float32Array;
}

/** The posteriors of encoded pictures. */
export interface EncodedBatch {
  readonly count: number;
  readonly latentDim: number;
  /** `[count, latentDim]`, means. */
  readonly mu: Float32Array;
  /** `[count, latentDim]`, logarithms of the variances. */
  readonly logvar: Float32Array;
}

/**
 * One picture of a batch.
 *
 * @returns `[height, width, channels]`, a view of the batch's pixels
 * @throws {RangeError} when the batch has no such picture
 */
export function pictureOf(batch: DecodedBatch, index: number): Uint8Array {
  if (!Number.isInteger(index) || index < 0 || index >= batch.count) {
    throw new RangeError(`Cannot take picture ${index}: the batch has ${batch.count}, counted from 0`);
  }
  const size = batch.height * batch.width * batch.channels;
  return batch.pixels.subarray(index * size, (index + 1) * size);
}
