import { assert, assertEquals } from "deno-std/assert/mod.js";
import { checkParity } from "../../lib/onnx/mod.ts";
import { ModelFunctions } from "../../lib/pipeline/functions.ts";
import type { ConfigValues } from "../../lib/vae/mod.ts";
import { ignore, tensorflow } from "../tensorflow/_engine.ts";
import { tf, wave } from "../vae/_tensors.ts";
import { made, onnxSide } from "./_sides.ts";

const conv = { kind: "conv", filters: [3, 4], hidden: [6] };
const mlp = { kind: "mlp", hidden: [9] };
const CASES: Record<string, ConfigValues> = {
  "conv at 45 pixels in colour": { architecture: conv, data: { imageSize: 45, channels: 3 } },
  "conv at 28 pixels": {},
  "kernel 5 at stride 3": { architecture: { ...conv, kernel: 5, stride: 3 } },
  "shared variance": { architecture: conv, objective: { reconstruction: "gaussian" } },
  "pixel variance": { architecture: mlp, objective: { reconstruction: "gaussian", variance: "pixel" } },
};
for (const activation of ["relu", "leakyRelu", "elu", "silu", "tanh", "gated"]) {
  CASES[`conv with ${activation}`] = { architecture: { ...conv, activation } };
  CASES[`mlp with ${activation}`] = { architecture: { ...mlp, activation } };
}
for (const normalization of ["layer", "batch"]) {
  CASES[`conv with ${normalization} normalisation`] = { architecture: { ...conv, normalization } };
  CASES[`mlp with ${normalization} normalisation`] = { architecture: { ...mlp, normalization } };
}

for (const [name, values] of Object.entries(CASES)) {
  Deno.test({
    name: `exportModel() does in onnxruntime what TensorFlow does: ${name}`,
    ignore,
    async fn() {
      await tf.setBackend("tensorflow");
      const { architecture, parameters } = made(values);
      const functions = new ModelFunctions(architecture, parameters);
      const { height, width, channels } = architecture.image;
      const count = 3;
      const certificate = await checkParity({
        engine: {
          name: `tensorflow ${tensorflow().version}`,
          encode: (pixels, count) => functions.encode(pixels, count),
          decode: (z, count) => functions.decode(z, count),
        },
        onnx: await onnxSide(architecture, parameters),
        pixels: Uint8Array.from(wave(count * height * width * channels), (value) => 127.5 * (value + 1)),
        count,
      });
      functions.dispose();
      assertEquals(certificate.samples, count);
      assert(Math.max(certificate.logitsMaxRelative, certificate.muMaxRelative) <= 1e-5);
    },
  });
}
