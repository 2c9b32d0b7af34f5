/** Whole sets brought to another shape. */
import { LatentboardError } from "../errors.ts";
import { fitBitmap } from "../imaging/mod.ts";
import { type ImageSet, memoryImageSet } from "./image_set.ts";
import { MEMORY_LIMIT, type ReadOptions } from "./options.ts";

/** Pictures fitted at once. */
const AT_ONCE = 64;

/** The set in the shape asked for; one that has it already is left as it is. */
export async function fitSet(set: ImageSet, options: ReadOptions): Promise<ImageSet> {
  const { channels = set.channels, fit, background, onProgress, signal } = options;
  const height = options.imageSize ?? set.height;
  const width = options.imageSize ?? set.width;
  if (set.height === height && set.width === width && set.channels === channels) return set;
  const bytes = height * width * channels;
  if (set.count * bytes > (options.memoryLimit ?? MEMORY_LIMIT)) {
    throw new LatentboardError(
      "too-large",
      `Cannot resize ${set.count} pictures of "${set.name}" in memory: give them their size before, as a folder or npy file`,
    );
  }
  const images = new Uint8Array(set.count * bytes);
  for (let start = 0; start < set.count; start += AT_ONCE) {
    signal?.throwIfAborted();
    const indices = Array.from({ length: Math.min(AT_ONCE, set.count - start) }, (_, i) => start + i);
    const batch = set.readBatch(indices);
    const size = batch.length / indices.length;
    const fitted = await Promise.all(
      indices.map((_, i) =>
        fitBitmap({ ...set, data: batch.subarray(i * size, (i + 1) * size) }, {
          width,
          height,
          channels,
          ...(fit === undefined ? {} : { fit }),
          ...(background === undefined ? {} : { background }),
        })
      ),
    );
    for (const [i, { data }] of fitted.entries()) images.set(data, (start + i) * bytes);
    onProgress?.({ what: "resizing", done: start + indices.length, total: set.count });
  }
  const { name, labels, labelNames, licence } = set;
  return memoryImageSet({ name, images, height, width, channels, labels, labelNames, licence });
}
