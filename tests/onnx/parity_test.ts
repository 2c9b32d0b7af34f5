import { assert, assertEquals, assertMatch, assertRejects } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { checkParity, PARITY_LIMITS, type ParityInput } from "../../lib/onnx/mod.ts";
import { paritySides } from "./_sides.ts";

const TINY = { architecture: { kind: "conv", filters: [3, 4], hidden: [6] }, latentDim: 3 };

Deno.test("checkParity() certifies an export that does what the engine does", async () => {
  const certificate = await checkParity(await paritySides(TINY));
  assertEquals([certificate.engine, certificate.samples, certificate.limits], ["tfjs cpu", 2, PARITY_LIMITS]);
  assert(certificate.imageMaxAbsolute > 0 && certificate.imageMaxAbsolute <= 1e-5);
});

const ALTERED: readonly (readonly [parameter: string, output: RegExp])[] = [
  ["encoder/conv1/kernel", / mu\[\d+\] is /],
  ["encoder/logvar/bias", / logvar\[1\] is /],
  ["decoder/dense1/kernel", / logits\[\d+\] is /],
  ["decoder/logits/bias", / logits\[\d+\] is /],
];
for (const [name, output] of ALTERED) {
  Deno.test(`checkParity() refuses an export with one altered number of ${name}, and says where`, async () => {
    const sides = await paritySides(TINY, (parameters) => {
      const { data } = parameters[name]!;
      const index = data.length > 1 ? 1 : 0;
      data[index] = data[index]! + 0.05;
    });
    const error = await assertRejects(() => checkParity(sides), LatentboardError);
    assertEquals(error.kind, "damaged");
    assertMatch(error.message, output);
    assertMatch(error.message, /is -?\d[\d.e-]* in the training engine and -?\d[\d.e-]* in ONNX, a difference of/);
  });
}

/** Sides that answer what they are told, one number each. */
function fixed(engine: Partial<Record<Output, number[]>>, onnx: Partial<Record<Output, number[]>>): ParityInput {
  const side = (outputs: Partial<Record<Output, number[]>>) => {
    const of = (output: Output) => Float32Array.from(outputs[output] ?? [0.5]);
    return {
      encode: () => Promise.resolve({ mu: of("mu"), logvar: of("logvar") }),
      decode: () => Promise.resolve({ logits: of("logits"), image: of("image") }),
    };
  };
  return { engine: { name: "fixed", ...side(engine) }, onnx: side(onnx), pixels: new Uint8Array(1), count: 1 };
}
type Output = "mu" | "logvar" | "logits" | "image";

Deno.test("checkParity() measures mu and logits relative to the engine's largest number, the image absolutely", async () => {
  const certificate = await checkParity(fixed(
    { mu: [0, -128], logits: [64, 0], image: [0.5, 0.25] },
    { mu: [0.0078125, -128], logits: [64, 0.0009765625], image: [0.5, 0.25 + 2 ** -18] },
  ));
  assertEquals(certificate.muMaxRelative, 0.0078125 / 128);
  assertEquals(certificate.logitsMaxRelative, 0.0009765625 / 64);
  assertEquals(certificate.imageMaxAbsolute, 2 ** -18);
});

Deno.test("checkParity() refuses an image that is 2e-5 away", async () => {
  const sides = fixed({ image: [0.1, 0.5] }, { image: [0.1, 0.50002] });
  const error = await assertRejects(() => checkParity(sides), LatentboardError);
  assertMatch(error.message, /image\[1\] is 0\.5 in the training engine and 0\.5000\d* in ONNX/);
});

Deno.test("checkParity() refuses NaN, infinity and another size on either side", async () => {
  for (const wrong of [[NaN], [Infinity], [0.5, 0.5]]) {
    for (const output of ["mu", "logvar", "logits", "image"] as const) {
      await assertRejects(() => checkParity(fixed({}, { [output]: wrong })), LatentboardError, output);
      await assertRejects(() => checkParity(fixed({ [output]: wrong }, {})), LatentboardError, output);
    }
  }
});

Deno.test("checkParity() needs a picture", async () => {
  await assertRejects(() => checkParity({ ...fixed({}, {}), count: 0 }), RangeError, "at least one is needed");
});
