/** Pictures as training sees them: batches that are a pure function of seed and epoch. */

/** Some pictures. */
export interface PictureBatch {
  /** `[count, height, width, channels]`, 0 to 255; left as it is by who made it. */
  readonly images: Uint8Array;
  /** How many pictures. */
  readonly count: number;
}

/** Which batches of a set are asked for. */
export interface BatchRequest {
  /** Pictures a batch; the last may be shorter. */
  readonly batchSize: number;
  /** Keys the order, together with the epoch. */
  readonly seed: number;
  /** From 1. */
  readonly epoch: number;
  /** Whether the order is shuffled. */
  readonly shuffle: boolean;
  /** Batches to leave out at the beginning. */
  readonly start: number;
}

/** A set of pictures. */
export interface PictureSource {
  /** How many pictures. */
  readonly count: number;
  /** The batches of an epoch: the same for the same request. */
  batches(request: BatchRequest): Iterable<PictureBatch> | AsyncIterable<PictureBatch>;
}

/**
 * An iterator over batches, whether they come at once or have to be waited for.
 *
 * @param batches in order
 */
export function iterate(
  batches: Iterable<PictureBatch> | AsyncIterable<PictureBatch>,
): Iterator<PictureBatch> | AsyncIterator<PictureBatch> {
  return Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
}
