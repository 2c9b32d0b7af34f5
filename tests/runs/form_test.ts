import { assert, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { resolveConfig, trainingForm } from "../../lib/runs/mod.ts";
import { CONFIG_HELP } from "../../lib/vae/config_help.ts";

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly oneOf?: readonly Node[];
}

/** The path of each key, with its description. */
function keysOf(node: Node, path = ""): [string, string | undefined][] {
  return [
    ...(node.oneOf ?? []).flatMap((kind) => keysOf(kind, path)),
    ...Object.entries(node.properties ?? {}).flatMap(([key, value]): [string, string | undefined][] => {
      const below = path === "" ? key : `${path}.${key}`;
      return [[below, value.description], ...keysOf(value, below)];
    }),
  ];
}

Deno.test("each key of the configuration has a sentence, and each sentence a key", () => {
  const keys = keysOf(trainingForm().schema as Node);
  assert(keys.length > 50);
  assertEquals(keys.filter(([, description]) => description === undefined).map(([key]) => key), []);
  const known = new Set(keys.map(([key]) => key));
  assertEquals(Object.keys(CONFIG_HELP).filter((key) => !known.has(key)), []);
  for (const [key, sentence] of Object.entries(CONFIG_HELP)) assert(/^[A-Z0-9].*\.$/.test(sentence), key);
});

Deno.test("presets and defaults are whole configurations, and differ", () => {
  const { presets, defaults } = trainingForm();
  assertEquals(presets.map(({ name }) => name), ["quick", "good", "best"]);
  for (const { config } of [...presets, { config: defaults }]) {
    assertEquals(resolveConfig({ config }).config, config, "nothing is left to fill in");
  }
  const epochs = presets.map(({ config }) => config.epochs as number);
  assertEquals(epochs, epochs.toSorted((a, b) => a - b));
});

Deno.test("a configuration survives the way to YAML and back", () => {
  const { config, yaml } = resolveConfig({ yaml: "latentDim: 3\narchitecture:\n  kind: mlp\n  hidden: [8]\n" });
  assertEquals(config.latentDim, 3);
  assertEquals(resolveConfig({ yaml }).config, config);
  const fault = assertThrows(() => resolveConfig({ config: { optimizer: { learningRate: 0 } } }), LatentboardError);
  assertEquals(fault.field, "optimizer.learningRate");
  assertThrows(() => resolveConfig({}), LatentboardError, "Give either config or yaml");
});
