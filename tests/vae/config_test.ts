import { assert, assertEquals, assertObjectMatch, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { buildModel } from "../../lib/vae/model.ts";
import { parseConfig } from "../../lib/vae/config.ts";

Deno.test("parseConfig() gives the default convolutional VAE for nothing", () => {
  assertObjectMatch(parseConfig(""), {
    data: { source: "sample", binarize: "none" },
    architecture: { kind: "conv", filters: [32, 64], hidden: [256], activation: "relu", normalization: "none" },
    latentDim: 20,
    objective: { reconstruction: "bce", beta: 1, freeBits: 0, warmup: { kind: "none" } },
    optimizer: { kind: "adam", learningRate: 1e-3 },
    schedule: { kind: "constant" },
    epochs: 10,
    batchSize: 128,
    seed: 1,
  });
});

Deno.test("parseConfig() lets overrides win key by key and passes over undefined ones", () => {
  const yaml = "latentDim: 8\noptimizer:\n  learningRate: 0.01\n  clipNorm: 5\nseed: 3";
  const config = parseConfig(yaml, { latentDim: undefined, optimizer: { learningRate: 0.1 }, seed: 4 });
  assertEquals(config.latentDim, 8);
  assertEquals(config.optimizer.learningRate, 0.1);
  assertEquals(config.optimizer.clipNorm, 5);
  assertEquals(config.seed, 4);
});

Deno.test("parseConfig() drops the file's settings of an architecture that an override replaces", () => {
  const yaml = "architecture: { kind: conv, filters: [8] }";
  assertEquals(
    parseConfig(yaml, { architecture: { kind: "mlp" } }).architecture,
    parseConfig({
      architecture: { kind: "mlp" },
    }).architecture,
  );
  assertObjectMatch(parseConfig(yaml, { architecture: { kind: "conv", hidden: [9] } }).architecture, {
    filters: [8],
    hidden: [9],
  });
});

Deno.test("parseConfig() gives back what it is given once it is resolved", () => {
  const config = parseConfig({ name: "a", data: { classes: ["Bag"] }, schedule: { kind: "plateau" } });
  assertEquals(parseConfig(JSON.parse(JSON.stringify(config))), config);
});

const FAULTS: readonly (readonly [yaml: string, field: string | undefined, message: string])[] = [
  ["epochs: ten", "epochs", 'epochs is "ten": it must be a whole number from 1 to 100000'],
  ["epochs: 2.5", "epochs", "epochs is 2.5: it must be a whole number from 1 to 100000"],
  ["batchSize: 0", "batchSize", "batchSize is 0: it must be a whole number from 1 to 65536"],
  [
    "optimizer: { learningRate: 0 }",
    "optimizer.learningRate",
    "optimizer.learningRate is 0: it must be a number above 0",
  ],
  [
    "objective: { reconstruction: l2 }",
    "objective.reconstruction",
    'objective.reconstruction is "l2": it must be one of bce, continuous-bernoulli, mse, gaussian, l1, laplace, bce+mse',
  ],
  ["data: { channels: 2 }", "data.channels", "data.channels is 2: it must be one of 1, 3"],
  ["data: 3", "data", "data is 3: it must be keys and values"],
  ["architecture: { kind: cnn }", "architecture.kind", 'architecture.kind is "cnn": it must be one of conv, mlp'],
  [
    "architecture: { filters: [8, 0] }",
    "architecture.filters.1",
    "architecture.filters.1 is 0: it must be a whole number from 1 to 4096",
  ],
  [
    "architecture: { filters: [] }",
    "architecture.filters",
    "architecture.filters is []: it must be a list of 1 to 6 filter counts, such as [32, 64]",
  ],
  [
    "architecture: { activation: gated, normalization: batch }",
    "architecture.normalization",
    'architecture.normalization is "batch": it must be none with the gated activation',
  ],
  [
    "schedule: { kind: step }",
    "schedule.everySteps",
    "schedule.everySteps is missing: it must be a whole number from 1",
  ],
  [
    "optimizer: { lerningRate: 1 }",
    "optimizer.lerningRate",
    "optimizer.lerningRate is not a key: did you mean learningRate?",
  ],
  [
    "optimizer: { speed: 1 }",
    "optimizer.speed",
    "optimizer.speed is not a key: there are kind, learningRate, beta1, beta2, epsilon, momentum, decay, " +
    "weightDecay, clipNorm",
  ],
  ["- 1", undefined, "it must be keys and values, such as epochs: 10"],
  [
    "name: Über",
    "name",
    'name is "Über": it must be 1 to 64 lower-case letters, digits, dots, dashes or underscores, starting with a ' +
    "letter or digit",
  ],
];

for (const [yaml, field, message] of FAULTS) {
  Deno.test(`parseConfig() names key, value and what is allowed for: ${yaml}`, () => {
    const error = assertThrows(() => parseConfig(yaml), LatentboardError);
    assertEquals(error.message, `Cannot use this configuration: ${message}`);
    assertEquals(error.field, field);
    assertEquals(error.kind, "invalid");
  });
}

Deno.test("parseConfig() says where YAML is broken", () => {
  const error = assertThrows(() => parseConfig("epochs: [1"), LatentboardError);
  assert(/it is not YAML: .*line 1/.test(error.message), error.message);
});

Deno.test("every file of configs/ is valid, named, and builds", async () => {
  const names: string[] = [];
  for await (const { name } of Deno.readDir("configs")) {
    const config = parseConfig(await Deno.readTextFile(`configs/${name}`));
    if (!config.name || !config.title) throw new Error(`configs/${name} has no name or no title`);
    buildModel(config);
    names.push(config.name);
  }
  assertEquals(new Set(names).size, names.length);
  assert(names.length >= 7);
});

Deno.test("parseConfig() leaves out what it is not told and has no default", () => {
  assertEquals(Object.keys(parseConfig({}).data), ["source", "binarize"]);
  const { augment, fit, validationFraction } = parseConfig({
    data: { augment: { flip: "horizontal" }, fit: "contain", validationFraction: 0 },
  }).data;
  assertEquals([augment, fit, validationFraction], [{ flip: "horizontal", shift: 0 }, "contain", 0]);
});

for (
  const [yaml, sentence] of [
    [
      "epochs: 3\nlatentDims: 4",
      "Cannot use this configuration in my.yaml, line 2: latentDims is not a key: did you mean latentDim?",
    ],
    [
      "epochs: 3\n\noptimizer:\n  kind: adam\n  learningrate: 1",
      "Cannot use this configuration in my.yaml, line 5: optimizer.learningrate is not a key: did you mean learningRate?",
    ],
    ["# comment\nepochs: none", 'Cannot use this configuration in my.yaml, line 2: epochs is "none": it must be'],
    ["architecture:\n  filters: [3, x]", "Cannot use this configuration in my.yaml, line 2: "],
    ["epochs: 1\n: : [", "Cannot use this configuration in my.yaml, line 2: it is not YAML"],
    ["- 1", "Cannot use this configuration in my.yaml: it must be keys and values"],
  ] as const
) {
  Deno.test(`parseConfig() names file and line of ${JSON.stringify(yaml)}`, () => {
    const error = assertThrows(() => parseConfig(yaml, {}, "my.yaml"), LatentboardError);
    assert(error.message.startsWith(sentence), error.message);
  });
}

Deno.test("parseConfig() names no line of the file for a value that an option gave", () => {
  const error = assertThrows(() => parseConfig("epochs: 3", { epochs: 0 }, "my.yaml"), LatentboardError);
  assertEquals(error.message, "Cannot use this configuration: epochs is 0: it must be a whole number from 1 to 100000");
});
