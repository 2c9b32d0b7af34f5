/** Pictures as a model saw them: its dataset, and black and white where it learned binarised pixels. */
import { type Binarize, binarizePictures, binarizeSeed, type SplitName } from "../dataset/binarize.ts";
import type { ModelDocument } from "../model/mod.ts";

/** The fields of a configuration that say what a model's pictures are. */
export interface TrainedData {
  /** `sample`, `fashion-mnist`, or a path. */
  readonly source: string;
  /** The held-out share of the training pictures. */
  readonly validationFraction: number | undefined;
  readonly binarize: Binarize;
  /** The only classes that were learned. */
  readonly classes: readonly string[] | undefined;
  /** How the pictures were read. */
  readonly fit: "cover" | "contain" | undefined;
  readonly labels: string | undefined;
  readonly range: readonly [black: number, white: number] | undefined;
  /** Of the split and the draws. */
  readonly seed: number;
}

/** What a model's configuration says of its pictures; a model from elsewhere may say less. */
export function trainedDataOf(document: ModelDocument): TrainedData {
  const { data = {}, seed } = document.config as { data?: Record<string, unknown>; seed?: unknown };
  const { source, validationFraction, binarize, classes, fit, labels, range } = data;
  return {
    source: typeof source === "string" ? source : document.dataset.name,
    validationFraction: typeof validationFraction === "number" ? validationFraction : undefined,
    binarize: binarize === "static" || binarize === "dynamic" ? binarize : "none",
    classes: Array.isArray(classes) ? classes as string[] : undefined,
    fit: fit === "cover" || fit === "contain" ? fit : undefined,
    labels: typeof labels === "string" ? labels : undefined,
    range: Array.isArray(range) ? range as unknown as readonly [number, number] : undefined,
    seed: typeof seed === "number" ? seed : 1,
  };
}

/**
 * Pictures as the model learned them: as they are, or each pixel drawn once, the same way as when it was trained.
 *
 * @param pictures `[count, …]`, 0 to 255
 * @param indices each picture's number in its part
 * @param data from {@linkcode trainedDataOf}
 */
export function asTrained(
  pictures: Uint8Array,
  indices: ArrayLike<number>,
  data: TrainedData,
  split: SplitName,
): Uint8Array {
  if (data.binarize === "none") return pictures;
  return binarizePictures(pictures, indices, { seed: binarizeSeed(data.seed, split), epoch: 0 });
}
