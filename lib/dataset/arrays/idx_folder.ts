/** A folder of IDX files, named as the MNIST family names them. */
import { basename, join } from "node:path";
import { LatentboardError } from "../../errors.ts";
import type { ImageSet } from "../image_set.ts";
import type { ReadOptions } from "../options.ts";
import { readPart, type SkippedFile, type SourceParts } from "../parts.ts";
import { type IdxArray, parseIdx } from "./idx.ts";
import { pixelSet, rangeOf, toBytes, transposed } from "./values.ts";

const PARTS = {
  train: /^(.*-)?train-images[-.]idx3-ubyte(\.gz)?$/,
  validation: /^(.*-)?(validation|val)-images[-.]idx3-ubyte(\.gz)?$/,
  test: /^(.*-)?(t10k|test)-images[-.]idx3-ubyte(\.gz)?$/,
} as const;
const ANY_IMAGES = /images[-.]idx3-ubyte(\.gz)?$/;
/** EMNIST's files (Cohen et al., 2017) hold each picture column by column. */
const TRANSPOSED = /^emnist-/i;

/**
 * Tells whether a folder holds IDX files.
 *
 * @param names the names of its files
 */
export function holdsIdx(names: readonly string[]): boolean {
  return names.some((name) => ANY_IMAGES.test(name));
}

/**
 * Reads a folder of `train-`, `validation-` and `t10k-` or `test-images-idx3-ubyte` files, gzipped or not, with the
 * `…-labels-idx1-ubyte` beside each.
 *
 * @param folder the folder
 * @param name the set's name
 * @throws {LatentboardError} kind `invalid` when training files are missing or of several sets, `damaged` when the
 *   training file is cut short
 */
export async function readIdxFolder(folder: string, name: string, options: ReadOptions): Promise<SourceParts> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) if (!entry.isDirectory) names.push(entry.name);
  const fileOf = (part: keyof typeof PARTS): string | undefined => {
    const found = names.filter((candidate) => PARTS[part].test(candidate)).sort();
    const sets = new Set(found.map((candidate) => candidate.replace(/\.gz$/, "")));
    if (sets.size <= 1) return found[0];
    throw new LatentboardError(
      "invalid",
      `${folder} holds several sets (${[...sets].join(", ")}): move the one you want into a folder of its own`,
    );
  };
  if (fileOf("train") === undefined) {
    throw new LatentboardError("invalid", `${folder} has no train-images-idx3-ubyte or train-images-idx3-ubyte.gz`);
  }
  const parts = (["train", "validation", "test"] as const).flatMap((part) => {
    const file = fileOf(part);
    return file === undefined ? [] : [{ part, path: join(folder, file) }];
  });
  return await readParts(parts, names, name, options);
}

/**
 * Reads one IDX file of pictures, with its labels where they lie beside it.
 *
 * @param path the file
 * @param beside the names of the files in its folder
 * @param name the set's name
 */
export async function readIdxFile(
  path: string,
  beside: readonly string[],
  name: string,
  options: ReadOptions,
): Promise<SourceParts> {
  return await readParts([{ part: "train", path }], beside, name, options);
}

async function readParts(
  parts: readonly { readonly part: keyof typeof PARTS; readonly path: string }[],
  beside: readonly string[],
  name: string,
  options: ReadOptions,
): Promise<SourceParts> {
  const skipped: SkippedFile[] = [];
  const found = await Promise.all(parts.map(({ part, path }) => {
    return readPart(part, basename(path), skipped, async () => ({ part, path, ...await readFiles(path, beside) }));
  }));
  const read = found.filter((part) => part !== undefined);
  const range = rangeOf(
    read.map(({ pictures }) => ({ data: pictures.data, fromUnit: false })),
    read[0]!.path,
    options.range,
  );
  const turned = read.some(({ path }) => TRANSPOSED.test(basename(path)));
  const sets = new Map(read.map(({ part, path, pictures: { shape, data }, labels }): [string, ImageSet] => {
    const [, height, width] = shape as [number, number, number];
    const bytes = toBytes(data, range);
    const upright = TRANSPOSED.test(basename(path)) ? transposed(bytes, height, width) : bytes;
    return [part, pixelSet(upright, { height, width, channels: 1, channelsFirst: false }, { name, labels })];
  }));
  const [validation, test] = [sets.get("validation"), sets.get("test")];
  return {
    train: sets.get("train")!,
    ...(validation && { validation }),
    ...(test && { test }),
    notes: [
      ...(turned ? ["EMNIST's files hold each picture on its side: they were turned upright"] : []),
      ...(range.note === undefined ? [] : [range.note]),
      ...read.flatMap(({ note }) => note ?? []),
    ],
    skipped,
  };
}

async function readFiles(
  path: string,
  beside: readonly string[],
): Promise<{ pictures: IdxArray; labels: Uint8Array | undefined; note?: string }> {
  const file = basename(path);
  const pictures = await readIdx(path);
  const [count] = pictures.shape;
  if (pictures.shape.length !== 3 || pictures.data.length === 0) {
    throw new LatentboardError(
      "unsupported",
      `Cannot use ${path} as pictures: its shape is ${pictures.shape.join(" × ")}, not count × height × width`,
    );
  }
  const plain = file.replace(/\.gz$/, "").replace(/images([-.])idx3/, "labels$1idx1");
  const labelFile = plain === file.replace(/\.gz$/, "")
    ? undefined
    : [plain, `${plain}.gz`].find((candidate) => beside.includes(candidate));
  const labelPath = labelFile && join(path, "..", labelFile);
  const labels = labelPath ? (await readIdx(labelPath)).data : undefined;
  if (labels !== undefined && labels.length !== count) {
    const counts = `there are ${labels.length} for ${count} pictures, so get both files again`;
    return { pictures, labels: undefined, note: `The labels of ${file} are left out: ${counts}` };
  }
  return { pictures, labels };
}

async function readIdx(path: string): Promise<IdxArray> {
  return parseIdx(await Deno.readFile(path), path);
}
