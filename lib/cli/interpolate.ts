// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/** `deno task interpolate`: the way between pictures, as an animation or a strip. */
import { extname } from "node:path";
import { LatentboardError } from "../errors.ts";
import { interpolate as between, samplePrior } from "../latent/mod.ts";
import { enlargeBitmap, splitBitmaps } from "../imaging/mod.ts";
import { type CommandSpec, type ParsedCommand, readSettings } from "../settings.ts";
import { runCommand } from "./support/command.ts";
import { withModel } from "./support/opened_model.ts";
import { choiceOption, integerOption, integersOption, requiredArgument } from "./support/options.ts";
import { ANIMATION_OPTIONS, gridOf, outputPath, writeAnimation, writeGrid } from "./support/output.ts";
import { choosePictures, DATA_OPTIONS } from "./support/pictures.ts";

export const INTERPOLATE: CommandSpec = {
  name: "interpolate",
  summary: "Goes from picture to picture through latent space: a GIF, an animated WebP, or a strip as PNG.",
  arguments: "<model> [pictures...]",
  options: {
    frames: { kind: "number", value: "<n>", help: "frames of the whole way", default: "48" },
    method: { kind: "string", value: "lerp|slerp", help: "straight, or along the sphere", default: "slerp" },
    seeds: { kind: "list", value: "<list>", help: "keys drawn from the prior, by seed, such as 1,2,3" },
    indices: { kind: "list", value: "<list>", help: "keys from the dataset, by place, such as 0,17", default: "0,1" },
    "one-way": { kind: "boolean", help: "don't come back to the first key" },
    ...DATA_OPTIONS,
    ...ANIMATION_OPTIONS,
  },
  examples: [
    "deno task interpolate fashion-mnist --indices 0,3,7",
    "deno task interpolate fashion-mnist --seeds 1,2 --frames 12 --out strip.png",
    "deno task interpolate fashion-mnist shoe.png coat.jpg --out way.webp",
  ],
};

export async function interpolate({ options, rest }: ParsedCommand): Promise<void> {
  const name = requiredArgument(rest, "<model>");
  const settings = readSettings(options);
  const method = choiceOption(options, "method", ["lerp", "slerp"] as const, "slerp");
  await withModel(name, settings, async ({ document, runtime }) => {
    const { latentDim } = runtime;
    const path = outputPath(options, `${document.name}-interpolation.gif`, [".gif", ".webp", ".png"]);
    const seeds = integersOption(options, "seeds");
    let keys: Float32Array[];
    if (seeds !== undefined) {
      keys = seeds.map((seed) => samplePrior(seed, 1, latentDim));
    } else {
      const indices = integersOption(options, "indices") ?? [0, 1];
      const pictures = await choosePictures(document, rest.slice(1), options, settings, (all) => {
        return Uint32Array.from(
          indices,
          (index) => integerOption({ indices: index }, "indices", index, { max: all - 1 }),
        );
      });
      const { mu } = await runtime.encode(pictures.pixels, pictures.count);
      keys = Array.from({ length: pictures.count }, (_, i) => mu.subarray(i * latentDim, (i + 1) * latentDim));
    }
    if (keys.length < 2) throw new LatentboardError("invalid", "Two keys or more are needed to go from one to another");

    const strip = extname(path).toLowerCase() === ".png";
    const back = options["one-way"] !== true && !strip;
    const stops = back ? [...keys, keys[0]!] : keys;
    const frames = integerOption(options, "frames", 48, { min: stops.length, max: 2000 });
    // The way back ends where the loop begins: that frame is not shown twice.
    const z = between(stops, back ? frames + 1 : frames, method).subarray(0, frames * latentDim);
    const bitmaps = splitBitmaps((await runtime.decode(z, frames)).pixels, document.image);
    if (strip) {
      const Description = `${method} between ${keys.length} keys by ${document.name}`;
      await writeGrid(path, gridOf(bitmaps, frames, options), { Software: "Latentboard", Description });
    } else {
      const scale = integerOption(options, "scale", 4, { min: 1, max: 32 });
      await writeAnimation(path, bitmaps.map((bitmap) => enlargeBitmap(bitmap, scale)), options);
    }
    console.log(path);
  });
}

if (import.meta.main) await runCommand(INTERPOLATE, interpolate);
