import { assertEquals } from "deno-std/assert/mod.js";
import { modelNameOf } from "../../lib/vae/naming.ts";
import { toBytes } from "../../lib/pipeline/functions.ts";
import { pickPictures } from "../../lib/pipeline/sources.ts";
import { checkModelName } from "../../lib/model/store.ts";
import { type ConfigValues, parseConfig } from "../../lib/vae/config.ts";
import { memoryImageSet } from "../../lib/dataset/image_set.ts";

Deno.test("toBytes() rounds", () => assertEquals([...toBytes(Float32Array.of(0, 0.5, 1, 0.002))], [0, 128, 255, 1]));

Deno.test("modelNameOf() takes the configured name, else makes one of data and latents", () => {
  const name = (source: string, own?: string) =>
    modelNameOf({
      data: { source, imageSize: 28, channels: 1, validationFraction: 0, binarize: "none" },
      latentDim: 20,
      ...(own === undefined ? {} : { name: own }),
    });
  assertEquals(name("sample"), "sample-20");
  assertEquals(name("/home/me/My Cats (2024)/"), "my-cats-2024-20");
  assertEquals(name("C:\\pictures\\Ünïcode.zip"), "n-code-20");
  assertEquals(name("..."), "pictures-20");
  assertEquals(name("sample", "chosen"), "chosen");
});

Deno.test("modelNameOf() tells what is not the default apart", () => {
  const name = (values: ConfigValues) => modelNameOf(parseConfig(values));
  assertEquals(name({}), "sample-20");
  assertEquals(name({ architecture: { kind: "mlp" }, latentDim: 2 }), "sample-2-mlp");
  assertEquals(name({ objective: { reconstruction: "bce+mse", beta: 0.5 } }), "sample-20-bce-mse-beta0.5");
  assertEquals(checkModelName(name({ data: { source: `${"a".repeat(99)}.zip` }, objective: { beta: 4 } })).length, 64);
});

Deno.test("pickPictures() spreads its picks over the set, with their labels", () => {
  const set = memoryImageSet({
    name: "made",
    images: Uint8Array.from({ length: 10 }, (_, index) => index),
    height: 1,
    width: 1,
    channels: 1,
    labels: Uint8Array.from({ length: 10 }, (_, index) => Math.floor(index / 5)),
    labelNames: ["low", "high"],
  });
  const { count, images, labels } = pickPictures(set, 4, "none", 1);
  assertEquals([count, [...images], [...labels!]], [4, [0, 2, 5, 7], [0, 0, 1, 1]]);
  assertEquals(pickPictures(set, 99, "none", 1).count, 10);
});
