/** One thread of {@linkcode parallelBound}: its own session, its own part of the pictures. */
import { OnnxSession } from "../inference/session.ts";
import type { Posteriors } from "../latent/mod.ts";
import { importanceWeightedBound } from "./likelihood.ts";

/** The first message: the graph to score with. */
export interface BoundSetup {
  readonly graph: Uint8Array;
  readonly samples: number;
  readonly seed: number;
}

/** Every later one: some pictures, `[count, height, width, channels]`, with their posteriors. */
export interface BoundTask {
  readonly first: number;
  readonly pictures: Uint8Array;
  readonly posteriors: Posteriors;
}

/** The result of a task. */
export interface BoundResult {
  readonly first: number;
  readonly values?: Float64Array;
  readonly fault?: string;
}

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<BoundSetup | BoundTask>) => void) | null;
  postMessage(result: BoundResult): void;
};
let setup: BoundSetup;
let session: Promise<OnnxSession>;

scope.onmessage = async ({ data }) => {
  if ("graph" in data) {
    setup = data;
    session = OnnxSession.open(data.graph, { provider: "cpu" });
    return;
  }
  try {
    const graph = await session;
    const size = data.pictures.length / data.posteriors.count;
    const { values } = await importanceWeightedBound(
      data.posteriors,
      async (z, count, picture) => {
        const target = data.pictures.subarray(picture * size, (picture + 1) * size);
        const [scores] = await graph.run(z, count, ["logLikelihood"], { target });
        return scores as Float32Array;
      },
      { samples: setup.samples, seed: setup.seed, firstPicture: data.first, batch: 50 },
    );
    scope.postMessage({ first: data.first, values });
  } catch (error) {
    scope.postMessage({ first: data.first, fault: (error as Error).message });
  }
};
