/**
 * Sets of pictures: IDX files, folders and archives of pictures, NumPy arrays; split, shuffled and cut into batches.
 *
 * @module
 */
export * from "./binarize.ts";
export type { Augmentation } from "./augment.ts";
export { type Batch, batchCount, batches, batchesAhead, type BatchOptions, epochOrder } from "./batches.ts";
export { drawEmoji, type DrawnEmoji, EMOJI_FONT, type EmojiOptions } from "./emoji.ts";
export {
  type DataFile,
  FASHION_MNIST_FILES,
  findFashionMnist,
  type FindOptions,
  type FoundData,
  getFashionMnist,
  type GetOptions,
} from "./fashion_mnist.ts";
export { type ClassFingerprint, type DataFingerprint, describeDataChange, fingerprintData } from "./fingerprint.ts";
export { encodeIdx, type IdxArray, parseIdx } from "./arrays/idx.ts";
export {
  type ImageSet,
  type ImageSetParts,
  type MemoryImageSet,
  memoryImageSet,
  type MemoryImageSetParts,
  subset,
} from "./image_set.ts";
export { listDatasets, type ListedDataset } from "./list.ts";
export { type Dataset, loadDataset } from "./load.ts";
export type { DataProgress, LoadOptions, ReadOptions } from "./options.ts";
export type { SkippedFile } from "./parts.ts";
export { evenlySpacedIndices } from "./evenly_spaced.ts";
export { openRecordFile, type RecordFile } from "./record_file.ts";
export { locate, type Located, NAMED_SOURCES } from "./sources.ts";
export { type Split, splitPlaces } from "./split.ts";
