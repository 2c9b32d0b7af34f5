/** Parquet files with a column of pictures, as Hugging Face exports datasets. */
import { basename } from "node:path";
import { type AsyncBuffer, parquetMetadataAsync, parquetRead, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { LatentboardError } from "../../errors.ts";
import { MAX_LABELS, splitOf } from "../pictures/layout.ts";
import type { PassingFile } from "./spool.ts";

/** Whether a name is that of a Parquet file. */
export const PARQUET = /\.parquet$/i;

const IMAGE_COLUMNS = /^(image|img|picture|jpg|jpeg|png|webp|bytes|image_bytes)$/i;
const LABEL_COLUMNS = /^(label|labels|fine_label|class|category|target)$/i;

/**
 * The pictures of Parquet files, in order: `train-00000-of-00002.parquet` and the like go to the split that they name.
 *
 * @param paths the files
 * @param wanted the column of labels; one that is called so by default
 * @throws {LatentboardError} kind `damaged` when a file can't be read, `unsupported` without a column of pictures,
 *   `invalid` when there is no such column of labels
 */
export async function* filesOfParquet(paths: readonly string[], wanted?: string): AsyncGenerator<PassingFile> {
  const splits = paths.map((path) => splitOf(/^[a-z]+/i.exec(basename(path))?.[0] ?? ""));
  const divided = splits.includes("train") && new Set(splits).size > 1;
  for (const [i, path] of paths.entries()) {
    using source = await openBuffer(path);
    const folder = divided ? `${splits[i] ?? "other"}/` : "";
    yield* rowsOf(source.buffer, path, `${folder}${String(i).padStart(6, "0")}-`, wanted);
  }
}

async function* rowsOf(file: AsyncBuffer, path: string, prefix: string, wanted: string | undefined) {
  const damaged = (cause: unknown) => {
    if (cause instanceof LatentboardError) return cause;
    return new LatentboardError("damaged", `Cannot read ${path} as Parquet: it is none, cut short or damaged`, {
      cause,
    });
  };
  const metadata = await parquetMetadataAsync(file).catch((cause) => {
    throw damaged(cause);
  });
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  const image = columns.find((name) => IMAGE_COLUMNS.test(name));
  if (image === undefined) {
    throw new LatentboardError("unsupported", `Cannot find pictures in ${path}: its columns are ${columns.join(", ")}`);
  }
  const column = wanted?.slice(wanted.lastIndexOf(":") + 1);
  const label = column ?? columns.find((name) => LABEL_COLUMNS.test(name));
  if (column !== undefined && !columns.includes(column)) {
    throw new LatentboardError("invalid", `${path} has no column "${column}": choose from ${columns.join(", ")}`, {
      field: "labels",
    });
  }
  const names = label === undefined ? [] : classNames(metadata.key_value_metadata, label);
  let first = 0;
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    const rows: Record<string, unknown>[] = [];
    await parquetRead({
      file,
      metadata,
      compressors,
      columns: label === undefined ? [image] : [image, label],
      rowStart: first,
      rowEnd: first + count,
      rowFormat: "object",
      utf8: false, // a column of bytes is not text
      onComplete: (found: Record<string, unknown>[]) => rows.push(...found),
    }).catch((cause) => {
      throw damaged(cause);
    });
    for (const [i, row] of rows.entries()) {
      const bytes = bytesOf(row[image]);
      if (bytes === undefined) continue;
      const value = label === undefined ? undefined : row[label];
      const text = value instanceof Uint8Array ? new TextDecoder().decode(value) : value;
      // pictures are told by their bytes: the ending is there for the listing alone
      yield {
        path: `${prefix}${String(first + i).padStart(8, "0")}.png`,
        bytes,
        label: text === undefined || text === null ? undefined : names[Number(text)] ?? String(text),
      };
    }
    first += count;
  }
}

/** The bytes of a cell: as they are, or in a struct of bytes and path. */
function bytesOf(cell: unknown): Uint8Array | undefined {
  if (cell instanceof Uint8Array) return cell;
  const inner = typeof cell === "object" && cell !== null && "bytes" in cell ? cell.bytes : undefined;
  return inner instanceof Uint8Array ? inner : undefined;
}

/** What Hugging Face's own metadata call the numbers of a column. */
function classNames(
  metadata: readonly { key: string; value?: string }[] | undefined,
  column: string,
): readonly string[] {
  try {
    const text = metadata?.find(({ key }) => key === "huggingface")?.value;
    const names = JSON.parse(text ?? "{}").info?.features?.[column]?.names;
    return Array.isArray(names) && names.length <= MAX_LABELS ? names.map(String) : [];
  } catch {
    return []; // numbers stand for themselves
  }
}

async function openBuffer(path: string) {
  const file = await Deno.open(path);
  const { size } = await file.stat();
  const buffer: AsyncBuffer = {
    byteLength: size,
    slice: (start, end = size) => {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
      file.seekSync(start, Deno.SeekMode.Start);
      for (let at = 0; at < bytes.length;) at += file.readSync(bytes.subarray(at)) ?? bytes.length;
      return bytes.buffer;
    },
  };
  return { buffer, [Symbol.dispose]: () => file.close() };
}
