/** Latents as NPY and CSV files. */
import { extname } from "node:path";
import { LatentboardError } from "../../errors.ts";
import { writeOutput } from "./output.ts";

/** The endings of files that latents are written to. */
export const LATENT_FORMATS: readonly string[] = [".npy", ".csv"];

/** Rows of latents. */
export interface LatentTable {
  readonly count: number;
  /** Numbers of each kind per row. */
  readonly dimensions: number;
  /** What there is of each row by kind, such as `mu`: `[count, dimensions]`. NPY files hold the first alone. */
  readonly columns: Readonly<Record<string, Float32Array>>;
  /** Columns that come first in a CSV, such as names and labels. */
  readonly words?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Writes latents in the format that the path's ending names.
 *
 * @throws {LatentboardError} `invalid` on another ending, or when the file can't be written
 */
export async function writeLatents(path: string, table: LatentTable): Promise<void> {
  const format = extname(path).toLowerCase();
  if (!LATENT_FORMATS.includes(format)) {
    throw new LatentboardError("invalid", `Latents go to ${LATENT_FORMATS.join(" or ")}: current file is "${path}"`);
  }
  const [first] = Object.values(table.columns);
  await writeOutput(path, format === ".csv" ? csvOf(table) : npyOf(first!, [table.count, table.dimensions]));
}

/** Rows as CSV (RFC 4180) with a header: the words first, then every number with the digits that tell it apart. */
export function csvOf({ count, dimensions, columns, words = {} }: LatentTable): string {
  const kinds = Object.entries(columns);
  const header = [
    ...Object.keys(words),
    ...kinds.flatMap(([kind]) => Array.from({ length: dimensions }, (_, d) => `${kind}${d}`)),
  ];
  const lines = [header.join(",")];
  for (let i = 0; i < count; i++) {
    const numbers = kinds.flatMap(([, values]) => {
      return Array.from(values.subarray(i * dimensions, (i + 1) * dimensions), shortest);
    });
    lines.push([...Object.values(words).map((column) => quoted(column[i]!)), ...numbers].join(","));
  }
  return lines.join("\r\n") + "\r\n";
}

/**
 * Float32 numbers in NumPy's NPY format, version 1.
 *
 * @param data in row-major order
 * @param shape its size in each dimension
 */
export function npyOf(data: Float32Array, shape: readonly number[]): Uint8Array {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(", ")}${
    shape.length === 1 ? "," : ""
  }), }`;
  const length = Math.ceil((10 + dictionary.length + 1) / 64) * 64 - 10; // numbers begin at a multiple of 64
  const bytes = new Uint8Array(10 + length + 4 * data.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  view.setUint16(8, length, true);
  bytes.set(new TextEncoder().encode(dictionary.padEnd(length - 1) + "\n"), 10);
  for (let i = 0; i < data.length; i++) view.setFloat32(10 + length + 4 * i, data[i]!, true);
  return bytes;
}

function shortest(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number(value.toPrecision(9)));
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
