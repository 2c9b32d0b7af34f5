/** Painting a map: its pictures as points or, all from one sheet, as thumbnails. */
import type { LatentMap } from "../../latent/map.ts";
import { sheetCell } from "../sheet.ts";
import type { MapPlane } from "./planes.ts";
import { type MapSize, type MapView, type Place, toScreen } from "./view.ts";

/** Ten hues that differ in lightness too, so that neighbours stay apart for most eyes. */
export const MAP_COLOURS: readonly string[] = [
  "#e69f00",
  "#56b4e9",
  "#009e73",
  "#d0b200",
  "#0072b2",
  "#d55e00",
  "#cc79a7",
  "#7f7f7f",
  "#9467bd",
  "#17a2a2",
];

/** The colour of a class. */
export function mapColour(label: number): string {
  return MAP_COLOURS[label % MAP_COLOURS.length]!;
}

const POINT_RADIUS = 3.2;
/** The longer side of a thumbnail in CSS pixels: at first, and how large zooming makes it. */
const THUMBNAIL = { least: 22, most: 96 };
/** How far from the pointer a point may lie, in CSS pixels. */
const REACH = 12;

/** What is painted. */
export interface PaintedMap {
  readonly map: LatentMap;
  readonly plane: MapPlane;
  readonly view: MapView;
  readonly size: MapSize;
  readonly hidden: ReadonlySet<number>;
}

/** How the pictures are cut from their sheet. */
export interface Thumbnails {
  readonly sheet: ImageBitmap;
  readonly image: { readonly width: number; readonly height: number };
  /** How far the map is zoomed in; 1 shows everything. */
  readonly zoom: number;
}

/**
 * Paints the pictures that are seen.
 *
 * @param context scaled to CSS pixels
 * @param thumbnails points are painted where not given
 */
export function paintMap(context: CanvasRenderingContext2D, painted: PaintedMap, thumbnails?: Thumbnails): void {
  const { map, plane, view, size, hidden } = painted;
  context.clearRect(0, 0, size.width, size.height);
  const side = thumbnails === undefined
    ? 2 * POINT_RADIUS
    : Math.min(THUMBNAIL.most, THUMBNAIL.least * Math.sqrt(Math.max(1, thumbnails.zoom)));
  for (let index = 0; index < map.count; index++) {
    const label = map.labels[index]!;
    if (hidden.has(label)) continue;
    const [x, y] = toScreen(view, size, plane.points[index * 2]!, plane.points[index * 2 + 1]!);
    if (x < -side || y < -side || x > size.width + side || y > size.height + side) continue;
    if (thumbnails === undefined) paintPoint(context, x, y, label);
    else paintThumbnail(context, thumbnails, index, label, [x, y], side);
  }
}

function paintPoint(context: CanvasRenderingContext2D, x: number, y: number, label: number): void {
  context.globalAlpha = 0.8;
  context.fillStyle = mapColour(label);
  context.beginPath();
  context.arc(x, y, POINT_RADIUS, 0, 2 * Math.PI);
  context.fill();
}

function paintThumbnail(
  context: CanvasRenderingContext2D,
  { sheet, image }: Thumbnails,
  index: number,
  label: number,
  [x, y]: Place,
  side: number,
): void {
  const scale = side / Math.max(image.width, image.height);
  const [width, height] = [image.width * scale, image.height * scale];
  const cell = sheetCell(index, sheet.width, image);
  const [left, top] = [x - width / 2, y - height / 2];
  context.globalAlpha = 1;
  context.drawImage(sheet, cell.x, cell.y, image.width, image.height, left, top, width, height);
  context.strokeStyle = mapColour(label);
  context.lineWidth = 1.5;
  context.strokeRect(left, top, width, height);
}

/** The picture nearest to a place of the screen; undefined where none is near. */
export function pictureAt({ map, plane, view, size, hidden }: PaintedMap, [x, y]: Place): number | undefined {
  let best: number | undefined;
  let nearest = REACH;
  for (let index = 0; index < map.count; index++) {
    if (hidden.has(map.labels[index]!)) continue;
    const [atX, atY] = toScreen(view, size, plane.points[index * 2]!, plane.points[index * 2 + 1]!);
    const away = Math.hypot(atX - x, atY - y);
    if (away < nearest) [best, nearest] = [index, away];
  }
  return best;
}

/** Marks over the map. */
export interface MapMarks {
  /** Where the board's latents lie. */
  readonly dot?: Place | undefined;
  /** Pictures with a ring. */
  readonly rings: readonly Place[];
  readonly pointed?: Place | undefined;
}

/** Paints the marks; `colours` are those of the theme. */
export function paintMarks(
  context: CanvasRenderingContext2D,
  size: MapSize,
  { dot, rings, pointed }: MapMarks,
  colours: { readonly ink: string; readonly accent: string; readonly paper: string },
): void {
  context.clearRect(0, 0, size.width, size.height);
  const circle = ([x, y]: Place, radius: number) => {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
  };
  context.lineWidth = 1.5;
  context.strokeStyle = colours.ink;
  for (const ring of rings) {
    circle(ring, 6);
    context.stroke();
  }
  if (pointed !== undefined) {
    context.strokeStyle = colours.ink;
    context.lineWidth = 2.5;
    circle(pointed, 8);
    context.stroke();
  }
  if (dot === undefined) return;
  context.lineWidth = 3;
  context.fillStyle = colours.accent;
  context.strokeStyle = colours.paper;
  circle(dot, 9);
  context.fill();
  context.stroke();
  context.lineWidth = 1.5;
  context.strokeStyle = colours.ink;
  circle(dot, 11);
  context.stroke();
}
