// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task traverse`: what each latent does, one row or tile per latent. */
import { extname } from "node:path";
import { LatentboardError } from "../errors.ts";
import { latentDimensions } from "../inference/mod.ts";
import { type Bitmap, splitBitmaps } from "../imaging/mod.ts";
import { orderByKl, samplePrior, traverse as along } from "../latent/mod.ts";
import { type CommandSpec, type ParsedCommand, readSettings } from "../settings.ts";
import { runCommand } from "./support/command.ts";
import { type OpenedModel, withModel } from "./support/opened_model.ts";
import {
  integerOption,
  integersOption,
  numberOption,
  refuseExtraArguments,
  requiredArgument,
} from "./support/options.ts";
import { ANIMATION_OPTIONS, gridOf, outputPath, writeAnimation, writeGrid } from "./support/output.ts";
import { choosePictures, DATA_OPTIONS } from "./support/pictures.ts";

export const TRAVERSE: CommandSpec = {
  name: "traverse",
  summary: "Moves one latent at a time: a PNG with a row per latent, or an animation with a tile per latent.",
  arguments: "<model> [picture]",
  options: {
    dimensions: {
      kind: "list",
      value: "<list>",
      help: "which latents, such as 3,0,7; the 10 most active by default",
    },
    steps: { kind: "number", value: "<n>", help: "pictures per latent", default: "11" },
    range: { kind: "number", value: "<z>", help: "from minus to plus this", default: "3" },
    seed: { kind: "number", value: "<n>", help: "begin at a draw from the prior; at its mean by default" },
    index: { kind: "number", value: "<n>", help: "begin at a picture of the dataset" },
    ...DATA_OPTIONS,
    ...ANIMATION_OPTIONS,
  },
  examples: [
    "deno task traverse fashion-mnist",
    "deno task traverse fashion-mnist --index 5 --out traversal.gif",
  ],
};

export async function traverse(command: ParsedCommand): Promise<void> {
  const { options, rest } = command;
  const name = requiredArgument(rest, "<model>");
  refuseExtraArguments(rest, 2);
  const steps = integerOption(options, "steps", 11, { min: 2, max: 200 });
  const range = numberOption(options, "range", 3, { max: 100 });
  await withModel(name, readSettings(options), async (model) => {
    const { document, runtime } = model;
    const path = outputPath(options, `${document.name}-traversal.png`, [".png", ".gif", ".webp"]);
    const dimensions = integersOption(options, "dimensions", { max: runtime.latentDim - 1 }) ??
      orderByKl(latentDimensions(document)).slice(0, 10).map(({ index }) => index);
    const values = Array.from({ length: steps }, (_, i) => range * (2 * i / (steps - 1) - 1));
    const begin = await beginning(model, command);
    const rows: Bitmap[][] = [];
    for (const dimension of dimensions) {
      const { pixels } = await runtime.decode(along(begin, dimension, values), steps);
      rows.push(splitBitmaps(pixels, document.image));
    }
    if (extname(path).toLowerCase() === ".png") {
      const Description = `Latents ${dimensions.join(", ")} of ${document.name} from ${-range} to ${range}`;
      await writeGrid(path, gridOf(rows.flat(), steps, options), { Software: "Latentboard", Description });
    } else {
      const columns = Math.ceil(Math.sqrt(dimensions.length));
      const there = values.map((_, step) => gridOf(rows.map((row) => row[step]!), columns, options));
      await writeAnimation(path, [...there, ...there.slice(1, -1).reverse()], options);
    }
    console.log(`${path}: latents ${dimensions.join(", ")}`);
  });
}

async function beginning({ document, runtime }: OpenedModel, { options, rest }: ParsedCommand): Promise<Float32Array> {
  const files = rest.slice(1);
  const given = [
    files.length > 0 && "a picture",
    options.seed !== undefined && "--seed",
    options.index !== undefined && "--index",
  ]
    .filter((way) => way !== false);
  if (given.length > 1) throw new LatentboardError("invalid", `Choose one beginning: ${given.join(" or ")}`);
  if (options.seed !== undefined) return samplePrior(integerOption(options, "seed", 1), 1, runtime.latentDim);
  if (given.length === 0) return new Float32Array(runtime.latentDim);
  const { pixels } = await choosePictures(document, files, options, readSettings(options), (all) => {
    return Uint32Array.of(integerOption(options, "index", 0, { max: all - 1 }));
  });
  return (await runtime.encode(pixels, 1)).mu;
}

if (import.meta.main) await runCommand(TRAVERSE, traverse);
