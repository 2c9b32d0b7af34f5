import { assert, assertEquals } from "deno-std/assert/mod.js";
import { type Evaluation, figureRows, htmlReport, textTable } from "../../lib/evaluation/mod.ts";

const evaluation: Evaluation = {
  model: "a",
  decoderSha256: "0",
  dataset: "test",
  pictures: 10_000,
  seed: 1,
  pixels: "grey-scale",
  likelihood: "bernoulli",
  negativeElbo: { mean: 241.123, standardError: 0.5 },
  reconstruction: 225,
  kl: 16.123,
  bitsPerDimension: 0.4437,
  activeUnits: 1,
  activeUnitsByVariance: 1,
  klPerLatent: [0.1, 16.023],
  mse: 0.01,
  psnr: 20,
  mmd: 0.001,
  seconds: 1,
};

Deno.test("figureRows() leaves out what was not measured", () => {
  const names = figureRows(evaluation).map(({ name }) => name);
  assert(names.includes("cross-entropy + KL") && !names.some((name) => /Fréchet|probe|likelihood|ELBO/.test(name)));
  const more = figureRows({ ...evaluation, negativeLogLikelihood: { mean: 238, standardError: 0.4, samples: 1000 } });
  assertEquals(more.find(({ name }) => name.includes("k = 1000"))?.value, "238.00 ± 0.40 nats");
});

Deno.test("figureRows() calls a Bernoulli's figures likelihoods of black and white pixels alone", () => {
  const named = (change: Partial<Evaluation>) => figureRows({ ...evaluation, ...change })[0]!.name;
  assertEquals(named({ pixels: "binarised" }), "negative ELBO");
  assertEquals(named({ likelihood: "continuous-bernoulli" }), "negative ELBO");
  assertEquals(named({ pixels: "colour" }), "cross-entropy + KL");
});

Deno.test("textTable() puts models side by side and marks what one lacks", () => {
  const lines = textTable([evaluation, { ...evaluation, model: "longer-name", linearProbe: 0.815 }]).split("\n");
  assertEquals(lines[0], "a on 10,000 pictures of test, grey-scale pixels, seed 1");
  assert(lines.some((line) => /^linear probe +- +81\.5 %$/.test(line)), lines.join("\n"));
});

Deno.test("textTable() never puts likelihoods of grey-scale and of binarised pixels beside each other", () => {
  const binarised: Evaluation = {
    ...evaluation,
    model: "b",
    pixels: "binarised",
    negativeElbo: { mean: 233.5, standardError: 0.5 },
  };
  const lines = textTable([evaluation, binarised]).split("\n");
  const figures = lines.filter((line) => /^(cross-entropy \+ KL|negative ELBO)/.test(line));
  assertEquals(figures.map((line) => line.split(/ {2,}/).slice(1)), [["241.12 ± 0.50 nats"], ["233.50 ± 0.50 nats"]]);
  assert(lines.some((line) => /^reconstruction MSE +0\.01000 +0\.01000$/.test(line)), lines.join("\n"));
});

Deno.test("htmlReport() is one document that fetches nothing and escapes what it is given", () => {
  const picture = { caption: 'Samples <of> "a"', png: Uint8Array.of(1, 2, 3) };
  const html = htmlReport([{ ...evaluation, model: "<script>alert(1)</script>" }], [picture], { seed: 1 });
  assert(!html.includes("<script"));
  assert(html.includes("data:image/png;base64,AQID"));
  assert(!/(?:src|href)="(?!data:)/.test(html), "something would be fetched");
  assert(html.includes("<svg") && html.includes("Configuration"));
});
