/** Sets of pictures of one shape. In memory or in a file, they are read through one interface. */

/** Pictures of one shape, with labels where they have them. */
export interface ImageSet {
  readonly name: string;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** `[count]`, indices into `labelNames`; absent where pictures carry none. */
  readonly labels?: Uint8Array;
  readonly labelNames: readonly string[];
  readonly licence?: string;
  /** Whether reading costs no more than copying. */
  readonly inMemory: boolean;

  /**
   * Reads pictures.
   *
   * @param indices which ones, 0 to `count - 1`, in any order
   * @returns a fresh `[indices.length, height, width, channels]`, 0 to 255
   * @throws {RangeError} when an index is out of range
   */
  readBatch(indices: ArrayLike<number>): Uint8Array;

  /**
   * Reads pictures while other work goes on; those that lie in a file are read by another thread.
   *
   * @param indices which ones, as in `readBatch`
   * @returns what `readBatch` returns
   */
  readBatchAhead(indices: ArrayLike<number>): Promise<Uint8Array>;

  close(): void;
}

/** A set that is held in memory. */
export interface MemoryImageSet extends ImageSet {
  /** `[count, height, width, channels]`, 0 to 255. */
  readonly images: Uint8Array;
}

/** What describes a set. */
export interface ImageSetParts {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly labels?: Uint8Array | undefined;
  /** What the labels are called; their numbers where not given. */
  readonly labelNames?: readonly string[];
  readonly licence?: string | undefined;
}

/** What {@linkcode memoryImageSet} makes a set of. */
export interface MemoryImageSetParts extends ImageSetParts {
  /** `[count, height, width, channels]`, 0 to 255; kept, not copied. */
  readonly images: Uint8Array;
}

/**
 * Makes a set of pictures that are in memory.
 *
 * @param parts the pictures and what belongs to them
 * @throws {RangeError} when the bytes are no whole number of pictures, or labels are of another number or unnamed
 */
export function memoryImageSet(parts: MemoryImageSetParts): MemoryImageSet {
  const { name, images, height, width, channels, labels, licence } = parts;
  const bytes = height * width * channels;
  const count = images.length / bytes;
  if (!Number.isInteger(count)) {
    throw new RangeError(`Cannot split ${images.length} bytes into pictures of ${height}×${width}×${channels}`);
  }
  const labelNames = checkLabels(count, labels, parts.labelNames);
  const readBatch = (indices: ArrayLike<number>): Uint8Array => {
    const batch = new Uint8Array(indices.length * bytes);
    for (let i = 0; i < indices.length; i++) {
      const index = checkIndex(indices[i]!, count);
      batch.set(images.subarray(index * bytes, (index + 1) * bytes), i * bytes);
    }
    return batch;
  };
  return {
    name,
    images,
    count,
    height,
    width,
    channels,
    ...(labels === undefined ? {} : { labels }),
    labelNames,
    ...(licence === undefined ? {} : { licence }),
    inMemory: true,
    readBatch,
    readBatchAhead: (indices) => Promise.resolve(readBatch(indices)),
    close: () => {},
  };
}

/**
 * A part of a set, as a view: nothing is copied but labels. Closing the view closes the set.
 *
 * @param set the whole set
 * @param indices which pictures, in the part's order
 * @param changes labels and their names where they differ from the whole set's
 * @throws {RangeError} when an index is out of range
 */
export function subset(
  set: ImageSet,
  indices: Uint32Array,
  changes: { readonly labels?: Uint8Array | undefined; readonly labelNames?: readonly string[] } = {},
): ImageSet {
  for (const index of indices) checkIndex(index, set.count);
  const { labels: all, ...shape } = describe(set);
  const taken = "labels" in changes ? changes.labels : all && Uint8Array.from(indices, (index) => all[index]!);
  const inSet = (places: ArrayLike<number>) =>
    Uint32Array.from(places, (place) => indices[checkIndex(place, indices.length)]!);
  return {
    ...shape,
    count: indices.length,
    ...(taken === undefined ? {} : { labels: taken }),
    labelNames: changes.labelNames ?? set.labelNames,
    readBatch: (places) => set.readBatch(inSet(places)),
    readBatchAhead: (places) => set.readBatchAhead(inSet(places)),
    close: () => set.close(),
  };
}

/** What describes a set, without the ways to read it. */
function describe(set: ImageSet): Omit<ImageSet, "readBatch" | "readBatchAhead" | "close"> {
  const { name, count, height, width, channels, labels, labelNames, licence, inMemory } = set;
  return {
    name,
    count,
    height,
    width,
    channels,
    ...(labels === undefined ? {} : { labels }),
    labelNames,
    inMemory,
    ...(licence === undefined ? {} : { licence }),
  };
}

/** Holds labels and names against the number of pictures; numbers stand in for names that are not given. */
export function checkLabels(
  count: number,
  labels: Uint8Array | undefined,
  names: readonly string[] | undefined,
): readonly string[] {
  if (labels === undefined) return [];
  if (labels.length !== count) {
    throw new RangeError(`Cannot label ${count} pictures with ${labels.length} labels: one each is needed`);
  }
  const highest = labels.reduce((most, label) => Math.max(most, label), 0);
  if (names === undefined) return Array.from({ length: highest + 1 }, (_, label) => String(label));
  if (highest >= names.length) {
    throw new RangeError(`Cannot name label ${highest}: there are only ${names.length} names`);
  }
  return names;
}

/** Returns an index that is in range. */
export function checkIndex(index: number, count: number): number {
  if (Number.isInteger(index) && index >= 0 && index < count) return index;
  throw new RangeError(`Cannot read picture ${index}: the set holds 0 to ${count - 1}`);
}
