/** Pictures as training sees them: batches that are a pure function of seed and epoch. */

/** Some pictures. */
export interface PictureBatch {
  /** `[count, height, width, channels]`, 0 to 255; not changed afterwards. */
  readonly images: Uint8Array;
  readonly count: number;
  /** `[count]`, where the pictures have labels. */
  readonly labels?: Uint8Array;
}

/** Which batches of a set. */
export interface BatchRequest {
  /** Pictures per batch; the last may be shorter. */
  readonly batchSize: number;
  /** Keys the order, together with the epoch. */
  readonly seed: number;
  readonly epoch: number;
  readonly shuffle: boolean;
  /** Batches to leave out at the beginning. */
  readonly start: number;
}

/** A set of pictures. */
export interface PictureSource {
  readonly count: number;
  /** The batches of an epoch: the same for the same request. */
  batches(request: BatchRequest): Iterable<PictureBatch> | AsyncIterable<PictureBatch>;
}

/** An iterator over batches, whether they come at once or have to be waited for. */
export function iterate(
  batches: Iterable<PictureBatch> | AsyncIterable<PictureBatch>,
): Iterator<PictureBatch> | AsyncIterator<PictureBatch> {
  return Symbol.asyncIterator in batches ? batches[Symbol.asyncIterator]() : batches[Symbol.iterator]();
}
