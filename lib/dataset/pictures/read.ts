/** Sets made of picture files: listed, decoded once, split and labelled. */
import { LatentboardError } from "../../errors.ts";
import type { SplitName } from "../binarize.ts";
import { type ImageSet, memoryImageSet, subset } from "../image_set.ts";
import { MEMORY_LIMIT, type ReadOptions } from "../options.ts";
import type { PictureFiles, SourceParts } from "../parts.ts";
import { openRecordFile } from "../record_file.ts";
import { decodeFiles } from "./cache.ts";
import { describeIgnored, type Listing, type SourceFile } from "./files.ts";
import { layoutOf, MAX_LABELS, nameSome, printable } from "./layout.ts";
import { labelsFromTables } from "./tables.ts";

/**
 * Reads the pictures of a listing.
 *
 * @param listing the files
 * @param about what the set is called, and where it is from
 * @throws {LatentboardError} kind `damaged` when not one of the files can be read, `invalid` when the labels that are
 *   asked for can't be had
 */
export async function readPictures(
  listing: Listing,
  about: { readonly name: string; readonly source: string },
  options: ReadOptions,
): Promise<Omit<SourceParts, "files"> & { files: Omit<PictureFiles, "readAll"> }> {
  const decoded = await decodeFiles(listing.pictures, about.source, options);
  const { size, channels, path, fit } = decoded;
  const kept = decoded.kept ?? [...listing.pictures.keys()];
  const files = kept.map((i) => listing.pictures[i]!);
  const { splits, labels, notes } = await arrange(files, listing.tables, options.labels);
  const shape = { name: about.name, height: size, width: size, channels };
  const count = listing.pictures.length;
  const inFile = count * size * size * channels > (options.memoryLimit ?? MEMORY_LIMIT);
  const all = inFile
    ? openRecordFile({ ...shape, path, count })
    : memoryImageSet({ ...shape, images: await Deno.readFile(path) });
  const paths: Partial<Record<SplitName, string[]>> = {};
  const sizes: Partial<Record<SplitName, Uint16Array>> = {};
  const part = (split: SplitName): ImageSet | undefined => {
    const chosen = [...files.keys()].filter((i) => splits[i] === split);
    if (chosen.length === 0) return undefined;
    paths[split] = chosen.map((i) => files[i]!.path);
    sizes[split] = Uint16Array.from(chosen.flatMap((i) => [...decoded.sizes.subarray(2 * kept[i]!, 2 * kept[i]! + 2)]));
    const places = Uint32Array.from(chosen, (i) => kept[i]!);
    const own = labels && {
      labels: Uint8Array.from(chosen, (i) => labels.of[i]!),
      labelNames: labels.names,
    };
    return subset(all, places, own);
  };
  const ignored = describeIgnored(listing.ignored);
  const [train, validation, test] = [part("train"), part("validation"), part("test")];
  if (train === undefined) {
    all.close();
    throw new LatentboardError("invalid", `Cannot train on ${about.source}: it has no training pictures with a label`);
  }
  return {
    train,
    ...(validation && { validation }),
    ...(test && { test }),
    fit,
    files: { paths, sizes },
    notes: [...(ignored === undefined ? [] : [ignored]), ...notes, ...decoded.notes],
    warnings: decoded.warnings,
    skipped: [...listing.skipped, ...decoded.skipped],
  };
}

interface Arrangement {
  readonly splits: readonly (SplitName | undefined)[];
  /** An index into the names for each file that is in a split. */
  readonly labels?: { readonly of: readonly number[]; readonly names: readonly string[] };
  readonly notes: readonly string[];
}

/** Splits and labels of files: labels of the source itself, else of a table, else of folders. */
async function arrange(
  files: readonly SourceFile[],
  tables: readonly SourceFile[],
  wanted: string | undefined,
): Promise<Arrangement> {
  const layout = layoutOf(files.map(({ path }) => path));
  const notes = [...layout.notes];
  let labels: readonly (string | undefined)[] | undefined = layout.labels;
  let splits = layout.splits;
  let compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0;
  const own = files.some(({ label }) => label !== undefined);
  const found = own && wanted === undefined ? undefined : await labelsFromTables(files, tables, wanted);
  if (own && wanted === undefined) labels = files.map(({ label }) => label);
  if (found !== undefined && (layout.labels === undefined || wanted !== undefined || found.labels !== undefined)) {
    notes.push(found.note);
    labels = found.labels ?? labels;
  }
  if (labels === undefined) return { splits, notes };
  if (labels !== layout.labels) {
    compare = new Intl.Collator("en", { numeric: true }).compare;
    const missing = [...labels.keys()].filter((i) => splits[i] !== undefined && labels![i] === undefined);
    if (missing.length * 2 > labels.length) {
      return { splits, notes: [...notes, "Most pictures have no label there, so labels are left out"] };
    }
    if (missing.length > 0) {
      notes.push(`Left out ${nameSome(missing.map((i) => files[i]!.path))}, which have no label`);
      splits = splits.map((split, i) => labels![i] === undefined ? undefined : split);
    }
  }
  const names = [...new Set(labels.filter((_, i) => splits[i] !== undefined))].sort((a, b) =>
    compare(a!, b!)
  ) as string[];
  if (names.length > MAX_LABELS) {
    const note = `There are ${names.length.toLocaleString("en")} labels, more than ${MAX_LABELS}, so they are left out`;
    return { splits: layout.splits, notes: [...notes, note] };
  }
  const index = new Map(names.map((name, i) => [name, i]));
  return { splits, labels: { of: labels.map((label) => index.get(label!) ?? 0), names: names.map(printable) }, notes };
}
