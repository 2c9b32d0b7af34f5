/** The part of a plane that a map shows: zoom and pan. Screens count in CSS pixels from the top left, planes upwards. */

/** What is shown. */
export interface MapView {
  /** The plane's coordinates at the middle of the map. */
  readonly x: number;
  readonly y: number;
  /** Pixels per unit of the plane. */
  readonly scale: number;
}

/** The size of a map in CSS pixels. */
export interface MapSize {
  readonly width: number;
  readonly height: number;
}

/** A place on the plane or on the screen. */
export type Place = readonly [x: number, y: number];

const MARGIN = 0.06;
/** How far one can zoom in and out, as factors of the view that shows everything. */
const ZOOM_LIMITS = { least: 0.5, most: 60 };

/**
 * The view that shows all points.
 *
 * @param points `[count × 2]`
 */
export function fitView(points: Float32Array, { width, height }: MapSize): MapView {
  const [left, right] = extent(points, 0);
  const [bottom, top] = extent(points, 1);
  const across = width * (1 - 2 * MARGIN) / (right - left || 1);
  const up = height * (1 - 2 * MARGIN) / (top - bottom || 1);
  return { x: (left + right) / 2, y: (bottom + top) / 2, scale: Math.min(across, up) };
}

function extent(points: Float32Array, axis: 0 | 1): Place {
  let [least, most] = [Infinity, -Infinity];
  for (let at = axis; at < points.length; at += 2) {
    least = Math.min(least, points[at]!);
    most = Math.max(most, points[at]!);
  }
  return least <= most ? [least, most] : [0, 0];
}

export function toScreen(view: MapView, { width, height }: MapSize, x: number, y: number): Place {
  return [width / 2 + (x - view.x) * view.scale, height / 2 - (y - view.y) * view.scale];
}

export function toPlane(view: MapView, { width, height }: MapSize, x: number, y: number): Place {
  return [view.x + (x - width / 2) / view.scale, view.y - (y - height / 2) / view.scale];
}

/** Moves what is shown by pixels, as a drag does. */
export function panView(view: MapView, dx: number, dy: number): MapView {
  return { ...view, x: view.x - dx / view.scale, y: view.y + dy / view.scale };
}

/**
 * Zooms by a factor; the place under the pointer stays where it is.
 *
 * @param whole the view that shows everything, which limits the zoom
 * @param at the pointer, in pixels
 */
export function zoomView(view: MapView, whole: MapView, size: MapSize, at: Place, factor: number): MapView {
  const { least, most } = ZOOM_LIMITS;
  const scale = Math.min(whole.scale * most, Math.max(whole.scale * least, view.scale * factor));
  const [x, y] = toPlane(view, size, ...at);
  const [dx, dy] = [(at[0] - size.width / 2) / scale, (at[1] - size.height / 2) / scale];
  return { x: x - dx, y: y + dy, scale };
}
