import { assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { readModelFile } from "../../lib/model/mod.ts";
import { exportModel, readParameters } from "../../lib/onnx/mod.ts";
import { reexportModel } from "../../lib/pipeline/reexport.ts";
import { buildModel, type ConfigValues, initialParameters, parseConfig } from "../../lib/vae/mod.ts";
import { inFolder } from "../fixtures/folder.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

const CONFIGS: readonly ConfigValues[] = [
  { architecture: { kind: "mlp", hidden: [8] } },
  { data: { imageSize: 12, channels: 3 }, architecture: { kind: "conv", filters: [3, 5], normalization: "layer" } },
  { architecture: { kind: "conv", filters: [3], normalization: "batch" }, objective: { reconstruction: "gaussian" } },
];

Deno.test("readParameters() reads back what exportModel() wrote, bit for bit", () => {
  for (const values of CONFIGS) {
    const architecture = buildModel(parseConfig({ latentDim: 2, ...values }));
    const parameters = initialParameters(architecture, 7);
    const files = exportModel(architecture, parameters, { name: "a", config: {}, dataset: "none" });
    assertEquals(readParameters(architecture, files), parameters);
  }
});

Deno.test("readParameters() refuses the graphs of another architecture", () => {
  const [small, large] = [8, 9].map((hidden) =>
    buildModel(parseConfig({ architecture: { kind: "mlp", hidden: [hidden] } }))
  );
  const files = exportModel(small!, initialParameters(small!, 1), { name: "a", config: {}, dataset: "none" });
  try {
    readParameters(large!, files);
    throw new Error("they were taken");
  } catch (error) {
    assertEquals((error as LatentboardError).kind, "damaged");
  }
});

Deno.test("reexportModel() changes no number and no file but the graphs, and refuses graphs that don't belong", async () => {
  await inFolder(async (folder) => {
    const before = await writeTinyModel(folder, { size: 12 });
    const { document, differentPixels } = await reexportModel(folder, "tiny");
    assertEquals(differentPixels, 0);
    assertEquals(document, before); // today's exporter wrote both
    const decoder = await readModelFile(folder, document, "decoder.onnx");
    assertEquals(decoder.length, before.files["decoder.onnx"]!.bytes);
    const path = `${folder}/tiny/model.json`;
    const altered = { ...document, config: { ...document.config, latentDim: 3 } };
    await Deno.writeTextFile(path, JSON.stringify(altered));
    await assertRejects(
      () => reexportModel(folder, "tiny"),
      LatentboardError,
      "not those of the model's configuration",
    );
  });
});
