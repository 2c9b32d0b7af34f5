/** A dataset's pictures as the trainer asks for them. */
import { batches, type ImageSet } from "../dataset/mod.ts";
import type { PictureSource } from "../training/mod.ts";
import { type Binarize, binarizePictures } from "./binarize.ts";

/**
 * A set of pictures as a source of batches.
 *
 * @param set the pictures
 * @param binarize `static` draws each pixel once, `dynamic` anew every epoch
 * @param seed of those draws
 */
export function pictureSource(set: ImageSet, binarize: Binarize, seed: number): PictureSource {
  return {
    count: set.count,
    *batches({ start, ...request }) {
      for (const { images, indices } of batches(set, { ...request, start })) {
        const epoch = binarize === "dynamic" ? request.epoch : 0;
        yield {
          images: binarize === "none" ? images : binarizePictures(images, indices, { seed, epoch }),
          count: indices.length,
        };
      }
    },
  };
}

/**
 * The first pictures of a set, as training sees them when it evaluates.
 *
 * @param set the pictures
 * @param count how many at most
 * @param binarize `none`, or the draw that evaluation uses
 * @param seed of the draws
 */
export function firstPictures(set: ImageSet, count: number, binarize: Binarize, seed: number): Uint8Array {
  const taken = Math.min(count, set.count);
  const pictures = set.images.subarray(0, taken * set.height * set.width * set.channels);
  if (binarize === "none") return pictures;
  return binarizePictures(pictures, Uint32Array.from({ length: taken }, (_, index) => index), { seed, epoch: 0 });
}
