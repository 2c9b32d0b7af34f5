// deno-lint-ignore-file no-console -- what a command prints is caught
/** Runs commands in this process, on a tiny model and a small folder of pictures. */
import { join } from "node:path";
import { encodePng } from "../../lib/imaging/mod.ts";
import { type CommandSpec, parseCommand, type ParsedCommand } from "../../lib/settings.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

/** A place to run commands in. */
export interface Workplace {
  /** A folder that is removed afterwards. */
  readonly folder: string;
  /** A path in it. */
  path(name: string): string;
  /** Runs a command with the place's home and models, and returns what it printed, line by line. */
  run<T>(spec: CommandSpec, main: (command: ParsedCommand) => Promise<T>, ...args: string[]): Promise<string[]>;
}

/** Gives a test a home, the models `tiny` and `other` with four latents, and 40 pictures of two labels in `pictures`. */
export async function inWorkplace(test: (place: Workplace) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const models = join(folder, "models");
  try {
    await writeTinyModel(models, { name: "tiny", latentDim: 4, size: 16 });
    await writeTinyModel(models, { name: "other", latentDim: 4, size: 16, seed: 2 });
    await makePictures(join(folder, "pictures"));
    await test({
      folder,
      path: (name) => join(folder, name),
      async run(spec, main, ...args) {
        const command = parseCommand(spec, [...args, "--models", models, "--home", join(folder, "home")]);
        const lines: string[] = [];
        const log = console.log;
        console.log = (...words: unknown[]) => void lines.push(...words.join(" ").split("\n"));
        try {
          await main(command);
        } finally {
          console.log = log;
        }
        return lines;
      },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Bars that lie and bars that stand, 20 of each. */
async function makePictures(folder: string): Promise<void> {
  for (const label of ["lying", "standing"]) {
    await Deno.mkdir(join(folder, label), { recursive: true });
    for (let n = 0; n < 20; n++) {
      const data = Uint8Array.from({ length: 256 }, (_, i) => {
        const along = label === "lying" ? Math.floor(i / 16) : i % 16;
        return Math.abs(along - (n % 16)) <= 1 ? 250 - n : n;
      });
      await Deno.writeFile(join(folder, label, `${n}.png`), encodePng({ width: 16, height: 16, channels: 1, data }));
    }
  }
}

/** Frames of a GIF: how often its graphic control extension stands in it. */
export function gifFrames(bytes: Uint8Array): number {
  let frames = 0;
  for (let i = 0; i + 2 < bytes.length; i++) {
    if (bytes[i] === 0x21 && bytes[i + 1] === 0xf9 && bytes[i + 2] === 0x04) frames++;
  }
  return frames;
}
