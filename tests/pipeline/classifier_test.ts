import { assert, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { type Dataset, memoryImageSet } from "../../lib/dataset/mod.ts";
import { LatentboardError } from "../../lib/errors.ts";
import { openFeatureSpace } from "../../lib/evaluation/feature_space.ts";
import { OnnxSession } from "../../lib/inference/mod.ts";
import { sha256Hex } from "../../lib/system/files.ts";
import { readMetadata } from "../../lib/onnx/mod.ts";
import { trainClassifier } from "../../lib/pipeline/classifier.ts";
import { ignore } from "../tensorflow/_engine.ts";

/** Bars that lie or stand, at places that follow from `first`; noise is what else there is. */
function bars(count: number, first: number) {
  const images = new Uint8Array(count * 144);
  const labels = Uint8Array.from({ length: count }, (_, n) => n % 2);
  for (let n = 0; n < count; n++) {
    const place = 1 + ((first + n) * 7) % 10;
    for (let i = 0; i < 144; i++) {
      const along = labels[n] === 0 ? Math.floor(i / 12) : i % 12;
      images[n * 144 + i] = along === place ? 220 : ((first + n) * 31 + i * 17) % 60;
    }
  }
  const labelNames = ["lying", "standing"];
  return memoryImageSet({ name: "bars", images, height: 12, width: 12, channels: 1, labels, labelNames });
}

const train = bars(200, 0);
const dataset: Dataset = {
  name: "bars",
  train,
  validation: bars(41, 1000),
  validationIsTest: false,
  labelNames: train.labelNames,
  fit: "cover",
  notes: [],
  warnings: [],
  skipped: [],
  close() {},
};

Deno.test(
  { name: "trainClassifier() learns to tell labels, and its features come out of its ONNX file", ignore },
  async () => {
    const seen: number[] = [];
    const { file, dimensions, accuracy } = await trainClassifier(dataset, {
      steps: 60,
      onProgress: (done) => seen.push(done),
    });
    assert(accuracy > 0.9, `${accuracy} of the held-out pictures`);
    assertEquals([seen.length, seen.at(-1)], [60, 60]);
    assertEquals(readMetadata(file).name, "classifier of bars");

    const space = await openFeatureSpace(file);
    const pixels = dataset.validation.readBatch([0, 1, 2]);
    const features = await space.features(pixels, 3);
    await space.close();
    assertEquals([space.dimensions, features.length], [dimensions, 3 * dimensions]);
    assertEquals(space.name, `classifier of bars, ${(100 * accuracy).toFixed(1)} % right`);
    // What the file says of one picture does not hang on those beside it.
    const session = await OnnxSession.open(file, { provider: "cpu" });
    const [alone] = await session.run(pixels.subarray(144, 288), 1, ["features"]);
    await session.close();
    alone!.forEach((value, i) => assert(Math.abs(value - features[dimensions + i]!) < 1e-4));
  },
);

Deno.test(
  { name: "trainClassifier() gives the same file for the same seed, and stops when asked", ignore },
  async () => {
    const [first, second] = [
      await trainClassifier(dataset, { steps: 3 }),
      await trainClassifier(dataset, { steps: 3 }),
    ];
    assertEquals(sha256Hex(first.file), sha256Hex(second.file));
    const signal = AbortSignal.abort(new Error("stopped"));
    await assertRejects(() => trainClassifier(dataset, { signal }), Error, "stopped");
  },
);

Deno.test("trainClassifier() refuses pictures without labels", async () => {
  const { labels: _, ...bare } = train;
  const unlabelled = { ...dataset, train: bare, labelNames: [] };
  await assertRejects(() => trainClassifier(unlabelled), LatentboardError, "bars has no labels");
});

Deno.test("openFeatureSpace() refuses a file that has no features", async () => {
  await assertRejects(() => openFeatureSpace(new Uint8Array(10)), LatentboardError);
});
