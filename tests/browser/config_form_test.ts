import { assert, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import {
  allFields,
  describeForm,
  fieldText,
  parseField,
  valueAt,
  withValue,
} from "../../lib/browser/train/config_form.ts";
import { trainingForm } from "../../lib/runs/mod.ts";
import { parseConfig } from "../../lib/vae/mod.ts";

const { schema, presets, defaults } = trainingForm();

function fieldOf(path: string, values = defaults) {
  const field = allFields(describeForm(schema, values)).find((other) => other.path === path);
  if (field === undefined) throw new Error(`The form has no ${path}`);
  return field;
}

Deno.test("describeForm() has each setting with its range, default and sentence", () => {
  const { kind, minimum, maximum, optional, help } = fieldOf("latentDim");
  assertEquals([kind, minimum, maximum, optional], ["integer", 1, 1024, false]);
  assert(help.length > 10);
  assertEquals(fieldOf("optimizer.kind").kind, "choice");
  assertEquals(fieldOf("optimizer.learningRate").exclusive, true);
  assertEquals(fieldOf("epochs").maximum, 100_000);
  assertEquals(fieldOf("seed").minimum, 0);
  assertEquals(fieldOf("data.imageSize").optional, true);
  for (const { path, help } of allFields(describeForm(schema, defaults))) {
    assert(help !== "", `${path} has no sentence`);
  }
});

Deno.test("describeForm() shows the settings of the chosen kind", () => {
  const mlp = withValue(defaults, "architecture", { kind: "mlp" });
  const paths = (values: typeof defaults) => allFields(describeForm(schema, values)).map(({ path }) => path);
  assert(paths(defaults).includes("architecture.filters"));
  assert(!paths(mlp).includes("architecture.filters") && paths(mlp).includes("architecture.hidden"));
  const choices = fieldOf("architecture.kind", mlp).choices ?? [];
  assert(choices.includes("conv") && choices.includes("mlp"));
});

Deno.test("what a field shows is what it reads, for every setting of every preset", () => {
  for (const { config } of presets) {
    let copy: typeof config = config;
    for (const field of allFields(describeForm(schema, config))) {
      copy = withValue(copy, field.path, parseField(field, fieldText(valueAt(config, field.path))));
    }
    assertEquals(parseConfig(copy), parseConfig(config));
  }
});

Deno.test("parseField() reads numbers, lists and choices, and refuses what is none", () => {
  assertEquals(parseField(fieldOf("optimizer.learningRate"), "1e-3"), 0.001);
  assertEquals(parseField(fieldOf("architecture.filters"), "[16, 32]"), [16, 32]);
  assertEquals(parseField(fieldOf("data.channels"), "3"), 3);
  assertEquals(parseField(fieldOf("data.imageSize"), " "), undefined);
  assertThrows(() => parseField(fieldOf("epochs"), "many"), RangeError, "no number");
});

Deno.test("withValue() changes one setting and leaves the rest", () => {
  const changed = withValue({ a: { b: 1, c: 2 } }, "a.b", 3);
  assertEquals(changed, { a: { b: 3, c: 2 } });
  assertEquals(withValue(changed, "a.b", undefined), { a: { c: 2 } });
  assertEquals(withValue({}, "a.b", 1), { a: { b: 1 } });
});
