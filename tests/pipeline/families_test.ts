/** Every family the whole way: captured training, resumed to the bit, exported with a certificate, evaluated, sampled. */
import { assert, assertEquals } from "deno-std/assert/mod.js";
import { evaluateModel } from "../../lib/evaluation/mod.ts";
import { loadDataset } from "../../lib/dataset/mod.ts";
import { ModelPool } from "../../lib/inference/mod.ts";
import { readModelFile } from "../../lib/model/mod.ts";
import { type PipelineEvent, type PipelineOptions, resumeRun, trainModel } from "../../lib/pipeline/mod.ts";
import { SAMPLERS } from "../../lib/sampling/mod.ts";
import { type ConfigValues, parseConfig } from "../../lib/vae/mod.ts";
import { ignore } from "../tensorflow/_engine.ts";

const DATA = new URL("../../data", import.meta.url).pathname;

const FAMILIES: Record<string, ConfigValues> = {
  "beta-tc": { family: { kind: "beta-tc" } },
  "info-vae": { family: { kind: "info-vae", lambda: 100 } },
  "fsq": { family: { kind: "fsq", levels: [4, 3] } },
  "iwae": { family: { kind: "iwae", draws: 3 } },
};

for (const [name, values] of Object.entries(FAMILIES)) {
  Deno.test({
    name: `${name} trains captured, resumes to the bit, and is exported, evaluated, sampled and decoded`,
    ignore,
    async fn() {
      const home = await Deno.makeTempDir();
      const models = `${home}/models`;
      const options: PipelineOptions = { places: { home, models, data: DATA }, engine: "tensorflow", threads: 2 };
      const config = (suffix: string) =>
        parseConfig({
          name: `${name}${suffix}`,
          data: { source: "sample", classes: ["Sandal", "Bag"] },
          architecture: { kind: "mlp", hidden: [16] },
          latentDim: 3,
          epochs: 2,
          batchSize: 100,
          ...values,
        });
      try {
        let captured: boolean | undefined;
        const onEvent = (event: PipelineEvent) => void (event.type === "start" && (captured = event.captured));
        const { model, outcome } = await trainModel(config(""), { ...options, onEvent });
        assertEquals(captured, true);
        const [first, last] = [outcome.history[0]!, outcome.history.at(-1)!];
        assert(last.validation.loss < first.validation.loss, "the held-out loss falls");

        const stop = new AbortController();
        const stopping = (event: PipelineEvent) => void (event.type === "step" && event.step === 5 && stop.abort());
        const { run } = await trainModel(config("-again"), { ...options, signal: stop.signal, onEvent: stopping });
        const { model: resumed } = await resumeRun(run, options);
        const weights = async (of: string) => (await readParameters(models, of)).map(({ rawData }) => rawData);
        assertEquals(await weights(resumed!.name), await weights(model!.name));
        assertEquals(resumed!.metrics.negativeElbo, model!.metrics.negativeElbo);

        const dataset = await loadDataset("sample", { data: DATA, home, classes: ["Sandal", "Bag"] });
        const pool = new ModelPool({ models, providers: ["cpu"] });
        await pool.use(name, async (runtime) => {
          const decoder = await readModelFile(models, model!, "decoder.onnx");
          const test = dataset.test ?? dataset.validation;
          const evaluation = await evaluateModel({ runtime, decoder, test }, {
            samples: 20,
            seed: 1,
            limit: 100,
            workers: 1,
          });
          assert(Number.isFinite(evaluation.negativeElbo.mean));
          const fitted = await SAMPLERS.prior.fit({ document: model!, readMap: () => Promise.reject() });
          const z = await fitted.sample(1, 4);
          const { pixels } = await runtime.decode(z, 4);
          assertEquals(pixels.length, 4 * 784);
        });
        dataset.close();
        await pool.dispose();
      } finally {
        await Deno.remove(home, { recursive: true });
      }
    },
  });
}

async function readParameters(models: string, name: string) {
  const { decodeModel } = await import("../../lib/onnx/proto.ts");
  const bytes = await Promise.all(
    ["encoder", "decoder"].map((file) => Deno.readFile(`${models}/${name}/${file}.onnx`)),
  );
  return bytes.flatMap((content) => decodeModel(content).graph.initializer);
}
