/** Batches in a seeded order: pure functions of (seed, epoch), so that a run can go on from any batch. */
import { augment, type Augmentation } from "./augment.ts";
import type { ImageSet } from "./image_set.ts";
import { RandomStream, RandomUse } from "./random.ts";

/** How a set is cut into batches. */
export interface BatchOptions {
  /** Pictures per batch, from 1; the last of an epoch may be smaller. */
  readonly batchSize: number;
  /** What order and augmentation follow from, together with the epoch; a whole number, 0 to 2^53 - 1. */
  readonly seed: number;
  readonly epoch: number;
  /** Whether the order is random; the set's own order otherwise. */
  readonly shuffle: boolean;
  /** The first batch wanted, 0 by default: the others are as if those before it had been taken. */
  readonly start?: number;
  /** Leaves out a last batch that is not full. */
  readonly dropLast?: boolean;
  /** Changes pictures a little, seeded; not by default. */
  readonly augmentation?: Augmentation;
}

/** Pictures that go through a step together. */
export interface Batch {
  /** Its place in the epoch, from 0. */
  readonly index: number;
  /** `[n]`, the pictures' places in the set. */
  readonly indices: Uint32Array;
  /** `[n, height, width, channels]`, 0 to 255; the batch's own. */
  readonly images: Uint8Array;
  /** `[n]`, where the set has labels. */
  readonly labels?: Uint8Array;
}

/**
 * The order of an epoch.
 *
 * @param count pictures in the set
 * @param seed a whole number, 0 to 2^53 - 1
 * @param epoch the epoch, from 0
 * @returns `[count]`, every place once; a function of the arguments alone
 */
export function epochOrder(count: number, seed: number, epoch: number): Uint32Array {
  return new RandomStream(seed, RandomUse.shuffle, epoch).shuffle(places(count));
}

/**
 * How many batches an epoch has.
 *
 * @param set anything with a count
 * @param batchSize pictures per batch, from 1
 * @param dropLast whether a last batch that is not full is left out
 */
export function batchCount(set: Pick<ImageSet, "count">, batchSize: number, dropLast = false): number {
  return dropLast ? Math.floor(set.count / batchSize) : Math.ceil(set.count / batchSize);
}

/**
 * The batches of an epoch.
 *
 * @param set the pictures
 * @param options size, order and where to begin
 * @throws {RangeError} when batch size, epoch, start or seed is out of range
 */
export function* batches(set: ImageSet, options: BatchOptions): Generator<Batch, void, void> {
  for (const { index, indices } of plan(set, options)) {
    yield finish(set, options, index, indices, set.readBatch(indices));
  }
}

/**
 * The same batches as {@linkcode batches}, the next ones being read while one is used: what hides a disk's latency.
 *
 * @param set the pictures
 * @param options as for `batches`; `ahead` is how many batches are read in advance, 2 by default
 * @throws {RangeError} when batch size, epoch, start or seed is out of range
 */
export async function* batchesAhead(
  set: ImageSet,
  options: BatchOptions & { readonly ahead?: number },
): AsyncGenerator<Batch, void, void> {
  const waiting: { index: number; indices: Uint32Array; images: Promise<Uint8Array> }[] = [];
  const planned = plan(set, options);
  try {
    while (true) {
      while (waiting.length <= (options.ahead ?? 2)) {
        const next = planned.next();
        if (next.done) break;
        waiting.push({ ...next.value, images: set.readBatchAhead(next.value.indices) });
      }
      const first = waiting.shift();
      if (first === undefined) return;
      yield finish(set, options, first.index, first.indices, await first.images);
    }
  } finally {
    await Promise.allSettled(waiting.map(({ images }) => images)); // one that fails after the reader left is no one's
  }
}

function* plan(set: ImageSet, options: BatchOptions): Generator<{ index: number; indices: Uint32Array }, void, void> {
  const { batchSize, seed, epoch, shuffle, start = 0, dropLast = false } = options;
  checkWhole("a batch size", batchSize, 1);
  checkWhole("an epoch", epoch, 0);
  checkWhole("a first batch", start, 0);
  const order = shuffle ? epochOrder(set.count, seed, epoch) : places(set.count);
  for (let index = start; index < batchCount(set, batchSize, dropLast); index++) {
    yield { index, indices: order.slice(index * batchSize, (index + 1) * batchSize) };
  }
}

function finish(set: ImageSet, options: BatchOptions, index: number, indices: Uint32Array, images: Uint8Array): Batch {
  const { seed, epoch, augmentation } = options;
  if (augmentation !== undefined) augment(images, set, { augmentation, seed, epoch, indices });
  const { labels } = set;
  return {
    index,
    indices,
    images,
    ...(labels === undefined ? {} : { labels: Uint8Array.from(indices, (place) => labels[place]!) }),
  };
}

function places(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, place) => place);
}

function checkWhole(what: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least) return;
  throw new RangeError(`Cannot use ${value} as ${what}: it must be a whole number from ${least}`);
}
