/** What a source of pictures gives before it is split, resized and checked. */
import type { ImageSet } from "./image_set.ts";

/** A file that was passed over. */
export interface SkippedFile {
  /** Its path within the source. */
  readonly file: string;
  /** Why, in a sentence. */
  readonly reason: string;
}

/** What a source holds. */
export interface SourceParts {
  /** The pictures, or the training part where the source is divided already. */
  readonly train: ImageSet;
  readonly validation?: ImageSet;
  readonly test?: ImageSet;
  /** How picture files were fitted; arrays have their shape already. */
  readonly fit?: "cover" | "contain";
  /** What the person should know, a sentence each. */
  readonly notes: readonly string[];
  /** What is likely to waste a training, a sentence each. */
  readonly warnings?: readonly string[];
  readonly skipped: readonly SkippedFile[];
}
