/** What is wrong with a dataset, said before an hour is spent on it. */
import { createHash } from "node:crypto";
import { extname } from "node:path";
import { luma } from "../imaging/bitmap.ts";
import type { SplitName } from "./binarize.ts";
import type { ImageSet } from "./image_set.ts";
import type { LoadOptions } from "./options.ts";
import type { SkippedFile, SourceParts } from "./parts.ts";
import { printable } from "./pictures/layout.ts";
import { describeSet, locate, readAbout, readParts } from "./sources.ts";

/** A picture of a dataset, for people: its path, or its part and number. */
export type PictureName = string;

/** What a check found. */
export interface DatasetReport {
  readonly name: string;
  /** Pictures of each part. */
  readonly counts: Readonly<Partial<Record<SplitName, number>>>;
  /** As they are learned. */
  readonly width: number;
  readonly height: number;
  readonly colours: "grey" | "colour";
  /** Files by their ending; empty for arrays. */
  readonly types: Readonly<Record<string, number>>;
  readonly labels: readonly { readonly name: string; readonly counts: Readonly<Partial<Record<SplitName, number>>> }[];
  /** Shorter sides and aspect ratios (longer by shorter side) of the files, as counts of ranges; empty for arrays. */
  readonly sizes: readonly HistogramBin[];
  readonly aspects: readonly HistogramBin[];
  readonly skipped: readonly SkippedFile[];
  /** Pictures with the very same pixels, as they are learned: each group is one picture several times. */
  readonly duplicates: readonly (readonly PictureName[])[];
  /** Pairs that look alike to a perceptual hash. */
  readonly nearDuplicates: readonly (readonly [PictureName, PictureName])[];
  /** Pairs and groups of the above that lie both in training and in a held-out part. */
  readonly acrossSplits: number;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** How many fall into a range. */
export interface HistogramBin {
  readonly range: string;
  readonly count: number;
}

/** A checked dataset: the report, and the parts that it is about. */
export interface CheckedDataset {
  readonly report: DatasetReport;
  readonly parts: SourceParts;
  /** Places of pictures, by part, that a clean copy leaves out: later ones of the same, and training pictures that are
   * in a held-out part. */
  readonly superfluous: ReadonlyMap<SplitName, ReadonlySet<number>>;
  close(): void;
}

const SPLITS = ["train", "validation", "test"] as const;

/**
 * Reads a source and looks for what would spoil a training.
 *
 * @throws {LatentboardError} what {@linkcode loadDataset} throws of a source that can't be read at all
 */
export async function checkDataset(source: string, options: LoadOptions): Promise<CheckedDataset> {
  const found = await locate(source, options);
  const read = await readParts(found, options);
  const about = await readAbout(found);
  const parts: SourceParts = { ...read, train: describeSet(read.train, about) };
  const pictures = listPictures(parts);
  const looks = lookAt(pictures, options);
  const { groups, pairs } = findDuplicates(looks);
  const isHeldOut = (i: number) => pictures[i]!.split !== "train";
  const crosses = (places: readonly number[]) => places.some(isHeldOut) && !places.every(isHeldOut);
  const superfluous = new Map<SplitName, Set<number>>();
  for (const group of groups) {
    // a picture that is held out stays there: training on it would make it worthless as a test
    const [, ...others] = group.toSorted((a, b) => Number(isHeldOut(b)) - Number(isHeldOut(a)) || a - b);
    for (const i of others) {
      const { split, place } = pictures[i]!;
      superfluous.set(split, (superfluous.get(split) ?? new Set()).add(place));
    }
  }
  const names = (places: readonly number[]) => places.map((i) => nameOf(parts, pictures[i]!));
  const sizes = SPLITS.flatMap((split) => [...parts.files?.sizes[split] ?? []]);
  const sides = sizes.flatMap((width, i) => i % 2 === 0 ? [[width, sizes[i + 1]!] as const] : []);
  const report: DatasetReport = {
    name: found.name,
    counts: countsOf(parts, () => true),
    width: parts.train.width,
    height: parts.train.height,
    colours: parts.train.channels === 1 ? "grey" : "colour",
    types: countTypes(parts),
    labels: parts.train.labelNames.map((name, label) => ({
      name,
      counts: countsOf(parts, (set, place) => set.labels?.[place] === label),
    })),
    sizes: histogram(sides.map(([width, height]) => Math.min(width, height)), [
      32,
      64,
      128,
      256,
      512,
      1024,
      2048,
      4096,
    ]),
    aspects: histogram(
      sides.map(([width, height]) => Math.max(width, height) / Math.min(width, height)),
      [1.01, 1.34, 1.51, 1.79, 2.01, 3],
    ),
    skipped: parts.skipped.map(({ file, reason }) => ({ file: printable(file), reason })),
    duplicates: groups.map(names),
    nearDuplicates: pairs.map((pair) => names(pair) as [string, string]),
    acrossSplits: [...groups, ...pairs].filter(crosses).length,
    notes: parts.notes,
    warnings: [...parts.warnings ?? [], ...warnOfLabels(parts)],
  };
  const close = () => SPLITS.forEach((split) => parts[split]?.close());
  return { report, parts, superfluous, close };
}

interface Place {
  readonly set: ImageSet;
  readonly split: SplitName;
  readonly place: number;
}

function listPictures(parts: SourceParts): Place[] {
  return SPLITS.flatMap((split) => {
    const set = parts[split];
    return set === undefined ? [] : Array.from({ length: set.count }, (_, place) => ({ set, split, place }));
  });
}

function nameOf(parts: SourceParts, { split, place }: Place): PictureName {
  return printable(parts.files?.paths[split]?.[place] ?? `${split} ${place}`);
}

function countsOf(parts: SourceParts, counts: (set: ImageSet, place: number) => boolean) {
  return Object.fromEntries(SPLITS.flatMap((split) => {
    const set = parts[split];
    if (set === undefined) return [];
    let count = 0;
    for (let place = 0; place < set.count; place++) if (counts(set, place)) count++;
    return [[split, count]];
  })) as Partial<Record<SplitName, number>>;
}

function countTypes({ files }: SourceParts): Record<string, number> {
  const types: Record<string, number> = {};
  for (const path of SPLITS.flatMap((split) => files?.paths[split] ?? [])) {
    const type = extname(path).slice(1).toLowerCase();
    types[type] = (types[type] ?? 0) + 1;
  }
  return types;
}

function histogram(values: readonly number[], edges: readonly number[]): HistogramBin[] {
  const plain = (edge: number) => String(Math.floor(edge * 100) / 100);
  return [0, ...edges].map((from, i) => {
    const to = edges[i] ?? Infinity;
    const range = to === Infinity
      ? `${plain(from)} or more`
      : i === 0
      ? `below ${plain(to)}`
      : `${plain(from)} to ${plain(to)}`;
    return { range, count: values.filter((value) => value >= from && value < to).length };
  }).filter(({ count }) => count > 0);
}

/** Fewer pictures of a label than this teach little. */
const FEW_PER_LABEL = 10;

function warnOfLabels({ train }: SourceParts): string[] {
  const { labels, labelNames } = train;
  if (labels === undefined) return [];
  const counts = labelNames.map((_, label) => labels.reduce((sum, found) => sum + Number(found === label), 0));
  const few = labelNames.filter((_, label) => counts[label]! > 0 && counts[label]! < FEW_PER_LABEL);
  const most = Math.max(...counts);
  const least = Math.min(...counts.filter((count) => count > 0));
  return [
    ...(few.length > 0 ? [`Fewer than ${FEW_PER_LABEL} training pictures of ${few.slice(0, 5).join(", ")}`] : []),
    ...(most > 20 * least
      ? [`The labels are uneven: ${most.toLocaleString("en")} pictures of one, ${least} of another`]
      : []),
  ];
}

/** What is compared of a picture. */
interface Look {
  /** Digest of the pixels. */
  readonly digest: string;
  /** 256 bits: whether brightness rises from each of 16×16 cells to the next. */
  readonly hash: Uint16Array;
  /** The brightness of 17×16 cells. */
  readonly cells: Uint8Array;
}

const CELLS = 16;
const AT_ONCE = 256;

function lookAt(pictures: readonly Place[], { onProgress, signal }: LoadOptions): Look[] {
  const looks: Look[] = [];
  for (let start = 0; start < pictures.length;) {
    signal?.throwIfAborted();
    const { set } = pictures[start]!;
    let end = start;
    while (end < pictures.length && end < start + AT_ONCE && pictures[end]!.set === set) end++;
    const bytes = set.readBatch(pictures.slice(start, end).map(({ place }) => place));
    const size = set.height * set.width * set.channels;
    for (let i = 0; i < end - start; i++) {
      const pixels = bytes.subarray(i * size, (i + 1) * size);
      looks.push({ digest: createHash("sha1").update(pixels).digest("base64"), ...perceptualHash(pixels, set) });
    }
    start = end;
    onProgress?.({ what: "comparing", done: end, total: pictures.length });
  }
  return looks;
}

/** The difference hash (Krawetz 2013, "Kind of Like That"), of 17×16 averaged cells. */
function perceptualHash(pixels: Uint8Array, { width, height, channels }: ImageSet): Pick<Look, "hash" | "cells"> {
  const columns = CELLS + 1;
  const sums = new Float64Array(columns * CELLS);
  const counts = new Uint32Array(columns * CELLS);
  for (let y = 0; y < Math.max(height, CELLS); y++) {
    for (let x = 0; x < Math.max(width, columns); x++) {
      const row = Math.min(height - 1, Math.floor(y * height / Math.max(height, CELLS)));
      const column = Math.min(width - 1, Math.floor(x * width / Math.max(width, columns)));
      const at = (row * width + column) * channels;
      const cell = Math.floor(y * CELLS / Math.max(height, CELLS)) * columns +
        Math.floor(x * columns / Math.max(width, columns));
      sums[cell]! += channels === 1 ? pixels[at]! : luma(pixels[at]!, pixels[at + 1]!, pixels[at + 2]!);
      counts[cell]!++;
    }
  }
  const hash = new Uint16Array(CELLS);
  for (let y = 0; y < CELLS; y++) {
    for (let x = 0; x < CELLS; x++) {
      const cell = y * columns + x;
      if (sums[cell + 1]! / counts[cell + 1]! > sums[cell]! / counts[cell]! + 1) hash[y]! |= 1 << x;
    }
  }
  return { hash, cells: Uint8Array.from(sums, (sum, cell) => sum / counts[cell]!) };
}

/** Hashes that differ in no more bits than this, of 256, may be of one picture. */
const MAX_DISTANCE = 32;
/** So may cells that differ by no more than this on average: pictures of one kind differ more, copies of one less. */
const MAX_DIFFERENCE = 4;
/** A row that so many pictures share, such as an empty margin, tells nothing. */
const MAX_SHARED = 64;

function findDuplicates(looks: readonly Look[]): { groups: number[][]; pairs: [number, number][] } {
  const same = Map.groupBy(looks.keys(), (i) => looks[i]!.digest);
  const groups = [...same.values()].filter((group) => group.length > 1);
  const first = [...same.values()].map((group) => group[0]!);
  const pairs = new Map<string, [number, number]>();
  for (let row = 0; row < CELLS; row++) { // copies of one picture share a row of the hash, as good as always
    const shared = Map.groupBy(first, (i) => looks[i]!.hash[row]!);
    for (const [bits, places] of shared) {
      if (bits === 0 || places.length > MAX_SHARED) continue;
      for (const [n, a] of places.entries()) {
        for (const b of places.slice(n + 1)) if (isAlike(looks[a]!, looks[b]!)) pairs.set(`${a} ${b}`, [a, b]);
      }
    }
  }
  return { groups, pairs: [...pairs.values()].sort(([a, b], [c, d]) => a - c || b - d) };
}

function isAlike(a: Look, b: Look): boolean {
  let bits = 0;
  for (let y = 0; y < CELLS; y++) {
    for (let rest = a.hash[y]! ^ b.hash[y]!; rest !== 0; rest &= rest - 1) bits++;
  }
  if (bits > MAX_DISTANCE) return false;
  let difference = 0;
  for (let cell = 0; cell < a.cells.length; cell++) difference += Math.abs(a.cells[cell]! - b.cells[cell]!);
  return difference <= MAX_DIFFERENCE * a.cells.length;
}
