/** CSV files of pixels with a label, as Kaggle gives MNIST and its kin. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { basename, dirname, join } from "node:path";
import { createGunzip } from "node:zlib";
import { LatentboardError } from "../../errors.ts";
import type { ReadOptions } from "../options.ts";
import type { SourceParts } from "../parts.ts";
import { interpretLabels, layoutOfShape, pixelSet, rangeOf, toBytes } from "./values.ts";

interface PixelTable {
  readonly pixels: Float64Array;
  readonly shape: readonly [count: number, pixels: number];
  readonly labels: readonly string[] | undefined;
}

/** 8 bytes each while they are read. */
const MAX_NUMBERS = 2 ** 28;
const LABEL = /^(label|class|y|target|emotion)$/i;

/**
 * Tells a CSV of pixels by its first lines: at least 16 numbers a row, or a column of pixels.
 *
 * @param path the file
 */
export async function isPixelCsv(path: string): Promise<boolean> {
  const lines: string[] = [];
  for await (const line of linesOf(path)) {
    lines.push(line);
    if (lines.length === 2) break;
  }
  const row = lines.at(-1)?.split(",") ?? [];
  const numbers = row.filter((cell) => cell.trim() !== "" && Number.isFinite(Number(cell))).length;
  return numbers >= Math.max(16, row.length - 2) || row.some((cell) => cell.trim().split(" ").length >= 16);
}

/**
 * Reads a CSV of pixels: a label and the pixels of a square picture in each row, with or without a header. `test.csv`
 * beside `train.csv` is the test part where it has labels too.
 *
 * @param path the file, gzipped or not
 * @throws {LatentboardError} kind `damaged` when rows differ in length, `unsupported` when they are no pictures
 */
export async function readPixelCsv(path: string, name: string, options: ReadOptions): Promise<SourceParts> {
  const train = await readTable(path, options);
  const beside = join(dirname(path), basename(path).replace(/train/i, (word) => word[0] === "T" ? "Test" : "test"));
  const hasTest = beside !== path && await Deno.stat(beside).then(() => true, () => false);
  const test = hasTest ? await readTable(beside, options) : undefined;
  const tables = test !== undefined && test.shape[1] === train.shape[1] ? [train, test] : [train];
  const range = rangeOf(tables.map(({ pixels }) => ({ data: pixels, fromUnit: false })), path, options.range);
  const labelled = tables.every(({ labels }) => labels !== undefined)
    ? interpretLabels(
      tables.map(({ labels, shape: [count] }) => ({ array: asNumbers(labels!), count })),
      basename(path),
    )
    : {};
  const [first, second] = tables.map(({ pixels, shape }, i) => {
    const layout = layoutOfShape(shape, path);
    return pixelSet(toBytes(pixels, range), layout, { name, labels: labelled.labels?.[i], labelNames: labelled.names });
  });
  const unlabelled = second !== undefined && labelled.labels === undefined && train.labels !== undefined;
  return {
    train: first!,
    ...(second === undefined ? {} : { test: second }),
    notes: [
      ...(unlabelled ? [`${basename(beside)} has no labels, so labels are left out`] : []),
      ...[range.note, labelled.note].filter((note) => note !== undefined),
    ],
    skipped: [],
  };
}

function asNumbers(labels: readonly string[]) {
  const numbers = labels.map((label) => label.trim() === "" ? NaN : Number(label));
  const text = numbers.some((value) => !Number.isFinite(value)) ? { text: labels } : {};
  return { shape: [labels.length], fromUnit: false, data: Float64Array.from(numbers), ...text };
}

async function readTable(path: string, options: ReadOptions): Promise<PixelTable> {
  let header: string[] | undefined;
  let pixels = new Float64Array(1 << 20);
  let used = 0;
  const labels: string[] = [];
  let labelAt = -2; // not known yet
  let width = 0;
  let count = 0;
  for await (const line of linesOf(path)) {
    options.signal?.throwIfAborted();
    if (line.trim() === "") continue;
    const cells = line.split(",");
    if (
      count === 0 && header === undefined && cells.some((cell) => !Number.isFinite(Number(cell)) && !cell.includes(" "))
    ) {
      header = cells.map((cell) => cell.trim().replace(/^"|"$/g, ""));
      continue;
    }
    const joined = cells.findIndex((cell) => cell.trim().split(" ").length >= 16);
    const values = joined < 0 ? cells : cells[joined]!.replaceAll('"', "").trim().split(" ");
    if (labelAt === -2) {
      const named = header?.findIndex((column) => LABEL.test(column)) ?? -1;
      const first = joined < 0 && named < 0 && !isPictureLength(values.length) && isPictureLength(values.length - 1);
      labelAt = named >= 0 ? named : first || joined === 1 ? 0 : -1;
      width = values.length - (joined < 0 && labelAt >= 0 ? 1 : 0);
    }
    if (values.length !== width + (joined < 0 && labelAt >= 0 ? 1 : 0)) {
      throw new LatentboardError(
        "damaged",
        `Cannot read ${path}: row ${count + 1} has ${values.length} values instead of others`,
      );
    }
    if (used + width > MAX_NUMBERS) {
      throw new LatentboardError(
        "too-large",
        `Cannot read ${path}: save it as an NPY file of uint8, which may be larger`,
      );
    }
    if (used + width > pixels.length) {
      const larger = new Float64Array(Math.max(pixels.length * 2, used + width));
      larger.set(pixels.subarray(0, used));
      pixels = larger;
    }
    for (let i = 0; i < values.length; i++) if (joined >= 0 || i !== labelAt) pixels[used++] = Number(values[i]);
    if (labelAt >= 0) labels.push(cells[labelAt]!.trim().replace(/^"|"$/g, ""));
    if (++count % 5000 === 0) {
      options.onProgress?.({ what: `reading rows of ${basename(path)}`, done: count, total: count });
    }
  }
  return { pixels: pixels.subarray(0, used), shape: [count, width], labels: labelAt >= 0 ? labels : undefined };
}

function isPictureLength(length: number): boolean {
  return Number.isInteger(Math.sqrt(length)) || Number.isInteger(Math.sqrt(length / 3));
}

function linesOf(path: string): AsyncIterable<string> {
  const file = createReadStream(path);
  return createInterface({ input: /\.gz$/i.test(path) ? file.pipe(createGunzip()) : file, crlfDelay: Infinity });
}
