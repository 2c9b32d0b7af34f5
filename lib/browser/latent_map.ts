/** The map of a model's latent space: where its test pictures lie, brought down to two dimensions. */
import type { LatentMap } from "../latent/map.ts";

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
const MARGIN = 0.04;
/** How far from the pointer a point may lie, as a part of the map's side. */
const REACH = 0.02;

/** Points on a plane. */
export interface Projection {
  /** `[count × 2]`. */
  readonly points: Float32Array;
  /** The share of the variance that the plane keeps, 0 to 1. */
  readonly kept: number;
}

/**
 * The plane in which the latents spread most (principal component analysis). Two latents are shown as they are.
 */
export function project(map: LatentMap): Projection {
  const { count, latentDim, latents } = map;
  if (latentDim === 2) return { points: latents, kept: 1 };
  if (latentDim === 1) {
    const points = Float32Array.from({ length: count * 2 }, (_, index) => index % 2 === 0 ? latents[index / 2]! : 0);
    return { points, kept: 1 };
  }
  const { mean, covariance } = moments(map);
  const total = covariance.reduce((sum, row, index) => sum + row[index]!, 0);
  const first = principal(covariance);
  const rest = covariance.map((row, i) =>
    row.map((value, j) => value - first.variance * first.axis[i]! * first.axis[j]!)
  );
  const second = principal(rest);
  const points = new Float32Array(count * 2);
  for (let row = 0; row < count; row++) {
    for (let index = 0; index < latentDim; index++) {
      const value = latents[row * latentDim + index]! - mean[index]!;
      points[row * 2]! += value * first.axis[index]!;
      points[row * 2 + 1]! += value * second.axis[index]!;
    }
  }
  return { points, kept: total === 0 ? 1 : (first.variance + second.variance) / total };
}

function moments({ count, latentDim, latents }: LatentMap): { mean: number[]; covariance: number[][] } {
  const mean = Array<number>(latentDim).fill(0);
  for (let index = 0; index < latents.length; index++) mean[index % latentDim]! += latents[index]! / count;
  const covariance = Array.from({ length: latentDim }, () => Array<number>(latentDim).fill(0));
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < latentDim; i++) {
      const value = (latents[row * latentDim + i]! - mean[i]!) / count;
      for (let j = 0; j < latentDim; j++) {
        covariance[i]![j]! += value * (latents[row * latentDim + j]! - mean[j]!);
      }
    }
  }
  return { mean, covariance };
}

const POWER_STEPS = 200;

/** The direction of largest variance, by power iteration. */
function principal(matrix: readonly (readonly number[])[]): { axis: number[]; variance: number } {
  let axis = matrix.map((_, index) => 1 / (index + 1)); // no symmetry that could make it orthogonal to the answer
  let variance = 0;
  for (let step = 0; step < POWER_STEPS; step++) {
    const next = matrix.map((row) => row.reduce((sum, value, index) => sum + value * axis[index]!, 0));
    variance = Math.hypot(...next);
    if (variance === 0) return { axis: axis.map(() => 0), variance };
    axis = next.map((value) => value / variance);
  }
  return { axis, variance };
}

/** Where a picture lies on map.png, which holds the pictures in order, row by row and edge to edge. */
export function sheetCell(index: number, sheetWidth: number, image: { width: number; height: number }) {
  const columns = Math.max(1, Math.floor(sheetWidth / image.width));
  return { x: (index % columns) * image.width, y: Math.floor(index / columns) * image.height };
}

/** Points brought into the unit square with one scale for both axes, upwards as in a plot. */
export function fitPlaces(points: Float32Array): Float32Array {
  let reach = 0;
  for (const value of points) reach = Math.max(reach, Math.abs(value));
  const scale = (0.5 - MARGIN) / (reach || 1);
  return points.map((value, index) => 0.5 + (index % 2 === 0 ? value : -value) * scale);
}

/**
 * Paints places as points, coloured by their labels.
 *
 * @param places `[count × 2]`, 0 to 1 within the square canvas
 * @param only the one label that is shown; all where it is undefined
 */
export function paintPlaces(
  context: CanvasRenderingContext2D,
  places: Float32Array,
  labels: ArrayLike<number>,
  only?: number,
): void {
  const side = context.canvas.width;
  const radius = Math.max(2, side / 260);
  context.globalAlpha = 0.8;
  for (let index = 0; index * 2 < places.length; index++) {
    const label = labels[index] ?? 0;
    if (only !== undefined && only !== label) continue;
    context.fillStyle = MAP_COLOURS[label % MAP_COLOURS.length]!;
    context.beginPath();
    context.arc(places[index * 2]! * side, places[index * 2 + 1]! * side, radius, 0, 2 * Math.PI);
    context.fill();
  }
}

/**
 * The place nearest to a point of the map, both 0 to 1; undefined where none is near.
 *
 * @param counts whether the place of an index is looked at
 */
export function nearestPlace(
  places: Float32Array,
  x: number,
  y: number,
  counts: (index: number) => boolean = () => true,
): number | undefined {
  let best: number | undefined;
  let nearest = REACH;
  for (let index = 0; index * 2 < places.length; index++) {
    if (!counts(index)) continue;
    const away = Math.hypot(places[index * 2]! - x, places[index * 2 + 1]! - y);
    if (away < nearest) {
      nearest = away;
      best = index;
    }
  }
  return best;
}
