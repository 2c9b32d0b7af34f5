import { assert, assertEquals, assertNotEquals, assertThrows } from "deno-std/assert/mod.js";
import { buildModel, buildNetwork } from "../../lib/vae/model.ts";
import { type ConfigValues, parseConfig } from "../../lib/vae/config.ts";
import { outputShape, product } from "../../lib/vae/layers.ts";
import { checkParameters, initialParameters } from "../../lib/vae/parameters.ts";

const build = (values: ConfigValues) => buildModel(parseConfig(values));
const shapesOf = (values: ConfigValues) =>
  Object.fromEntries(build(values).parameters.map(({ name, shape }) => [name, shape.join("x")]));

Deno.test("buildModel() declares the default conv 32-64-256-20", () => {
  assertEquals(shapesOf({}), {
    "encoder/conv1/kernel": "3x3x1x32",
    "encoder/conv1/bias": "32",
    "encoder/conv2/kernel": "3x3x32x64",
    "encoder/conv2/bias": "64",
    "encoder/dense1/kernel": "3136x256",
    "encoder/dense1/bias": "256",
    "encoder/mu/kernel": "256x20",
    "encoder/mu/bias": "20",
    "encoder/logvar/kernel": "256x20",
    "encoder/logvar/bias": "20",
    "decoder/dense1/kernel": "20x256",
    "decoder/dense1/bias": "256",
    "decoder/dense2/kernel": "256x3136",
    "decoder/dense2/bias": "3136",
    "decoder/conv1/kernel": "3x3x32x64",
    "decoder/conv1/bias": "32",
    "decoder/logits/kernel": "3x3x1x32",
    "decoder/logits/bias": "1",
  });
});

Deno.test("buildModel() declares two gated layers of 300 with 40 latents", () => {
  const shapes = shapesOf({ architecture: { kind: "mlp", hidden: [300, 300], activation: "gated" }, latentDim: 40 });
  assertEquals(shapes["encoder/dense1/gate/kernel"], "784x300");
  assertEquals(shapes["encoder/dense2/kernel"], "300x300");
  assertEquals(shapes["decoder/dense1/kernel"], "40x300");
  assertEquals(shapes["decoder/logits/kernel"], "300x784");
  assertEquals(shapes["encoder/mu/gate/kernel"], undefined);
});

for (const imageSize of [28, 32, 45, 64, 128]) {
  for (const channels of [1, 3]) {
    Deno.test(`buildModel() fits ${imageSize}x${imageSize} pictures of ${channels} channels`, () => {
      for (const kind of ["conv", "mlp"]) {
        const config = parseConfig({ data: { imageSize, channels }, architecture: { kind } });
        const { decoder, heads } = buildNetwork(config, 20);
        const sides = [...decoder, ...heads.logits];
        let shape: readonly number[] = [20];
        for (const layer of sides) shape = outputShape(layer, shape);
        assertEquals(shape, [imageSize, imageSize, channels]);
      }
    });
  }
}

Deno.test("buildModel() goes back through the encoder's odd sizes", () => {
  const config = parseConfig({ data: { imageSize: 45 }, architecture: { filters: [4, 8, 8] } });
  const sizes = buildNetwork(config, 20).decoder
    .flatMap((layer) => layer.kind === "conv2dTranspose" ? [layer.height] : []);
  assertEquals(sizes, [12, 23]); // 45, 23, 12, 6 on the way down
});

Deno.test("buildModel() adds the logvar that the Gaussian likelihood learns, and no other", () => {
  assertEquals(shapesOf({})["decoder/logvar/value"], undefined);
  assertEquals(shapesOf({ objective: { reconstruction: "gaussian" } })["decoder/logvar/value"], "1");
  const pixel = shapesOf({ objective: { reconstruction: "gaussian", variance: "pixel" } });
  assertEquals(pixel["decoder/logvar/kernel"], "3x3x1x32");
});

Deno.test("outputShape() refuses a transpose to a size that does not shrink back", () => {
  assertThrows(
    () =>
      outputShape({
        kind: "conv2dTranspose",
        name: "up",
        filters: 1,
        kernel: 3,
        stride: 2,
        height: 15,
        width: 14,
        activation: "relu",
      }, [7, 7, 4]),
    RangeError,
    'layer "up": 15x14 does not shrink to 7x7',
  );
});

Deno.test("initialParameters() repeats for a seed and differs between seeds, parameters and gates", () => {
  const model = build({ architecture: { kind: "mlp", hidden: [30], activation: "gated" } });
  const [first, again, other] = [1, 1, 2].map((seed) => initialParameters(model, seed));
  assertEquals(first, again);
  const name = "encoder/dense1/kernel";
  assertNotEquals(first![name], other![name]);
  assertNotEquals(first![name], first!["encoder/dense1/gate/kernel"]);
  checkParameters(model, first!);
});

Deno.test("initialParameters() keeps a parameter's numbers when other layers come and go", () => {
  const small = initialParameters(build({ architecture: { hidden: [16] } }), 1);
  const large = initialParameters(build({ architecture: { hidden: [16, 8] } }), 1);
  assertEquals(small["encoder/dense1/kernel"], large["encoder/dense1/kernel"]);
});

Deno.test("initialParameters() spreads kernels evenly within sqrt(6 / fan) and starts biases at 0", () => {
  const model = build({});
  const values = initialParameters(model, 1);
  for (const { name, shape, initializer } of model.parameters) {
    const { data } = values[name]!;
    assertEquals(data.length, product(shape));
    if (initializer.kind === "constant") {
      assert(data.every((value) => value === initializer.value), name);
      continue;
    }
    const { kind, fanIn, fanOut } = initializer;
    const limit = Math.sqrt(6 / (kind === "heUniform" ? fanIn : fanIn + fanOut));
    const mean = data.reduce((a, b) => a + b, 0) / data.length;
    const variance = data.reduce((a, b) => a + b * b, 0) / data.length;
    assert(data.every((value) => Math.abs(value) <= limit), name);
    assert(Math.abs(mean) < 5 * limit / Math.sqrt(3 * data.length), name);
    assert(Math.abs(variance / (limit ** 2 / 3) - 1) < 5 / Math.sqrt(data.length), name);
  }
});

Deno.test("checkParameters() names what is missing, left over or misshapen", () => {
  const model = build({ architecture: { kind: "mlp", hidden: [4] } });
  const values = initialParameters(model, 1);
  const name = "decoder/logits/bias";
  const { [name]: bias, ...rest } = values;
  assertThrows(() => checkParameters(model, rest), TypeError, `"${name}" is missing`);
  assertThrows(
    () => checkParameters(model, { ...values, extra: bias! }),
    TypeError,
    'no layer has "extra"',
  );
  assertThrows(
    () => checkParameters(model, { ...rest, [name]: { shape: [783], data: new Float32Array(783) } }),
    TypeError,
    `"${name}" is [783], it must be [784]`,
  );
});
