/**
 * How TensorFlow spreads a training step over the cores of a CPU.
 *
 * Threads that share the work of each op wait for each other at its end. With a batch in shards each thread takes one
 * shard from the pictures to the loss and back, without waiting. docs/training-performance.md says what that gains.
 */

/** Shards of this many pictures or more were faster on two cores; smaller ones have not been tried. */
const MIN_SHARD_PICTURES = 16;

/** Threads, and what they do. */
export interface Parallelism {
  /** Parts of a batch that are computed in parallel. */
  readonly shards: number;
  /** Threads that share the work of one op. */
  readonly intraOpThreads: number;
  /** Ops that run in parallel; undefined leaves it to TensorFlow. */
  readonly interOpThreads: number | undefined;
}

/** What the plan depends on. */
export interface ParallelismRequest {
  /** Pictures per batch. */
  readonly batchSize: number;
  /** Threads in all; the machine's cores by default, and at most: more would only wait for each other. */
  readonly threads?: number | undefined;
  /** The number of shards; chosen by default. */
  readonly shards?: number | undefined;
  /** The machine's logical cores, as Deno counts them by default. */
  readonly cores?: number;
}

/** Plans one shard per thread where each gets enough pictures; otherwise threads share the work of each op. */
export function planParallelism(request: ParallelismRequest): Parallelism {
  const { batchSize, cores = navigator.hardwareConcurrency, shards: given } = request;
  const threads = Math.min(request.threads ?? Infinity, cores);
  const shards = given ?? (batchSize >= MIN_SHARD_PICTURES * threads ? threads : 1);
  if (shards === 1) return { shards, intraOpThreads: threads, interOpThreads: undefined };
  return {
    shards,
    intraOpThreads: Math.max(1, Math.floor(threads / shards)),
    interOpThreads: Math.min(shards, threads),
  };
}
