/** What the ways to load a dataset share. */

/** How far a long piece of work is. */
export interface DataProgress {
  /** What is being done, such as `decoding`. */
  readonly what: string;
  readonly done: number;
  readonly total: number;
}

/** How the pictures of a source become a set. */
export interface ReadOptions {
  /** The home folder, with downloads and caches. */
  readonly home: string;
  /** Width and height in pixels; the pictures' own where not given. */
  readonly imageSize?: number | undefined;
  /** 1 for grey, 3 for colour; the pictures' own where not given. */
  readonly channels?: 1 | 3 | undefined;
  /** How pictures of another shape are fitted; by default `cover`, and `contain` for pictures that are mostly long. */
  readonly fit?: "cover" | "contain" | undefined;
  /** What shows through where pictures are transparent; white by default. */
  readonly background?: readonly [red: number, green: number, blue: number] | undefined;
  /** Where labels stand, as `<file>:<column>` or `<column>`; where the source has them by default. */
  readonly labels?: string | undefined;
  /** The numbers in arrays that become black and white; found in the arrays by default. */
  readonly range?: readonly [black: number, white: number] | undefined;
  /** Sets of more bytes than this stay in their file and are read as they are needed; 1 GiB by default. */
  readonly memoryLimit?: number | undefined;
  readonly onProgress?: ((progress: DataProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a dataset is loaded. */
export interface LoadOptions extends ReadOptions {
  /** The shipped data folder. */
  readonly data: string;
  /** What a relative path starts from; the working directory by default. */
  readonly base?: string | undefined;
  /** What the split follows from; 1 by default. */
  readonly seed?: number | undefined;
  /**
   * The share held out of the training pictures, 0 to below 1. By default a source's own held-out part is used; of
   * Fashion-MNIST's training pictures 1,000 are held out, and a tenth of any other source's. At 0 a test part takes
   * the held-out part's place.
   */
  readonly validationFraction?: number | undefined;
  /** Names of the labels that are kept; all by default. */
  readonly classes?: readonly string[] | undefined;
  /** Where Debian's Fashion-MNIST would be. */
  readonly debian?: string | undefined;
}

/** Sets of more bytes than this stay in their file: 1 GiB. */
export const MEMORY_LIMIT = 2 ** 30;
