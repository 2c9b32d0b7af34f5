import { assert, assertAlmostEquals, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { ModelPool } from "../../lib/inference/mod.ts";
import { samplePrior } from "../../lib/latent/mod.ts";
import { listModels } from "../../lib/model/mod.ts";
import { ModelFunctions } from "../../lib/pipeline/functions.ts";
import { type Publication, publishModel } from "../../lib/pipeline/publish.ts";
import { latentStatistics } from "../../lib/pipeline/statistics.ts";
import { buildModel, type ConfigValues, initialParameters } from "../../lib/vae/mod.ts";
import { onEngines } from "../training/_engines.ts";
import { madeConfig, madePictures } from "../training/_made.ts";

async function publication(folder: string, changes: ConfigValues = {}): Promise<Publication> {
  const config = madeConfig(changes);
  const model = buildModel(config);
  const parameters = initialParameters(model, 3);
  const functions = new ModelFunctions(model, parameters);
  const pixels = madePictures(20);
  return {
    folder,
    force: false,
    name: "made",
    config,
    model,
    parameters,
    functions,
    engine: "test",
    pixels,
    count: 20,
    facts: {
      dataset: { name: "made", trainCount: 0, testCount: 20 },
      metrics: { negativeElbo: 1 },
      labels: [],
      statistics: latentStatistics(await functions.encode(pixels, 20), 1),
    },
    companions: {},
  };
}

const kinds: Record<string, ConfigValues> = {
  "an mlp": {},
  "a convolution": { architecture: { kind: "conv", filters: [4], hidden: [8] } },
  "a learned variance": { objective: { reconstruction: "gaussian", variance: "pixel" } },
};

for (const [name, changes] of Object.entries(kinds)) {
  onEngines(`publishModel() publishes ${name} whose graphs do what the engine does`, async () => {
    const folder = await Deno.makeTempDir();
    const model = await publication(folder, changes);
    try {
      const document = await publishModel(model);
      assertEquals(await listModels(folder), ["made"]);
      assertEquals(document.certificate.samples, 20);
      assert(document.certificate.imageMaxAbsolute <= 1e-5);
      assertEquals(document.latents[0]!.shape, [3]);
      await assertRejects(() => publishModel(model), LatentboardError, 'A model named "made" exists');
    } finally {
      model.functions.dispose();
      await Deno.remove(folder, { recursive: true });
    }
  });
}

onEngines("publishModel() refuses a model whose graphs differ from the engine, and publishes nothing", async () => {
  const folder = await Deno.makeTempDir();
  const model = await publication(folder);
  const altered = { ...model.parameters };
  const bias = altered["decoder/logits/bias"]!;
  altered["decoder/logits/bias"] = { ...bias, data: bias.data.map((value) => value + 0.01) };
  try {
    const error = await assertRejects(
      () => publishModel({ ...model, parameters: altered }),
      LatentboardError,
      "logits",
    );
    assertEquals(error.kind, "damaged");
    assertEquals(await listModels(folder), []);
  } finally {
    model.functions.dispose();
    await Deno.remove(folder, { recursive: true });
  }
});

onEngines("ModelFunctions.decode() gives the pictures that the published model gives", async () => {
  const folder = await Deno.makeTempDir();
  const model = await publication(folder);
  try {
    await publishModel(model);
    const pool = new ModelPool({ models: folder, providers: ["cpu"] });
    const z = samplePrior(1, 4, 3);
    const { pixels } = await (await pool.get("made")).decode(z, 4);
    const { image } = await model.functions.decode(z, 4);
    for (const [i, value] of image.entries()) assertAlmostEquals(pixels[i]!, value * 255, 0.51);
    await pool.dispose();
  } finally {
    model.functions.dispose();
    await Deno.remove(folder, { recursive: true });
  }
});
