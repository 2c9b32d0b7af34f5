/** A folder of IDX files, named as the MNIST family names them. */
import { basename, join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { type IdxArray, parseIdx } from "./idx.ts";
import { type ImageSet, memoryImageSet } from "./image_set.ts";
import type { SourceParts } from "./parts.ts";

const PARTS = {
  train: /^(.*-)?train-images[-.]idx3-ubyte(\.gz)?$/,
  validation: /^(.*-)?(validation|val)-images[-.]idx3-ubyte(\.gz)?$/,
  test: /^(.*-)?(t10k|test)-images[-.]idx3-ubyte(\.gz)?$/,
} as const;
const ANY_IMAGES = /images[-.]idx3-ubyte(\.gz)?$/;

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
 * @throws {LatentboardError} kind `invalid` when training files are missing or of several sets, `damaged` when a file is
 *   cut short or its labels don't fit
 */
export async function readIdxFolder(folder: string, name: string): Promise<SourceParts> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) if (entry.isFile) names.push(entry.name);
  const fileOf = (part: keyof typeof PARTS): string | undefined => {
    const found = names.filter((candidate) => PARTS[part].test(candidate)).sort();
    const sets = new Set(found.map((candidate) => candidate.replace(/\.gz$/, "")));
    if (sets.size <= 1) return found[0];
    throw new LatentboardError(
      "invalid",
      `${folder} holds several sets (${[...sets].join(", ")}): move the one you want into a folder of its own`,
    );
  };
  const trainFile = fileOf("train");
  if (trainFile === undefined) {
    throw new LatentboardError("invalid", `${folder} has no train-images-idx3-ubyte or train-images-idx3-ubyte.gz`);
  }
  const read = (file: string) => readIdxPart(join(folder, file), names, name);
  const validationFile = fileOf("validation");
  const testFile = fileOf("test");
  return {
    train: await read(trainFile),
    ...(validationFile === undefined ? {} : { validation: await read(validationFile) }),
    ...(testFile === undefined ? {} : { test: await read(testFile) }),
    notes: [],
    skipped: [],
  };
}

/**
 * Reads one IDX file of pictures, with its labels where they lie beside it.
 *
 * @param path the file
 * @param beside the names of the files in its folder
 * @param name the set's name
 */
export async function readIdxPart(path: string, beside: readonly string[], name: string): Promise<ImageSet> {
  const file = basename(path);
  const pictures = await readIdx(path);
  const [count, height, width] = pictures.shape;
  if (pictures.shape.length !== 3 || count === undefined || height === undefined || width === undefined) {
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
    throw new LatentboardError(
      "damaged",
      `${labelPath} has ${labels.length} labels for the ${count} pictures of ${file}: get both files again`,
    );
  }
  return memoryImageSet({ name, images: pictures.data, height, width, channels: 1, labels });
}

async function readIdx(path: string): Promise<IdxArray> {
  return parseIdx(await Deno.readFile(path), path);
}
