import { assert, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { checkParity, exportModel, OPSET, readMetadata } from "../../lib/onnx/mod.ts";
import { decodeModel } from "../../lib/onnx/proto.ts";
import { type ConfigValues } from "../../lib/vae/mod.ts";
import { made, paritySides } from "./_sides.ts";

const SMALL = { kind: "conv", filters: [3, 4], hidden: [6] };
const CASES: Record<string, ConfigValues> = {
  "the default conv": {},
  "the default mlp": { architecture: { kind: "mlp" } },
  "no dense layer": { architecture: { ...SMALL, hidden: [] } },
  "the exemplar's gated perceptron": {
    architecture: { kind: "mlp", hidden: [300, 300], activation: "gated" },
    latentDim: 40,
  },
  "gated convolutions": { architecture: { ...SMALL, activation: "gated" } },
  "a learned variance for each pixel": {
    architecture: SMALL,
    objective: { reconstruction: "gaussian", variance: "pixel" },
  },
  "a learned variance for each pixel, mlp": {
    architecture: { kind: "mlp", hidden: [8] },
    objective: { reconstruction: "gaussian", variance: "pixel" },
    data: { channels: 3 },
  },
  "a learned variance that all pixels share": {
    architecture: SMALL,
    objective: { reconstruction: "gaussian", variance: "shared" },
  },
};
for (const activation of ["linear", "relu", "leakyRelu", "elu", "silu", "tanh"]) {
  CASES[`conv with ${activation}`] = { architecture: { ...SMALL, activation } };
  CASES[`mlp with ${activation}`] = { architecture: { kind: "mlp", hidden: [9], activation } };
}
for (const normalization of ["layer", "batch"]) {
  CASES[`conv with ${normalization} normalisation`] = { architecture: { ...SMALL, normalization } };
  CASES[`mlp with ${normalization} normalisation`] = { architecture: { kind: "mlp", hidden: [9], normalization } };
}
for (const imageSize of [28, 32, 45, 64, 128]) {
  for (const channels of [1, 3]) {
    const data = { imageSize, channels };
    CASES[`conv at ${imageSize} pixels, ${channels} channels`] = { data, architecture: SMALL };
    CASES[`mlp at ${imageSize} pixels, ${channels} channels`] = { data, architecture: { kind: "mlp", hidden: [9] } };
  }
}
CASES["continuous Bernoulli"] = { architecture: SMALL, objective: { reconstruction: "continuous-bernoulli" } };
for (const [kernel, stride] of [[1, 1], [1, 2], [2, 2], [3, 1], [4, 2], [5, 2], [2, 3], [1, 4], [5, 3]]) {
  const architecture = { ...SMALL, kernel, stride };
  CASES[`kernel ${kernel} at stride ${stride}`] = { architecture, data: { imageSize: 29 } };
}

for (const [name, values] of Object.entries(CASES)) {
  Deno.test(`exportModel() does in onnxruntime what tfjs does: ${name}`, async () => {
    const certificate = await checkParity(await paritySides(values));
    assert(certificate.imageMaxAbsolute <= 1e-5);
    assert(certificate.logitsMaxRelative <= 1e-5);
    assert(certificate.muMaxRelative <= 1e-5);
  });

  Deno.test(`exportModel() writes each parameter once and no other initialiser: ${name}`, () => {
    const { architecture, parameters } = made(values);
    const { encoder, decoder } = exportModel(architecture, parameters, { name: "a", config: {}, dataset: "b" });
    const written = [encoder, decoder].flatMap((bytes) => decodeModel(bytes).graph.initializer);
    assertEquals(
      written.map(({ name }) => name!).sort(),
      architecture.parameters.map(({ name }) => name).sort(),
    );
    for (const { name, rawData } of written) {
      const numbers = new Float32Array(rawData.slice().buffer).sort();
      assertEquals(numbers, parameters[name!]!.data.toSorted());
    }
  });
}

Deno.test("exportModel() puts name, format, version, config and dataset into both files", () => {
  const { architecture, parameters } = made({ architecture: SMALL });
  const config = { latentDim: 20, nested: { π: [1, 2] } };
  const model = exportModel(architecture, parameters, { name: "clothes", config, dataset: "fashion-mnist" });
  for (const bytes of [model.encoder, model.decoder]) {
    const { config: json, ...rest } = readMetadata(bytes);
    assertEquals(rest, { name: "clothes", format: "latentboard", version: "1", dataset: "fashion-mnist" });
    assertEquals(JSON.parse(json!), config);
    assertEquals(decodeModel(bytes).opsetImport.map(({ version }) => version), [BigInt(OPSET)]);
  }
  assertEquals(model.opset, OPSET);
});

Deno.test("exportModel() names a parameter that is missing or of another shape", () => {
  const { architecture, parameters } = made({ architecture: SMALL });
  const { "encoder/mu/bias": bias, ...rest } = parameters;
  const metadata = { name: "a", config: {}, dataset: "b" };
  assertThrows(() => exportModel(architecture, rest, metadata), TypeError, '"encoder/mu/bias" is missing');
  const wrong = { ...rest, "encoder/mu/bias": { ...bias!, shape: [5, 4] } };
  assertThrows(() => exportModel(architecture, wrong, metadata), TypeError, '"encoder/mu/bias" is [5,4]');
});

Deno.test("readMetadata() refuses what is no ONNX model", () => {
  const { architecture, parameters } = made({ architecture: SMALL });
  const { encoder } = exportModel(architecture, parameters, { name: "a", config: {}, dataset: "b" });
  for (const bytes of [new Uint8Array(), encoder.subarray(0, 100), new TextEncoder().encode("<html></html>")]) {
    const error = assertThrows(() => readMetadata(bytes), LatentboardError);
    assertEquals(error.kind, "damaged");
  }
});
