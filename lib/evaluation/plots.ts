/** Plots of what a model learned: latents by label, and films over the epochs. */
import { type PlotFrame, type PlotSeries, scatterChart, svgToPng } from "../charts/mod.ts";
import { type Bitmap, decodeUpload, enlargeBitmap, tileBitmaps } from "../imaging/mod.ts";
import { fitPlane, type Projection } from "./projection.ts";
import type { Snapshot } from "./snapshots.ts";

/** What stands around a plot. */
export type PlotText = Pick<PlotFrame, "title" | "caption">;

/**
 * Latents on a plane, one colour a label.
 *
 * @param text title and small print
 * @param labels one a point; all points are one group without
 * @returns an SVG document
 */
export function latentScatter(
  text: PlotText,
  { points, axes }: Projection,
  labels: Uint8Array | undefined,
  labelNames: readonly string[],
  range?: readonly [number, number],
): string {
  const groups = labels === undefined ? [undefined] : [...new Set(labels)].sort((a, b) => a - b);
  const series = groups.map((label): PlotSeries => ({
    name: label === undefined ? "pictures" : labelNames[label] ?? `label ${label}`,
    points: Array.from({ length: points.length / 2 }, (_, i) => i)
      .filter((i) => label === undefined || labels![i] === label)
      .map((i) => [points[2 * i]!, points[2 * i + 1]!] as const),
  }));
  const frame = { ...text, xLabel: axes[0], yLabel: axes[1], width: 720, height: 640 };
  return scatterChart(frame, series, { radius: points.length > 4000 ? 1.6 : 2.5, ...(range ? { range } : {}) });
}

/**
 * The latent space by class over the epochs. All frames have the axes of the last epoch, so that it is the latents that
 * move and not the view.
 *
 * @param name the model's name, for the title
 * @param snapshots by epoch, at least one
 * @returns one frame per epoch
 */
export async function latentFilm(
  name: string,
  snapshots: readonly Snapshot[],
  onFrame?: (done: number) => void,
): Promise<Bitmap[]> {
  const last = snapshots.at(-1)!;
  const plane = fitPlane(last.mu, last.dimensions);
  const placed = snapshots.map(({ mu }) => plane.project(mu));
  const reach =
    Math.ceil(2 * placed.flatMap((points) => Array.from(points, Math.abs)).reduce((a, b) => Math.max(a, b), 0.5)) / 2;
  const frames: Bitmap[] = [];
  for (const [i, { epoch, labels, labelNames }] of snapshots.entries()) {
    const projection: Projection = { points: placed[i]!, axes: plane.axes };
    const title = `Latent space of ${name}, epoch ${epoch}`;
    const svg = latentScatter({ title }, projection, labels, labelNames, [-reach, reach]);
    frames.push(await decodeUpload(await svgToPng(svg, { scale: 1 })));
    onFrame?.(i + 1);
  }
  return frames;
}

/**
 * Reconstructions over the epochs: the pictures in the first row, what the model makes of them below, and a bar that
 * fills as the epochs pass.
 *
 * @param snapshots by epoch, at least one
 * @param scale pixels a pixel
 * @returns one frame per epoch
 */
export function reconstructionFilm(snapshots: readonly Snapshot[], scale = 3): Bitmap[] {
  const lastEpoch = snapshots.at(-1)!.epoch;
  return snapshots.map(({ epoch, originals, reconstructions, image }) => {
    const size = image.height * image.width * image.channels;
    const columns = reconstructions.length / size;
    const tiles = [originals, reconstructions].filter((row) => row !== undefined).flatMap((row) => {
      return Array.from({ length: columns }, (_, i) => ({ ...image, data: row.subarray(i * size, (i + 1) * size) }));
    });
    return withBar(enlargeBitmap(tileBitmaps(tiles, { columns, gap: 1 }), scale), epoch / lastEpoch);
  });
}

const BAR = 4;

/** Adds a bar below a picture, of which `share` is dark. */
function withBar({ width, height, channels, data }: Bitmap, share: number): Bitmap {
  const stride = width * channels;
  const taller = new Uint8Array((height + BAR) * stride).fill(225);
  taller.set(data);
  const filled = Math.round(width * share) * channels;
  for (let row = height; row < height + BAR; row++) taller.fill(60, row * stride, row * stride + filled);
  return { width, height: height + BAR, channels, data: taller };
}
