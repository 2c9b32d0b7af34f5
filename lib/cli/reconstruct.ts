// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task reconstruct`: pictures over what the model makes of them. */
import { evenlySpacedIndices } from "../dataset/evenly_spaced.ts";
import { meanSquaredError, peakSignalToNoise, splitBitmaps } from "../imaging/mod.ts";
import { type CommandSpec, type ParsedCommand, readSettings } from "../settings.ts";
import { runCommand } from "./support/command.ts";
import { withModel } from "./support/opened_model.ts";
import { integerOption, requiredArgument } from "./support/options.ts";
import { gridOf, OUTPUT_OPTIONS, outputPath, writeGrid } from "./support/output.ts";
import { choosePictures, DATA_OPTIONS } from "./support/pictures.ts";

export const RECONSTRUCT: CommandSpec = {
  name: "reconstruct",
  summary: "Lays pictures over their reconstructions, as one PNG.",
  arguments: "<model> [pictures...]",
  options: {
    count: { kind: "number", value: "<n>", help: "how many of the dataset's pictures", default: "16" },
    columns: { kind: "number", value: "<n>", help: "pictures per row", default: "8" },
    ...DATA_OPTIONS,
    ...OUTPUT_OPTIONS,
  },
  examples: ["deno task reconstruct fashion-mnist", "deno task reconstruct fashion-mnist shoe.png coat.jpg"],
};

export async function reconstruct({ options, rest }: ParsedCommand): Promise<void> {
  const name = requiredArgument(rest, "<model>");
  const wanted = integerOption(options, "count", 16, { min: 1, max: 10_000 });
  const settings = readSettings(options);
  await withModel(name, settings, async ({ document, runtime }) => {
    const path = outputPath(options, `${document.name}-reconstructions.png`, [".png"]);
    const pictures = await choosePictures(
      document,
      rest.slice(1),
      options,
      settings,
      (all) => evenlySpacedIndices(all, wanted),
    );
    const { count, pixels, names } = pictures;
    const { mu } = await runtime.encode(pixels, count);
    const { pixels: made } = await runtime.decode(mu, count);
    const columns = Math.min(integerOption(options, "columns", 8, { min: 1, max: 1000 }), count);
    const [originals, reconstructions] = [splitBitmaps(pixels, document.image), splitBitmaps(made, document.image)];
    const blank = { ...originals[0]!, data: new Uint8Array(originals[0]!.data.length).fill(255) };
    const rows = Array.from({ length: Math.ceil(count / columns) }, (_, row) => {
      return [originals, reconstructions].flatMap((all) => {
        return Array.from({ length: columns }, (_, column) => all[row * columns + column] ?? blank);
      });
    });
    const mse = meanSquaredError(pixels, made);
    await writeGrid(path, gridOf(rows.flat(), columns, options), {
      Software: "Latentboard",
      Description: `Reconstructions by ${document.name} of ${names.slice(0, 100).join(", ")}`,
    });
    console.log(path);
    console.log(`MSE ${mse.toFixed(5)}, PSNR ${peakSignalToNoise(mse).toFixed(2)} dB, over ${count} pictures`);
  });
}

if (import.meta.main) await runCommand(RECONSTRUCT, reconstruct);
