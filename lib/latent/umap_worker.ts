/** The thread of `projectUmap`: UMAP computes for seconds without a pause. */
import * as umap from "umap-js";
import { philox } from "./sample.ts";

/** What is to be projected. */
export interface UmapTask {
  readonly rows: number[][];
  readonly seed: number;
  readonly neighbours: number;
}

/** How far it is, and the points `[count, 2]` in the end. */
export interface UmapProgress {
  readonly done: number;
  readonly total: number;
  readonly points?: Float32Array;
}

/** Starts a worker that runs this very file, wherever a bundler has put it. */
export function startUmapWorker(): Worker {
  return new Worker(import.meta.url, { type: "module" });
}

interface WorkerScope {
  onmessage: ((event: MessageEvent<UmapTask>) => void) | null;
  postMessage(progress: UmapProgress): void;
}

/** Tells UMAP's draws from others with the same seed: the second word of Philox's counter. */
const UMAP = 8;

if ("DedicatedWorkerGlobalScope" in globalThis) serve(self as unknown as WorkerScope);

function serve(scope: WorkerScope): void {
  scope.onmessage = ({ data: { rows, seed, neighbours } }) => {
    let drawn = 0;
    const random = () => {
      const words = philox([drawn >> 2, UMAP, 0, 0], [seed >>> 0, Math.floor(seed / 2 ** 32)]);
      return words[drawn++ & 3]! / 2 ** 32;
    };
    const fit = new umap.UMAP({ nComponents: 2, nNeighbors: neighbours, random });
    const total = fit.initializeFit(rows);
    for (let done = 1; done <= total; done++) {
      fit.step();
      if (done % 10 === 0) scope.postMessage({ done, total });
    }
    scope.postMessage({ done: total, total, points: Float32Array.from(fit.getEmbedding().flat()) });
  };
}
