/** Latents on a plane: the plane itself, the two widest directions (PCA), or neighbours kept together (UMAP). */
import * as pca from "ml-pca";
import type { UmapProgress, UmapTask } from "./umap_worker.ts";

/** Where rows lie on a plane, and what its axes mean. */
export interface Projection {
  /** `[count, 2]`. */
  readonly points: Float32Array;
  readonly axes: readonly [string, string];
}

/** How {@linkcode projectUmap} projects. */
export interface UmapOptions {
  /** The same seed gives the same picture; 1 where not given. */
  readonly seed?: number;
  /** Neighbours that are kept together; 15 where not given. */
  readonly neighbours?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A projection that was fitted once and is applied to any rows, so that films keep their axes. */
export interface FittedPlane {
  /** The axes' labels, with the share of the variance that they show. */
  readonly axes: readonly [string, string];
  /** Projects `[count, dimensions]` to `[count, 2]`. */
  project(rows: Float32Array): Float32Array;
}

/**
 * The plane of the first two principal components; for two latents, the latents themselves.
 *
 * @param rows `[count, dimensions]`, at least two rows
 * @param dimensions numbers per row
 * @throws {RangeError} when there is only one dimension or one row
 */
export function fitPlane(rows: Float32Array, dimensions: number): FittedPlane {
  if (dimensions === 2) return { axes: ["z0", "z1"], project: (given) => given.slice() };
  const count = rows.length / dimensions;
  if (dimensions < 2 || count < 2) {
    throw new RangeError(`Cannot lay ${count} rows of ${dimensions} numbers on a plane: two of each are needed`);
  }
  const fitted = new pca.PCA(tableOf(rows, dimensions));
  const [first = 0, second = 0] = fitted.getExplainedVariance();
  const axis = (number: number, share: number) => `component ${number} (${(100 * share).toFixed(0)} % of the variance)`;
  return {
    axes: [axis(1, first), axis(2, second)],
    project: (given) => {
      const placed = fitted.predict(tableOf(given, dimensions), { nComponents: 2 });
      return Float32Array.from({ length: 2 * placed.rows }, (_, i) => placed.get(i >> 1, i & 1));
    },
  };
}

/**
 * Projects rows by UMAP (McInnes, Healy and Melville, 2018) in a worker.
 *
 * @param rows `[count, dimensions]`, more rows than neighbours
 * @param dimensions numbers per row
 * @throws {RangeError} when there are too few rows; the signal's reason when it is stopped
 */
export async function projectUmap(
  rows: Float32Array,
  dimensions: number,
  options: UmapOptions = {},
): Promise<Projection> {
  const { seed = 1, neighbours = 15, onProgress, signal } = options;
  const count = rows.length / dimensions;
  if (count <= neighbours) {
    throw new RangeError(`Cannot project ${count} rows by UMAP: more than ${neighbours} are needed`);
  }
  signal?.throwIfAborted();
  const worker = new Worker(import.meta.resolve("./umap_worker.ts"), { type: "module" });
  try {
    const points = await new Promise<Float32Array>((resolve, reject) => {
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      worker.onmessage = ({ data }: MessageEvent<UmapProgress>) => {
        if (data.points !== undefined) resolve(data.points);
        else onProgress?.(data.done, data.total);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      };
      worker.postMessage({ rows: tableOf(rows, dimensions), seed, neighbours } satisfies UmapTask);
    });
    return { points, axes: ["UMAP 1", "UMAP 2"] };
  } finally {
    worker.terminate();
  }
}

function tableOf(rows: Float32Array, dimensions: number): number[][] {
  return Array.from({ length: rows.length / dimensions }, (_, i) => {
    return Array.from(rows.subarray(i * dimensions, (i + 1) * dimensions));
  });
}
