import { assert, assertEquals } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { listModels } from "../../lib/model/mod.ts";
import { type CommandSpec, parseCommand } from "../../lib/settings.ts";
import { parseConfig } from "../../lib/vae/config.ts";
import { ROOT } from "./_training.ts";

const COMMANDS = [
  "compare",
  "data",
  "encode",
  "evaluate",
  "interpolate",
  "reconstruct",
  "sample",
  "scorecard",
  "share",
  "train",
  "traverse",
  "visualize",
];

for (const name of COMMANDS) {
  Deno.test(`the examples of ${name} are command lines that it takes, of models and files that ship`, async () => {
    const exported = Object.values(await import(`../../lib/cli/${name}.ts`)) as unknown[];
    const spec = exported.find((value): value is CommandSpec =>
      typeof value === "object" && value !== null && "examples" in value && (value as CommandSpec).name === name
    );
    if (spec === undefined) throw new Error(`lib/cli/${name}.ts exports no specification`);
    assert(spec.examples!.length > 0);
    const models = await listModels(join(ROOT, "models"));
    for (const example of spec.examples!) {
      const [deno, task, command, ...args] = example.split(" ");
      assertEquals([deno, task, command], ["deno", "task", name]);
      const { options, rest } = parseCommand(spec, args);
      const named = ["data", "scorecard", "train"].includes(name) ? [] : rest;
      for (const model of named.filter((argument) => !/^latest$|\.(png|jpg)$/.test(argument))) {
        assert(models.includes(model), `${example}: ${model} does not ship`);
      }
      if (typeof options.config === "string") parseConfig(await Deno.readTextFile(join(ROOT, options.config)));
    }
  });
}
