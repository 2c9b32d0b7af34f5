import { assertAlmostEquals, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { importanceWeightedBound, parallelBound } from "../../lib/evaluation/mod.ts";
import { OnnxSession } from "../../lib/inference/mod.ts";
import { likelihoodModel } from "../../lib/onnx/mod.ts";
import { readModelDocument, readModelFile } from "../../lib/model/mod.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

const count = 40;
const posteriors = {
  count,
  latentDim: 2,
  mu: Float32Array.from({ length: 2 * count }, (_, i) => Math.sin(i)),
  logvar: Float32Array.from({ length: 2 * count }, (_, i) => -1 + Math.cos(i)),
};
const pictures = Uint8Array.from({ length: count * 784 }, (_, i) => (i * 31) % 256);

async function withGraph(body: (graph: Uint8Array) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await writeTinyModel(folder, { name: "tiny" });
    const document = await readModelDocument(folder, "tiny");
    await body(likelihoodModel(await readModelFile(folder, document, "decoder.onnx"), document.likelihood));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("parallelBound() gives one thread's figures on any number of workers, and shows progress", () =>
  withGraph(async (graph) => {
    const session = await OnnxSession.open(graph, { provider: "cpu" });
    const expected = await importanceWeightedBound(posteriors, async (z, size, picture) => {
      const target = pictures.subarray(picture * 784, (picture + 1) * 784);
      return (await session.run(z, size, ["logLikelihood"], { target }))[0] as Float32Array;
    }, { samples: 30, seed: 5 });
    await session.close();
    for (const workers of [1, 3]) {
      const progress: number[] = [];
      const { values, mean } = await parallelBound(graph, pictures, posteriors, {
        samples: 30,
        seed: 5,
        workers,
        onProgress: (done) => progress.push(done),
      });
      values.forEach((value, i) => assertAlmostEquals(value, expected.values[i]!, 1e-3));
      assertAlmostEquals(mean, expected.mean, 1e-3);
      assertEquals(progress.at(-1), count);
    }
  }));

Deno.test("parallelBound() ends its workers when it is stopped", () =>
  withGraph(async (graph) => {
    const stop = new AbortController();
    const running = parallelBound(graph, pictures, posteriors, {
      samples: 1_000_000,
      seed: 1,
      workers: 1,
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(new Error("stopped")), 50);
    await assertRejects(() => running, Error, "stopped");
  }));

Deno.test("parallelBound() passes on what went wrong in a worker", async () => {
  const broken = parallelBound(new Uint8Array([1, 2, 3]), pictures, posteriors, { samples: 1, seed: 1, workers: 1 });
  await assertRejects(() => broken, Error);
});
