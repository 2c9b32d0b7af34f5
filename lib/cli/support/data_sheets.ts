/** Contact sheets of datasets. */
import { evenlySpacedIndices } from "../../dataset/evenly_spaced.ts";
import type { ImageSet } from "../../dataset/mod.ts";
import { type Bitmap, enlargeBitmap, splitBitmaps, tileBitmaps } from "../../imaging/mod.ts";

/** Columns of a contact sheet, and its rows where there are no labels. */
const COLUMNS = 16;
const ROWS_WITHOUT_LABELS = 10;
/** Sheets show small pictures enlarged to about this many pixels. */
const SHOWN_SIZE = 56;

/** The first pictures of each label in a row of their own, or pictures from all over the set. */
export function contactSheet(set: ImageSet): Bitmap {
  const { labels, labelNames, count } = set;
  const rows = labels === undefined
    ? [evenlySpacedIndices(count, COLUMNS * ROWS_WITHOUT_LABELS)]
    : labelNames.map((_, label) => placesOf(labels, label).slice(0, COLUMNS));
  const { width, height, channels } = set;
  const blank: Bitmap = { width, height, channels, data: new Uint8Array(width * height * channels).fill(255) };
  const cells = rows.flatMap((places) => {
    const pictures = splitBitmaps(set.readBatch(places), set);
    return labels === undefined ? pictures : [...pictures, ...Array(COLUMNS - pictures.length).fill(blank)];
  });
  return layOut(cells, set);
}

/** Pictures of one label from all over the set; undefined where there are none. */
export function labelSheet(set: ImageSet, label: number): Bitmap | undefined {
  const places = placesOf(set.labels!, label);
  if (places.length === 0) return undefined;
  const shown = Array.from(evenlySpacedIndices(places.length, COLUMNS * ROWS_WITHOUT_LABELS), (i) => places[i]!);
  return layOut(splitBitmaps(set.readBatch(shown), set), set);
}

function layOut(cells: readonly Bitmap[], { height }: ImageSet): Bitmap {
  const factor = Math.max(1, Math.round(SHOWN_SIZE / height));
  return tileBitmaps(cells.map((cell) => enlargeBitmap(cell, factor)), { columns: COLUMNS, gap: 2 });
}

function placesOf(labels: Uint8Array, label: number): number[] {
  return [...labels.keys()].filter((place) => labels[place] === label);
}
