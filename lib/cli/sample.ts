// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task sample`: pictures from seeds. */
import { splitBitmaps } from "../imaging/mod.ts";
import { readLatentMap } from "../model/mod.ts";
import { SAMPLER_NAMES } from "../protocol.ts";
import { SAMPLERS } from "../sampling/mod.ts";
import { type CommandSpec, type ParsedCommand, readSettings } from "../settings.ts";
import { runCommand } from "./support/command.ts";
import { LATENT_FORMATS, writeLatents } from "./support/latent_files.ts";
import { withModel } from "./support/opened_model.ts";
import {
  choiceOption,
  integerOption,
  numberOption,
  refuseExtraArguments,
  requiredArgument,
  stringOption,
} from "./support/options.ts";
import { gridOf, OUTPUT_OPTIONS, outputPath, writeGrid } from "./support/output.ts";

export const SAMPLE: CommandSpec = {
  name: "sample",
  summary: "Draws pictures from a model and lays them out as one PNG.",
  arguments: "<model>",
  options: {
    count: { kind: "number", value: "<n>", help: "how many pictures", default: "64" },
    columns: { kind: "number", value: "<n>", help: "pictures per row", default: "8" },
    seed: { kind: "number", value: "<n>", help: "the same seed gives the same pictures", default: "1" },
    sampler: {
      kind: "string",
      value: "prior|gmm",
      help: "the prior, or a mixture fitted to where the model put its pictures",
      default: "prior",
    },
    temperature: { kind: "number", value: "<t>", help: "spread of the draws, 0 to 2", default: "1" },
    latents: { kind: "string", value: "<file>", help: `also write the latents, to ${LATENT_FORMATS.join(" or ")}` },
    ...OUTPUT_OPTIONS,
  },
  examples: ["deno task sample fashion-mnist", "deno task sample fashion-mnist --sampler gmm --seed 7"],
};

export async function sample({ options, rest }: ParsedCommand): Promise<void> {
  const name = requiredArgument(rest, "<model>");
  refuseExtraArguments(rest, 1);
  const count = integerOption(options, "count", 64, { min: 1, max: 10_000 });
  const columns = integerOption(options, "columns", 8, { min: 1, max: 1000 });
  const seed = integerOption(options, "seed", 1);
  const temperature = numberOption(options, "temperature", 1, { max: 2 });
  const chosen = choiceOption(options, "sampler", SAMPLER_NAMES, "prior");
  await withModel(name, readSettings(options), async ({ document, runtime, models }) => {
    const path = outputPath(options, `${document.name}-samples-${chosen}-${seed}.png`, [".png"]);
    const latents = await SAMPLERS[chosen].fit({ document, readMap: () => readLatentMap(models, document) });
    const z = await latents.sample(seed, count, { temperature });
    const { pixels } = await runtime.decode(z, count);
    const text = {
      Software: "Latentboard",
      Description: `${count} samples of ${document.name}: sampler ${chosen}, seed ${seed}, temperature ${temperature}`,
    };
    await writeGrid(path, gridOf(splitBitmaps(pixels, document.image), columns, options), text);
    console.log(path);
    const file = stringOption(options, "latents");
    if (file !== undefined) {
      await writeLatents(file, { count, dimensions: runtime.latentDim, columns: { z } });
      console.log(file);
    }
  });
}

if (import.meta.main) await runCommand(SAMPLE, sample);
