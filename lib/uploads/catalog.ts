/** An uploaded dataset on disk: pictures in a folder per label, and `.catalog.json`, which knows each of them. */
import { basename, dirname, extname, join } from "node:path";
import { LatentboardError } from "../errors.ts";
import type { BadFile, DatasetChange, DatasetDetail, DatasetPage, DatasetPicture } from "../protocol_runs.ts";
import { exists, writeFileAtomic } from "../system/files.ts";
import type { PictureRecord } from "./picture.ts";

/** The whole of `.catalog.json`. */
export interface Catalog {
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly pictures: readonly PictureRecord[];
  readonly bad: readonly BadFile[];
}

/** The name of the catalog in a dataset's folder; hidden, so that it is no part of the dataset. */
export const CATALOG = ".catalog.json";

/** Where pictures go that were taken out. */
const REMOVED = ".removed";

/**
 * Reads a dataset's catalog.
 *
 * @param folder the dataset's
 * @throws {LatentboardError} `not-found` when the dataset was not uploaded, or is not there
 */
export async function readCatalog(folder: string): Promise<Catalog> {
  try {
    return JSON.parse(await Deno.readTextFile(join(folder, CATALOG))) as Catalog;
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new LatentboardError("not-found", `There is no uploaded dataset "${basename(folder)}"`, {
      field: "name",
      cause,
    });
  }
}

/** Writes a dataset's catalog. */
export async function writeCatalog(folder: string, catalog: Catalog): Promise<void> {
  await writeFileAtomic(join(folder, CATALOG), JSON.stringify(catalog) + "\n");
}

/** What is shown of a dataset. */
export function describeCatalog(name: string, { createdAt, pictures, bad }: Catalog): DatasetDetail {
  const labels = countLabels(pictures);
  const sides = pictures.map(({ width, height }) => Math.max(width, height)).sort((a, b) => a - b);
  const count = (holds: (picture: PictureRecord) => boolean) => pictures.filter(holds).length;
  const mean = [0, 1, 2].map((channel) =>
    Math.round(pictures.reduce((sum, picture) => sum + picture.mean[channel]!, 0) / Math.max(1, pictures.length))
  );
  return {
    source: name,
    name,
    about: "Uploaded pictures",
    kind: "own",
    available: true,
    count: pictures.length,
    labels: labels.length,
    bytes: pictures.reduce((sum, { bytes }) => sum + bytes, 0),
    createdAt,
    pictures: pictures.length,
    labelCounts: labels,
    sizes: { smallest: sides[0] ?? 0, median: sides[Math.floor(sides.length / 2)] ?? 0, largest: sides.at(-1) ?? 0 },
    shapes: {
      landscape: count(({ width, height }) => width > height),
      portrait: count(({ width, height }) => width < height),
      square: count(({ width, height }) => width === height),
    },
    colours: {
      grey: count(({ grey }) => grey),
      colour: count(({ grey }) => !grey),
      transparent: count(({ transparent }) => transparent),
      mean: mean as [number, number, number],
    },
    duplicates: [...groupsOf(pictures).values()].filter((ids) => ids.length > 1),
    bad,
  };
}

/** A page of a dataset's pictures. */
export function pageOf(
  { pictures }: Catalog,
  { label, offset = 0, limit }: { readonly label?: string; readonly offset?: number; readonly limit: number },
): DatasetPage {
  const groups = groupsOf(pictures);
  const found = label === undefined ? pictures : pictures.filter((picture) => picture.label === label);
  const shown = found.slice(offset, offset + limit).map((picture): DatasetPicture => ({
    id: picture.id,
    label: picture.label,
    name: basename(picture.file),
    width: picture.width,
    height: picture.height,
    bytes: picture.bytes,
    duplicate: groups.get(picture.sha256)!.length > 1,
  }));
  return { pictures: shown, total: found.length };
}

/**
 * Changes labels, and takes pictures out.
 *
 * @param folder the dataset's
 * @throws {LatentboardError} `invalid` for a label or picture that is not there, or a name that can be no folder's
 */
export async function changeCatalog(folder: string, change: DatasetChange): Promise<Catalog> {
  const catalog = await readCatalog(folder);
  const pictures = new Map(catalog.pictures.map((picture) => [picture.id, picture]));
  const relabel = async (picture: PictureRecord, label: string) => {
    if (picture.label === label) return;
    const file = await freeFile(folder, label, basename(picture.file));
    await Deno.mkdir(dirname(join(folder, file)), { recursive: true });
    await Deno.rename(join(folder, picture.file), join(folder, file));
    pictures.set(picture.id, { ...picture, file, label });
  };
  const pictureOf = (id: string) => {
    const picture = pictures.get(id);
    if (picture !== undefined) return picture;
    throw new LatentboardError("invalid", `There is no picture "${id}" in this dataset`, { field: "ids" });
  };
  for (const { from, to } of change.rename ?? []) {
    const labelled = [...pictures.values()].filter(({ label }) => label === from);
    if (labelled.length === 0) {
      throw new LatentboardError("invalid", `There is no label "${from}" in this dataset`, { field: "rename" });
    }
    for (const picture of labelled) await relabel(picture, to);
  }
  for (const { ids, to } of change.move ?? []) for (const id of ids) await relabel(pictureOf(id), to);
  for (const id of change.remove ?? []) {
    const { file } = pictureOf(id);
    await Deno.mkdir(join(folder, REMOVED), { recursive: true });
    await Deno.rename(join(folder, file), join(folder, REMOVED, `${id}-${basename(file)}`));
    pictures.delete(id);
  }
  const changed = { ...catalog, pictures: [...pictures.values()] };
  await writeCatalog(folder, changed);
  return changed;
}

/** A file's place that is not taken: with a number behind its name where it is. */
export async function freeFile(folder: string, label: string, name: string): Promise<string> {
  const ending = extname(name);
  const stem = basename(name, ending);
  for (let number = 1;; number++) {
    const own = number === 1 ? name : `${stem}-${number}${ending}`;
    const file = label === "" ? own : `${label}/${own}`;
    if (!await exists(join(folder, file))) return file;
  }
}

function countLabels(pictures: readonly PictureRecord[]): DatasetDetail["labelCounts"] {
  const counts = new Map<string, number>();
  for (const { label } of pictures) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => a.name.localeCompare(b.name));
}

/** Ids of pictures with the same bytes, by their checksum. */
function groupsOf(pictures: readonly PictureRecord[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { id, sha256 } of pictures) groups.set(sha256, [...groups.get(sha256) ?? [], id]);
  return groups;
}
