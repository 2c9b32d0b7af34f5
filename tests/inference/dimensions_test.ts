import { assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import { listModels, parseModelDocument, readModelDocument } from "../../lib/model/mod.ts";
import { latentDimensions, latentDimOf, type ModelDocument, summarize } from "../../lib/inference/mod.ts";

type Latents = ModelDocument["latents"];

const PRIOR = { kind: "normal", parameters: {} };
const MEASURED: Latents[number] = {
  name: "z",
  kind: "gaussian",
  shape: [2],
  prior: PRIOR,
  statistics: {
    kl: [2.5, 0.004],
    mean: [0.25, 0],
    standardDeviation: [0.875, 0.0625],
    quantiles: { probabilities: [0.005, 0.5, 0.995], values: [[-2.75, 0, 2.25], [-0.125, 0, 0.125]] },
  },
};

function document(latents: Latents, metrics: Record<string, number> = {}): ModelDocument {
  return {
    formatVersion: 1,
    name: "tiny",
    title: "Tiny",
    createdAt: "2030-01-01T00:00:00Z",
    config: {},
    image: { height: 8, width: 4, channels: 3 },
    opset: 17,
    dataset: { name: "sample", trainCount: 10, testCount: 2 },
    metrics,
    labels: [],
    files: {},
    certificate: {
      engine: "test",
      samples: 1,
      imageMaxAbsolute: 0,
      logitsMaxRelative: 0,
      muMaxRelative: 0,
      limits: { image: 1e-5, relative: 1e-4 },
    },
    latents,
    likelihood: { kind: "bernoulli", parameters: {} },
    prior: PRIOR,
  };
}

Deno.test("latentDimensions() takes ranges from the quantiles, at least ±1, and finds dead latents", () => {
  assertEquals(latentDimensions(document([MEASURED])), [
    { index: 0, kl: 2.5, mean: 0.25, standardDeviation: 0.875, minimum: -2.75, maximum: 2.25, active: true },
    { index: 1, kl: 0.004, mean: 0, standardDeviation: 0.0625, minimum: -1, maximum: 1, active: false },
  ]);
});

Deno.test("latentDimensions() finds the 0.5 % and 99.5 % quantiles between those that were measured", () => {
  const quantiles = { probabilities: [0.001, 0.011, 0.99, 0.999], values: [[-4, -3, 2, 3], [-9, -8, 8, 9]] };
  const [first] = latentDimensions(document([{ ...MEASURED, statistics: { ...MEASURED.statistics!, quantiles } }]));
  assertAlmostEquals(first!.minimum, -3.6, 1e-12);
  assertAlmostEquals(first!.maximum, 2 + 5 / 9, 1e-12);

  const outer = { probabilities: [0.25, 0.75], values: [[-1.5, 1.75], [-1.5, 1.75]] };
  const [ends] = latentDimensions(
    document([{ ...MEASURED, statistics: { ...MEASURED.statistics!, quantiles: outer } }]),
  );
  assertEquals([ends!.minimum, ends!.maximum], [-1.5, 1.75]);
});

Deno.test("latentDimensions() goes by the prior where nothing was measured, and counts through all latents", () => {
  const dimensions = latentDimensions(
    document([MEASURED, { name: "y", kind: "gaussian", shape: [2, 2], prior: PRIOR }]),
  );
  assertEquals(dimensions.map(({ index }) => index), [0, 1, 2, 3, 4, 5]);
  assertEquals(dimensions[5], {
    index: 5,
    kl: 0,
    mean: 0,
    standardDeviation: 1,
    minimum: -3,
    maximum: 3,
    active: true,
  });
});

Deno.test("latentDimensions() of codes span their values, and are active", () => {
  const prior = { kind: "uniform", parameters: { levels: 12 } };
  const codes = document([{ name: "codes", kind: "codes", shape: [7, 7], prior }]);
  assertEquals(latentDimOf(codes), 49);
  const { minimum, maximum, active } = latentDimensions(codes)[48]!;
  assertEquals([minimum, maximum, active], [0, 11, true]);
});

Deno.test("summarize() leaves out what was not measured", () => {
  const summary = summarize(document([MEASURED], { negativeElbo: 241.5 }));
  assertEquals(summary, {
    name: "tiny",
    title: "Tiny",
    dataset: "sample",
    latentDim: 2,
    image: { height: 8, width: 4, channels: 3 },
    negativeElbo: 241.5,
    createdAt: "2030-01-01T00:00:00Z",
  });
  assertEquals("negativeElbo" in summarize(document([MEASURED])), false);
});

Deno.test("model.json and the board count the same active units, of shipped models and of one counted by variance", async () => {
  const documents: ModelDocument[] = [];
  for (const name of await listModels("models")) documents.push(await readModelDocument("models", name));
  const shipped = documents.find(({ name }) => name === "fashion-mnist")!;
  documents.push(parseModelDocument({ ...shipped, metrics: { ...shipped.metrics, activeUnits: 19 } }));
  for (const document of documents) {
    const active = latentDimensions(document).filter(({ active }) => active).length;
    assertEquals(document.metrics.activeUnits, active, document.name);
  }
});
