import { assert, assertEquals } from "deno-std/assert/mod.js";
import { type PipelineEvent, trainModel } from "../../lib/pipeline/mod.ts";
import { parseConfig } from "../../lib/vae/mod.ts";
import { inFolder } from "../fixtures/folder.ts";
import { ignore, tensorflow } from "../tensorflow/_engine.ts";

Deno.test({
  name: "TF32 is off unless a run asks for it, and off again for evaluation, export and comparison",
  ignore,
  fn: () =>
    inFolder(async (home) => {
      const flag = tensorflow().backend.binding.native.tensorFloat32!;
      assertEquals(flag.enabled(), false, "TensorFlow's own default is on");
      const seen: [string, boolean][] = [];
      const config = parseConfig({
        name: "quick",
        data: { imageSize: 8, classes: ["Bag"] },
        architecture: { kind: "mlp", hidden: [16] },
        latentDim: 2,
        epochs: 1,
        precision: "tf32",
      });
      const onEvent = (event: PipelineEvent) => {
        seen.push([event.type === "stage" ? event.message.split(" ")[0]! : event.type, flag.enabled()]);
      };
      const places = { home, models: `${home}/models`, data: "data", tensorflow: tensorflow().origin.folder };
      const { model } = await trainModel(config, { places, onEvent });
      assertEquals([model!.certificate.precision, model!.config.precision], ["tf32", "tf32"]);
      const during = (type: string) => seen.filter(([name]) => name === type).map(([, on]) => on);
      assertEquals([during("Training"), during("Evaluating"), during("Exporting")], [[false], [false], [false]]);
      assert(during("step").length > 0 && during("step").every((on) => on), JSON.stringify(seen));
    }),
});

Deno.test("parseConfig() names the precisions that there are", () => {
  assertEquals(parseConfig({}).precision, "float32");
  try {
    parseConfig({ precision: "float16" });
    throw new Error("float16 was taken");
  } catch (error) {
    assertEquals(
      (error as Error).message,
      'Cannot use this configuration: precision is "float16": it must be one of float32, tf32',
    );
  }
});
