/** What a source of pictures gives before it is split, resized and checked. */
import type { ImageSet } from "./image_set.ts";

/** A file that was passed over. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

/** How far a long piece of work is. */
export interface DataProgress {
  /** What is being done, such as `decoding`. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** What a source holds. */
export interface SourceParts {
  /** The pictures, or the training part where the source is divided already. */
  readonly train: ImageSet;
  readonly validation?: ImageSet;
  readonly test?: ImageSet;
  readonly notes: readonly string[];
  readonly skipped: readonly SkippedFile[];
}
