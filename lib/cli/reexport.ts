// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task reexport`: writes a model's graphs once more with today's exporter. */
import { type CommandSpec, readSettings } from "../settings.ts";
import { runCommand } from "./support/command.ts";
import { findModel } from "./support/opened_model.ts";
import { requiredArgument } from "./support/options.ts";

const REEXPORT: CommandSpec = {
  name: "reexport",
  summary: "Writes a model's ONNX graphs once more with today's exporter, which graphics cards run whole.",
  arguments: "<model...>",
  options: {},
  examples: ["deno task reexport fashion-mnist"],
};

if (import.meta.main) {
  await runCommand(REEXPORT, async ({ options, rest }) => {
    requiredArgument(rest, "<model>");
    const settings = readSettings(options);
    const { reexportModel } = await import("../pipeline/reexport.ts");
    for (const written of rest) {
      const { models, name } = await findModel(written, settings);
      const { differentPixels } = await reexportModel(models, name);
      console.log(`${name}: the same numbers bit for bit, ${differentPixels} pixels rounded the other way`);
    }
  });
}
