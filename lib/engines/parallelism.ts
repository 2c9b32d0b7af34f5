/**
 * How TensorFlow spreads a training step over the cores of a CPU.
 *
 * Threads that share the work of each op wait for each other at its end. A batch in shards needs no such waiting: a
 * thread takes one shard from the pictures to the loss and back. docs/training-performance.md has what that gains.
 */

/** From so many pictures a shard on, shards were the quicker on two cores; fewer have not been tried. */
const SHARD_PICTURES = 16;

/** Threads, and what they do. */
export interface Parallelism {
  /** Parts of a batch that are computed side by side. */
  readonly shards: number;
  /** Threads that share the work of one op. */
  readonly intraOpThreads: number;
  /** Ops that run side by side; undefined leaves it to TensorFlow. */
  readonly interOpThreads: number | undefined;
}

/** What the choice depends on. */
export interface ParallelismRequest {
  /** Pictures a batch. */
  readonly batchSize: number;
  /** Threads in all; the machine's cores by default. */
  readonly threads?: number | undefined;
  /** The number of shards, where it is given rather than chosen. */
  readonly shards?: number | undefined;
}

/** A shard for each thread where each gets enough pictures; otherwise threads share the work of each op. */
export function planParallelism({ batchSize, threads, shards: given }: ParallelismRequest): Parallelism {
  const cores = threads ?? navigator.hardwareConcurrency;
  const shards = given ?? (batchSize >= SHARD_PICTURES * cores ? cores : 1);
  if (shards === 1) return { shards, intraOpThreads: cores, interOpThreads: undefined };
  return { shards, intraOpThreads: Math.max(1, Math.floor(cores / shards)), interOpThreads: Math.min(shards, cores) };
}
