/** What a source of pictures gives before it is split, resized and checked. */
import { LatentboardError } from "../errors.ts";
import type { SplitName } from "./binarize.ts";
import type { ImageSet } from "./image_set.ts";

/** A file that was passed over. */
export interface SkippedFile {
  /** Its path within the source. */
  readonly file: string;
  /** Why, in a sentence. */
  readonly reason: string;
}

/** The files behind the pictures of a source. */
export interface PictureFiles {
  /** Paths of each part's pictures, in their order. */
  readonly paths: Readonly<Partial<Record<SplitName, readonly string[]>>>;
  /** Width and height of each part's pictures as the files have them, one after the other. */
  readonly sizes: Readonly<Partial<Record<SplitName, Uint16Array>>>;
  /** Opens the source again and reads files by their path, one after the other. */
  readAll(work: (path: string, bytes: Uint8Array) => Promise<void>): Promise<void>;
}

/**
 * Reads one part of a source. Held-out parts that can't be read are skipped, with the reason; the training part never is.
 *
 * @param file what the part is called in messages
 */
export async function readPart<T>(
  split: SplitName,
  file: string,
  skipped: SkippedFile[],
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (split === "train" || !(error instanceof LatentboardError)) throw error;
    skipped.push({ file, reason: error.message });
    return undefined;
  }
}

/** What a source holds. */
export interface SourceParts {
  /** The pictures, or the training part where the source is divided already. */
  readonly train: ImageSet;
  readonly validation?: ImageSet;
  readonly test?: ImageSet;
  /** How picture files were fitted; arrays have their shape already. */
  readonly fit?: "cover" | "contain";
  /** Of sources of picture files. */
  readonly files?: PictureFiles;
  /** What the person should know, a sentence each. */
  readonly notes: readonly string[];
  /** What is likely to waste a training, a sentence each. */
  readonly warnings?: readonly string[];
  readonly skipped: readonly SkippedFile[];
}
