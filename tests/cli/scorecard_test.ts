import { assert, assertEquals, assertStringIncludes, assertThrows } from "deno-std/assert/mod.js";
import { addResult, departures, type Score, scoreText } from "../../lib/cli/support/scorecard.ts";
import { LatentboardError } from "../../lib/errors.ts";
import type { Evaluation } from "../../lib/evaluation/mod.ts";
import { parseConfig } from "../../lib/vae/config.ts";

const protocol = { ...parseConfig(await Deno.readTextFile("configs/fashion-mnist-exemplar.yaml")) };
const evaluation: Evaluation = {
  model: "exemplar",
  decoderSha256: "0",
  dataset: "fashion-mnist",
  pictures: 10_000,
  seed: 1,
  pixels: "binarised",
  likelihood: "bernoulli",
  negativeElbo: { mean: 233, standardError: 0.5 },
  negativeLogLikelihood: { mean: 228.5, standardError: 0.5, samples: 5000 },
  reconstruction: 215,
  kl: 18,
  bitsPerDimension: 0.43,
  activeUnits: 20,
  activeUnitsByVariance: 20,
  klPerLatent: [18],
  mse: 0.01,
  psnr: 20,
  mmd: 0,
  seconds: 1,
};
const score: Score = {
  protocol,
  config: { ...protocol, name: "b", seed: 2 },
  trained: 50_000,
  epochs: 300,
  evaluation,
};

Deno.test("the configuration holds every setting of the published protocol", () => {
  const { data, architecture, latentDim, objective, optimizer, schedule, batchSize, earlyStopping, epochs, emaDecay } =
    parseConfig(protocol);
  assertEquals([data.source, data.binarize, Math.round(60_000 * data.validationFraction!)], [
    "fashion-mnist",
    "dynamic",
    10_000,
  ]);
  assert(architecture.kind === "mlp");
  assertEquals([architecture.hidden, architecture.activation, architecture.normalization], [
    [300, 300],
    "gated",
    "none",
  ]);
  assertEquals([latentDim, batchSize, epochs, emaDecay], [40, 100, 2000, 0]);
  assertEquals([objective.reconstruction, objective.beta, objective.freeBits], ["bce", 1, 0]);
  assertEquals([objective.warmup.kind, objective.warmup.epochs], ["linear", 100]);
  assertEquals([optimizer.kind, optimizer.learningRate, optimizer.clipNorm], ["adam", 0.0005, 0]);
  assertEquals([schedule.kind, schedule.warmupSteps], ["constant", 0]);
  assertEquals([earlyStopping.patience, earlyStopping.minimumGain], [50, 0]);
});

Deno.test("scoreText() puts a result by the protocol beside the published one, and says whether the aim is reached", () => {
  assertEquals(departures(score), []);
  const text = scoreText(score);
  assertStringIncludes(text, "228.50 ± 0.98  (95 % interval over pictures)");
  assertStringIncludes(text, "228.70 ± 0.15  (as published)");
  assertStringIncludes(text, "228.7 or less, is reached");
  const worse = { ...evaluation, negativeLogLikelihood: { mean: 229.95, standardError: 0.5, samples: 5000 } };
  assertStringIncludes(scoreText({ ...score, evaluation: worse }), "missed by 1.25 nats");
});

Deno.test("scoreText() never shows the published figure beside a result that departs from the protocol", () => {
  const cases: [Partial<Score>, string][] = [
    [{ config: { ...protocol, epochs: 2 } }, "epochs is 2 instead of 2000"],
    [{ config: { ...protocol, latentDim: 20 } }, "latentDim is 20 instead of 40"],
    [{ trained: 59_000 }, "trained on 59,000 pictures"],
    [{ evaluation: { ...evaluation, pictures: 100 } }, "measured on 100 pictures"],
    [{ evaluation: { ...evaluation, pixels: "grey-scale" } }, "grey-scale pixels"],
    [
      { evaluation: { ...evaluation, negativeLogLikelihood: { mean: 1, standardError: 1, samples: 10 } } },
      "k is 10 instead of 5,000",
    ],
  ];
  for (const [change, departure] of cases) {
    assertEquals(departures({ ...score, ...change }), [departure]);
    const text = scoreText({ ...score, ...change });
    assertStringIncludes(text, departure);
    assert(!text.includes("228.70"), text);
  }
});

Deno.test("addResult() adds a row below the last one, and refuses a document without the table", () => {
  const row = "| 2026-01-02 | 1 | 300 | 233.00 ± 0.98 | 5,000 | 228.50 ± 0.98 | yes | TensorFlow |";
  const once = addResult("| a |\n\n<!-- results end here -->\nafter", score, "2026-01-02T03:04:05Z", "TensorFlow");
  assertEquals(once, `| a |\n${row}\n\n<!-- results end here -->\nafter`);
  assertEquals(
    addResult(once, score, "2026-01-02", "TensorFlow"),
    `| a |\n${row}\n${row}\n\n<!-- results end here -->\nafter`,
  );
  assertThrows(() => addResult("", score, "2026-01-02", "x"), LatentboardError, "has lost its line");
});

Deno.test("the scorecard's document has the table that results are added to", async () => {
  addResult(await Deno.readTextFile("docs/scorecard.md"), score, "2026-01-02", "x");
});
