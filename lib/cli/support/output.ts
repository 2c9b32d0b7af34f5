/** What a command makes: where it goes, and in which format. */
import { dirname, extname, join } from "node:path";
import { LatentboardError } from "../../errors.ts";
import {
  type Bitmap,
  encodeGif,
  encodePng,
  encodeWebpAnimation,
  enlargeBitmap,
  tileBitmaps,
} from "../../imaging/mod.ts";
import { writeFileAtomic } from "../../system/files.ts";
import { storageFault } from "../../system/storage.ts";
import { type OptionSpec, type ParsedCommand, resolveUserPath } from "../../settings.ts";
import { integerOption, stringOption } from "./options.ts";

/** Where pictures go unless `--out` says otherwise. */
export const OUTPUT_FOLDER = "generated_images";

/** Options of every command that writes pictures. */
export const OUTPUT_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  out: { kind: "string", value: "<file>", help: `where it goes; ${OUTPUT_FOLDER}/ by default` },
  scale: { kind: "number", value: "<n>", help: "output pixels per pixel", default: "2" },
};

/** Options of every command that writes animations. */
export const ANIMATION_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  ...OUTPUT_OPTIONS,
  delay: { kind: "number", value: "<ms>", help: "milliseconds per frame", default: "60" },
};

/**
 * Where the output goes.
 *
 * @param options the command's
 * @param name the file's name where `--out` was not given
 * @param formats endings that are allowed, such as `.png`
 * @throws {LatentboardError} `invalid` on another ending
 */
export function outputPath(options: ParsedCommand["options"], name: string, formats: readonly string[]): string {
  const written = stringOption(options, "out");
  const path = written === undefined ? join(OUTPUT_FOLDER, name) : resolveUserPath(written);
  if (formats.includes(extname(path).toLowerCase())) return path;
  throw new LatentboardError("invalid", `--out must end in ${formats.join(", ")}: current value is "${path}"`, {
    field: "out",
  });
}

/**
 * Writes a file, whole or not at all, and makes its folder.
 *
 * @throws {LatentboardError} `invalid` when the folder can't be written to
 */
export async function writeOutput(path: string, bytes: Uint8Array | string): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    await writeFileAtomic(path, bytes);
  } catch (error) {
    throw storageFault(error, dirname(path)) ??
      new LatentboardError("invalid", `Cannot write ${path}: choose another --out`, { field: "out", cause: error });
  }
}

/** Lays pictures out as a grid and enlarges it by `--scale`. */
export function gridOf(bitmaps: readonly Bitmap[], columns: number, options: ParsedCommand["options"]): Bitmap {
  const scale = integerOption(options, "scale", 2, { min: 1, max: 32 });
  const grid = tileBitmaps(bitmaps, { columns, gap: 1 });
  return scale === 1 ? grid : enlargeBitmap(grid, scale);
}

/**
 * Writes a grid as a PNG that says what made it.
 *
 * @param text what goes into the file, such as the command's settings
 */
export async function writeGrid(path: string, grid: Bitmap, text: Record<string, string>): Promise<void> {
  await writeOutput(path, encodePng(grid, { level: 9, text }));
}

/** Writes frames as a GIF or an animated WebP, by the path's ending. */
export async function writeAnimation(
  path: string,
  frames: readonly Bitmap[],
  options: ParsedCommand["options"],
): Promise<void> {
  const delayMs = integerOption(options, "delay", 60, { min: 10, max: 10_000 });
  const animation = extname(path).toLowerCase() === ".webp"
    ? await encodeWebpAnimation(frames, { delayMs })
    : encodeGif(frames, { delayMs });
  await writeOutput(path, animation);
}
