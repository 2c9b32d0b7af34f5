// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task encode`: where pictures lie in latent space, as NPY or CSV. */
import { extname } from "node:path";
import { type CommandSpec, type ParsedCommand, readSettings } from "../settings.ts";
import { runCommand } from "./support/command.ts";
import { LATENT_FORMATS, writeLatents } from "./support/latent_files.ts";
import { withModel } from "./support/opened_model.ts";
import { choiceOption, integerOption, requiredArgument } from "./support/options.ts";
import { OUTPUT_FOLDER, outputPath } from "./support/output.ts";
import { choosePictures, DATA_OPTIONS } from "./support/pictures.ts";

export const ENCODE: CommandSpec = {
  name: "encode",
  summary: "Writes where pictures lie in a model's latent space, to a CSV with names and labels or to an NPY.",
  arguments: "<model> [pictures...]",
  options: {
    limit: { kind: "number", value: "<n>", help: "at most so many of the dataset's pictures; all by default" },
    values: {
      kind: "string",
      value: "mu|logvar",
      help: "what an NPY holds, float32 [pictures, latents]; a CSV holds both",
      default: "mu",
    },
    out: { kind: "string", value: "<file>", help: `where they go, .csv or .npy; ${OUTPUT_FOLDER}/ by default` },
    ...DATA_OPTIONS,
  },
  examples: [
    "deno task encode fashion-mnist --out latents.npy",
    "deno task encode fashion-mnist --split train --limit 1000",
    "deno task encode fashion-mnist shoe.png coat.jpg",
  ],
};

export async function encode({ options, rest }: ParsedCommand): Promise<void> {
  const name = requiredArgument(rest, "<model>");
  const settings = readSettings(options);
  const values = choiceOption(options, "values", ["mu", "logvar"] as const, "mu");
  await withModel(name, settings, async ({ document, runtime }) => {
    const path = outputPath(options, `${document.name}-latents.csv`, LATENT_FORMATS);
    const limit = integerOption(options, "limit", undefined, { min: 1 });
    const pictures = await choosePictures(document, rest.slice(1), options, settings, (all) => {
      return Uint32Array.from({ length: Math.min(limit ?? all, all) }, (_, i) => i);
    });
    const { count, pixels, names, labels, labelNames } = pictures;
    const { mu, logvar } = await runtime.encode(pixels, count);
    await writeLatents(path, {
      count,
      dimensions: runtime.latentDim,
      columns: extname(path).toLowerCase() === ".csv" ? { mu, logvar } : { [values]: { mu, logvar }[values] },
      words: {
        picture: names,
        ...(labels === undefined ? {} : { label: Array.from(labels, (label) => labelNames[label]!) }),
      },
    });
    console.log(`${path}: ${count} pictures, ${runtime.latentDim} latents`);
  });
}

if (import.meta.main) await runCommand(ENCODE, encode);
