import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import fc from "fast-check";
import { LatentboardError } from "../../lib/errors.ts";
import { readRecipe, type Recipe, writeRecipe } from "../../lib/gallery/mod.ts";

const SHA256 = "0123456789abcdef".repeat(4);
const RECIPE: Recipe = { model: "tiny", decoderSha256: SHA256, z: Float32Array.of(0.1, -2.5), seed: 7 };

const recipes = fc.record({
  model: fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  decoderSha256: fc.stringMatching(/^[0-9a-f]{64}$/),
  z: fc.float32Array({ minLength: 1, maxLength: 40, noNaN: true, noDefaultInfinity: true }),
  seed: fc.maxSafeNat(),
}, { requiredKeys: ["model", "decoderSha256", "z"] });

Deno.test("writeRecipe() writes plain text that names the format's version", () => {
  assertEquals(writeRecipe(RECIPE), {
    Software: "Latentboard",
    Latentboard: `{"version":1,"model":"tiny","decoderSha256":"${SHA256}","z":"zczMPQAAIMA=","seed":7}`,
  });
});

Deno.test("readRecipe() gives back what writeRecipe() wrote, every bit of z", () => {
  fc.assert(fc.property(recipes, (recipe) => {
    const read = readRecipe(writeRecipe(recipe))!;
    assertEquals({ ...read, z: [...new Uint32Array(read.z.buffer)] }, {
      ...recipe,
      z: [...new Uint32Array(recipe.z.slice().buffer)],
    });
  }));
});

Deno.test("readRecipe() finds none in pictures that have none", () => {
  assertEquals(readRecipe({}), undefined);
  assertEquals(readRecipe({ Software: "Latentboard", Comment: "hello" }), undefined);
  assertEquals(readRecipe(Object.create({ Latentboard: "inherited" })), undefined);
});

Deno.test("readRecipe() refuses a recipe of a later version", () => {
  const error = assertThrows(() => readRecipe({ Latentboard: '{"version":2}' }), LatentboardError, "newer Latentboard");
  assertEquals(error.kind, "unsupported");
});

Deno.test("readRecipe() refuses every damaged field", () => {
  const json = JSON.parse(writeRecipe(RECIPE).Latentboard!);
  const damages: Record<string, unknown>[] = [
    { version: 0 },
    { version: "1" },
    { model: "../../etc/passwd" },
    { model: 5 },
    { decoderSha256: SHA256.toUpperCase() },
    { z: "" },
    { z: "AADAfw==" },
    { z: [1, 2] },
    { seed: -1 },
    { seed: 1.5 },
    { seed: "1" },
  ];
  for (const damage of damages) {
    const error = assertThrows(
      () => readRecipe({ Latentboard: JSON.stringify({ ...json, ...damage }) }),
      LatentboardError,
    );
    assertEquals(error.kind, "damaged", JSON.stringify(damage));
  }
  for (const text of ["", "null", "[]", "{", "7", " ".repeat(2 ** 21)]) {
    assertThrows(() => readRecipe({ Latentboard: text }), LatentboardError, "can't be read");
  }
});

Deno.test("readRecipe() fails in Latentboard's own words whatever the text", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    try {
      readRecipe({ Latentboard: text });
    } catch (error) {
      assertEquals(error instanceof LatentboardError, true);
    }
  }));
});

Deno.test("writeRecipe() refuses what is no recipe, and names the field", () => {
  const faults: [Partial<Recipe>, string][] = [
    [{ model: "A b" }, "model"],
    [{ decoderSha256: "12" }, "decoderSha256"],
    [{ z: new Float32Array() }, "z"],
    [{ z: Float32Array.of(NaN) }, "z"],
    [{ seed: 2 ** 53 }, "seed"],
  ];
  for (const [fault, field] of faults) {
    const error = assertThrows(() => writeRecipe({ ...RECIPE, ...fault }), LatentboardError);
    assertEquals([error.kind, error.field], ["invalid", field]);
  }
});
