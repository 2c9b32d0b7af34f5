/** Labels that stand in a table beside the pictures: CSV, JSON Lines, JSON, or CelebA's lists. */
import { basename, dirname, extname } from "node:path";
import { parse as parseCsv } from "csv-parse/sync";
import { LatentboardError } from "../../errors.ts";
import type { SourceFile } from "./files.ts";
import { nameSome, printable } from "./layout.ts";

/** A label for each picture that has one. */
export interface TableLabels {
  /** By place in the list of pictures; absent where the person has to choose. */
  readonly labels?: readonly (string | undefined)[];
  /** A sentence that says where they are from. */
  readonly note: string;
}

interface Table {
  readonly file: SourceFile;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const MAX_TABLE_BYTES = 512 << 20;
const FILE_COLUMN = /^(file_?names?|files?|images?(_?(id|path|file|name))?|paths?|img|picture)$/i;
const LABEL_COLUMN = /^(labels?|class(_?name)?|category|target|y)$/i;

/**
 * Finds the labels of pictures in the tables beside them. Without a wish, a table counts that names most of the pictures
 * and has one column that is called a label.
 *
 * @param pictures the files
 * @param tables what may be tables; several of one name, such as one for each split, are read as one
 * @param wanted `<file>:<column>`, `<file>` or `<column>`
 * @returns undefined where nothing is asked for and no table fits
 * @throws {LatentboardError} kind `invalid` when what is wanted isn't there
 */
export async function labelsFromTables(
  pictures: readonly SourceFile[],
  tables: readonly SourceFile[],
  wanted?: string,
): Promise<TableLabels | undefined> {
  const wish = wanted === undefined ? undefined : parseWish(wanted, tables);
  const chosen = wish?.file === undefined ? tables : tables.filter(({ path }) => isNamed(path, wish.file!));
  const groups = Map.groupBy(chosen, ({ path }) => basename(path));
  const columnsSeen = new Set<string>();
  for (const [name, group] of [...groups].sort(([a], [b]) => Number(isMetadata(b)) - Number(isMetadata(a)))) {
    const found = await readGroup(group, pictures, wish !== undefined);
    if (found === undefined) continue;
    const others = found.columns.filter((_, i) => i !== found.fileColumn);
    for (const column of others) columnsSeen.add(column);
    const column = wish?.column ?? (others.length === 1 ? others[0] : others.find((other) => LABEL_COLUMN.test(other)));
    if (column === undefined && wish === undefined) {
      const columns = nameSome(others, 6);
      return {
        note: `${printable(name)} has several columns: choose one with --labels ${
          printable(name)
        }:<column> (${columns})`,
      };
    }
    if (column === undefined || !others.includes(column)) continue;
    const place = found.columns.indexOf(column);
    const labels = pictures.map((_, i) => found.rowOf(i)?.[place]?.trim().normalize("NFC") || undefined);
    return { labels, note: `The labels are from the column "${printable(column)}" of ${printable(name)}` };
  }
  if (wish === undefined) return undefined;
  const where = wish.file === undefined ? "the tables beside the pictures" : wish.file;
  const choices = columnsSeen.size === 0
    ? "it names none of the pictures"
    : `choose from ${[...columnsSeen].join(", ")}`;
  throw new LatentboardError(
    "invalid",
    `Cannot take labels from "${wanted}": ${where} has no such column, ${choices}`,
    {
      field: "labels",
    },
  );
}

function parseWish(wanted: string, tables: readonly SourceFile[]): { file?: string; column?: string } {
  const colon = wanted.lastIndexOf(":");
  const file = colon < 0 ? wanted : wanted.slice(0, colon);
  const column = colon < 0 ? "" : wanted.slice(colon + 1);
  const isFile = tables.some(({ path }) => isNamed(path, file));
  if (!isFile && colon < 0) return { column: wanted };
  if (isFile || file === "") return { ...(file === "" ? {} : { file }), ...(column === "" ? {} : { column }) };
  throw new LatentboardError(
    "not-found",
    `Cannot find the labels' file ${file}: beside the pictures there are ${
      tables.length === 0 ? "no tables" : nameSome(tables.map(({ path }) => path), 6)
    }`,
    { field: "labels" },
  );
}

function isNamed(path: string, file: string): boolean {
  return path === file || path.endsWith(`/${file.replaceAll("\\", "/").replace(/^\.\//, "")}`);
}

function isMetadata(name: string): boolean {
  return /^metadata\./i.test(name);
}

/** Reads tables of one name, and finds each picture's row. */
async function readGroup(files: readonly SourceFile[], pictures: readonly SourceFile[], asked: boolean) {
  const rows = new Map<string, readonly string[]>();
  let columns: readonly string[] | undefined;
  let fileColumn = -1;
  for (const file of files) {
    const table = await readTable(file).catch((error) => {
      if (asked || !(error instanceof LatentboardError)) throw error;
      return undefined; // some other CSV or JSON: it is no part of the set
    });
    if (table === undefined || table.rows.length === 0) continue;
    columns = table.columns;
    fileColumn = table.columns.findIndex((column) => FILE_COLUMN.test(column));
    if (fileColumn < 0) fileColumn = 0;
    const folder = dirname(file.path);
    for (const row of table.rows) {
      const name = (row[fileColumn] ?? "").replaceAll("\\", "/").replace(/^\.\//, "").normalize("NFC");
      if (name !== "") rows.set(folder === "." ? name : `${folder}/${name}`, row);
    }
  }
  if (columns === undefined) return undefined;
  const loose = new Map<string, readonly string[] | null>();
  for (const [key, row] of rows) {
    for (const name of new Set([basename(key), basename(key, extname(key))])) {
      loose.set(name, loose.has(name) ? null : row); // a name that stands for two is none
    }
  }
  const rowOf = (i: number) => {
    const path = pictures[i]!.path.normalize("NFC");
    return rows.get(path) ?? loose.get(basename(path)) ?? loose.get(basename(path, extname(path))) ?? undefined;
  };
  const named = pictures.filter((_, i) => rowOf(i) !== undefined).length;
  return named * 2 > pictures.length ? { columns, fileColumn, rowOf } : undefined;
}

async function readTable(file: SourceFile): Promise<Table> {
  const bytes = await file.read();
  if (bytes.length > MAX_TABLE_BYTES) {
    throw new LatentboardError("too-large", `Cannot read ${file.path}: it is larger than ${MAX_TABLE_BYTES} bytes`);
  }
  const text = new TextDecoder().decode(bytes);
  try {
    const ending = extname(file.path).toLowerCase();
    if (ending === ".jsonl") {
      return fromObjects(
        file,
        text.split("\n").filter((line) => line.trim() !== "").map(parseRow),
      );
    }
    if (ending === ".json") return fromJson(file, JSON.parse(text));
    if (ending === ".txt") return fromCelebA(file, text);
    const delimiter = ending === ".tsv" || (text.split("\n", 1)[0] ?? "").includes("\t") ? "\t" : [",", ";"];
    const [columns = [], ...rows] = parseCsv(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    }) as unknown as string[][];
    // a table without a header begins with a picture
    const hasHeader = !/\.(png|jpe?g|webp|gif|tiff?|bmp|heic)$/i.test(columns[0] ?? "");
    if (hasHeader) return { file, columns: columns.map((name) => name.trim()), rows };
    return {
      file,
      columns: columns.map((_, i) => i === 0 ? "file" : i === 1 ? "label" : String(i)),
      rows: [columns, ...rows],
    };
  } catch (cause) {
    if (cause instanceof LatentboardError) throw cause;
    throw new LatentboardError("damaged", `Cannot read ${file.path} as a table: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function parseRow(line: string): Record<string, unknown> {
  const row: unknown = JSON.parse(line);
  return typeof row === "object" && row !== null ? row as Record<string, unknown> : {};
}

function fromObjects(file: SourceFile, objects: readonly Record<string, unknown>[]): Table {
  const columns = [...new Set(objects.flatMap((row) => Object.keys(row)))].filter((column) =>
    objects.some((row) => ["string", "number", "boolean"].includes(typeof row[column]))
  );
  return { file, columns, rows: objects.map((row) => columns.map((column) => String(row[column] ?? ""))) };
}

/** `{"1.png": "cat"}`, `[{"file": "1.png", "label": "cat"}]`, or StyleGAN's `{"labels": [["1.png", 3]]}`. */
function fromJson(file: SourceFile, value: unknown): Table {
  if (typeof value === "object" && value !== null && "labels" in value && Array.isArray(value.labels)) {
    return fromJson(file, value.labels);
  }
  if (Array.isArray(value) && Array.isArray(value[0])) {
    return { file, columns: ["file", "label"], rows: value.map((row) => (row as unknown[]).map(String)) };
  }
  if (Array.isArray(value)) return fromObjects(file, value.filter((row) => typeof row === "object" && row !== null));
  const pairs = Object.entries(value as Record<string, unknown>).filter(([, label]) => {
    return typeof label === "string" || typeof label === "number" || typeof label === "boolean";
  });
  return { file, columns: ["file", "label"], rows: pairs.map(([name, label]) => [name, String(label)]) };
}

/** A count, a line of names, then a line for each picture: `000001.jpg -1 1 …`. */
function fromCelebA(file: SourceFile, text: string): Table {
  const [, names = "", ...lines] = text.split("\n");
  const rows = lines.map((line) => line.trim().split(/\s+/)).filter((row) => row.length > 1);
  const columns = names.trim().split(/\s+/);
  const name = (value: string, column: string) => value === "1" ? column : value === "-1" ? `not ${column}` : value;
  return {
    file,
    columns: ["file", ...columns],
    rows: rows.map((
      [picture = "", ...values],
    ) => [picture, ...values.map((value, i) => name(value, columns[i] ?? ""))]),
  };
}
