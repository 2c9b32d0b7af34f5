/** Neighbours kept together on a plane: UMAP (McInnes, Healy and Melville, 2018). */
import type { UmapProgress, UmapTask } from "./umap_worker.ts";

/** How {@linkcode projectUmap} projects. */
export interface UmapOptions {
  /** The same seed gives the same picture; 1 where not given. */
  readonly seed?: number;
  /** Neighbours that are kept together; {@linkcode UMAP_NEIGHBOURS} where not given. */
  readonly neighbours?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** The default of {@linkcode UmapOptions.neighbours}. */
export const UMAP_NEIGHBOURS = 15;

/**
 * Projects rows by UMAP in a worker.
 *
 * @param rows `[count, dimensions]`, more rows than neighbours
 * @param dimensions numbers per row
 * @returns `[count, 2]`
 * @throws {RangeError} when there are too few rows; the signal's reason when it is stopped
 */
export async function projectUmap(
  rows: Float32Array,
  dimensions: number,
  options: UmapOptions = {},
): Promise<Float32Array> {
  const { seed = 1, neighbours = UMAP_NEIGHBOURS, onProgress, signal } = options;
  const count = rows.length / dimensions;
  if (count <= neighbours) {
    throw new RangeError(`Cannot project ${count} rows by UMAP: more than ${neighbours} are needed`);
  }
  const { startUmapWorker } = await import("./umap_worker.ts"); // UMAP weighs more than the board
  signal?.throwIfAborted();
  const worker = startUmapWorker();
  try {
    return await new Promise<Float32Array>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      worker.onmessage = ({ data }: MessageEvent<UmapProgress>) => {
        if (data.points !== undefined) resolve(data.points);
        else onProgress?.(data.done, data.total);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      const table = Array.from({ length: count }, (_, i) => [...rows.subarray(i * dimensions, (i + 1) * dimensions)]);
      worker.postMessage({ rows: table, seed, neighbours } satisfies UmapTask);
    });
  } finally {
    worker.terminate();
  }
}
