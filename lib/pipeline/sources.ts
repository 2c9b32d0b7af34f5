/** A dataset's pictures as the trainer asks for them. */
import { type Augmentation, batches, batchesAhead, evenlySpacedIndices, type ImageSet } from "../dataset/mod.ts";
import type { BatchRequest, PictureBatch, PictureSource } from "../training/mod.ts";
import { type Binarize, binarizePictures } from "../dataset/binarize.ts";

/**
 * A set of pictures as a source of batches. What lies in memory is handed over at once, what lies in a file is read
 * ahead by another thread.
 *
 * @param binarize `static` draws each pixel once, `dynamic` again in every epoch
 * @param seed of those draws
 * @param augmentation changes to each picture, drawn again in every epoch; none by default
 */
export function pictureSource(
  set: ImageSet,
  binarize: Binarize,
  seed: number,
  augmentation?: Augmentation,
): PictureSource {
  const finish = (images: Uint8Array, indices: Uint32Array, request: BatchRequest): PictureBatch => ({
    images: binarize === "none" ? images : binarizePictures(images, indices, {
      seed,
      epoch: binarize === "dynamic" ? request.epoch : 0,
    }),
    count: indices.length,
    ...(set.labels === undefined ? {} : { labels: Uint8Array.from(indices, (index) => set.labels![index]!) }),
  });
  const inMemory = set.inMemory;
  const changes = augmentation === undefined ? {} : { augmentation };
  return {
    count: set.count,
    batches: (request) => {
      if (!inMemory) return ahead(set, { ...request, ...changes }, finish);
      return (function* () {
        for (const { images, indices } of batches(set, { ...request, ...changes })) {
          yield finish(images, indices, request);
        }
      })();
    },
  };
}

async function* ahead(
  set: ImageSet,
  request: BatchRequest,
  finish: (images: Uint8Array, indices: Uint32Array, request: BatchRequest) => PictureBatch,
): AsyncGenerator<PictureBatch> {
  for await (const { images, indices } of batchesAhead(set, request)) yield finish(images, indices, request);
}

/** Some pictures of a set, with their labels where it has them. */
export interface PickedPictures {
  readonly count: number;
  /** `[count, height, width, channels]`. */
  readonly images: Uint8Array;
  /** `[count]`. */
  readonly labels: Uint8Array | undefined;
}

/**
 * Picks pictures that are spread evenly over a set, so that a set sorted by label gives of every label; the same ones
 * every time. They are as training sees them when it evaluates.
 *
 * @param count how many at most
 * @param binarize whether pixels are drawn
 * @param seed of the draws
 */
export function pickPictures(set: ImageSet, count: number, binarize: Binarize, seed: number): PickedPictures {
  const indices = evenlySpacedIndices(set.count, count);
  const pictures = set.readBatch(indices);
  const { labels } = set;
  return {
    count: indices.length,
    images: binarize === "none" ? pictures : binarizePictures(pictures, indices, { seed, epoch: 0 }),
    labels: labels && Uint8Array.from(indices, (index) => labels[index]!),
  };
}
