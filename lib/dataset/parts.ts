/** What a source of pictures gives before it is split, resized and checked. */
import type { ImageSet } from "./image_set.ts";

/** A file that was passed over. */
export interface SkippedFile {
  /** Its path within the source. */
  readonly file: string;
  /** Why, in a sentence. */
  readonly reason: string;
}

/** How far a long piece of work is. */
export interface DataProgress {
  /** What is being done, such as `decoding`. */
  readonly what: string;
  /** How much of it is done. */
  readonly done: number;
  /** How much there is in all. */
  readonly total: number;
}

/** What a source holds. */
export interface SourceParts {
  /** The pictures, or the training part where the source is divided already. */
  readonly train: ImageSet;
  /** The source's own held-out part. */
  readonly validation?: ImageSet;
  /** The source's own test part. */
  readonly test?: ImageSet;
  /** What the person should know. */
  readonly notes: readonly string[];
  /** What could not be read. */
  readonly skipped: readonly SkippedFile[];
}
