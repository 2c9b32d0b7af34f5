/** The importance-weighted bound on every core: one worker per core, each with a session of one thread. */
import type { BoundResult, BoundSetup, BoundTask } from "./bound_worker.ts";
import type { Posteriors } from "../latent/mod.ts";
import { type Estimate, estimateOf } from "./likelihood.ts";

/** How {@linkcode parallelBound} draws. */
export interface ParallelBoundOptions {
  readonly samples: number;
  /** The same seed gives the same figure, on any number of workers. */
  readonly seed: number;
  /** Threads; one per core where not given. */
  readonly workers?: number;
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/** Pictures per task: small enough to share evenly and to show progress, large enough that messages cost nothing. */
const PICTURES_A_TASK = 16;

/**
 * Computes {@linkcode importanceWeightedBound} of many pictures on the CPU. Workers with a session of one thread each
 * decode more than one session of many threads; memory stays flat, whatever the samples.
 *
 * @param graph what `likelihoodModel` of lib/onnx makes of a decoder
 * @param pictures `[count, height, width, channels]`
 * @param posteriors of those pictures
 * @returns nats per picture
 * @throws {Error} when a worker fails; with the signal's reason when it is stopped
 */
export async function parallelBound(
  graph: Uint8Array,
  pictures: Uint8Array,
  posteriors: Posteriors,
  options: ParallelBoundOptions,
): Promise<Estimate> {
  const { samples, seed, workers = navigator.hardwareConcurrency, onProgress, signal } = options;
  signal?.throwIfAborted();
  const { count, latentDim, mu, logvar, levels } = posteriors;
  const size = pictures.length / count;
  const values = new Float64Array(count);
  const threads: Worker[] = [];
  let next = 0;
  let done = 0;

  const taskFrom = (first: number): BoundTask => {
    const end = Math.min(first + PICTURES_A_TASK, count);
    return {
      first,
      pictures: pictures.slice(first * size, end * size),
      posteriors: {
        count: end - first,
        latentDim,
        ...(levels === undefined ? {} : { levels }),
        mu: mu.slice(first * latentDim, end * latentDim),
        logvar: logvar.slice(first * latentDim, end * latentDim),
      },
    };
  };

  try {
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      for (let i = 0; i < Math.min(workers, Math.ceil(count / PICTURES_A_TASK)); i++) {
        const worker = new Worker(import.meta.resolve("./bound_worker.ts"), { type: "module" });
        threads.push(worker);
        const give = () => {
          if (next >= count) return;
          worker.postMessage(taskFrom(next));
          next += PICTURES_A_TASK;
        };
        worker.onmessage = ({ data }: MessageEvent<BoundResult>) => {
          if (data.values === undefined) return reject(new Error(data.fault));
          values.set(data.values, data.first);
          done += data.values.length;
          onProgress?.(done);
          if (done === count) resolve();
          give();
        };
        worker.onerror = (event) => {
          event.preventDefault();
          reject(new Error(event.message));
        };
        worker.postMessage({ graph, samples, seed } satisfies BoundSetup);
        give();
      }
    });
  } finally {
    for (const worker of threads) worker.terminate();
  }
  return estimateOf(values);
}
