/** Grids of latents: each cell is a point in latent space that the sliders can jump to. */
import { samplePrior } from "../latent/mod.ts";
import type { LatentDimension } from "../protocol.ts";

/** A grid's latents, row by row. */
export interface LatentGrid {
  readonly columns: number;
  readonly cells: readonly (readonly number[])[];
  /** What a screen reader calls each cell. */
  readonly names: readonly string[];
}

/** Samples of the prior; the same seed gives the same grid everywhere. */
export function sampleGrid(
  seed: number,
  { latentDim, columns, count, temperature }: {
    readonly latentDim: number;
    readonly columns: number;
    readonly count: number;
    readonly temperature: number;
  },
): LatentGrid {
  const flat = samplePrior(seed, count, latentDim, { temperature });
  const cells = Array.from({ length: count }, (_, row) => [...flat.subarray(row * latentDim, (row + 1) * latentDim)]);
  return { columns, cells, names: cells.map((_, index) => `Sample ${index + 1}`) };
}

/** Two latents through their ranges around z: `x` from left to right, `y` from bottom to top. */
export function traversalGrid(
  z: readonly number[],
  x: LatentDimension,
  y: LatentDimension,
  side: number,
): LatentGrid {
  const value = ({ minimum, maximum }: LatentDimension, step: number) =>
    Math.fround(minimum + step / (side - 1) * (maximum - minimum));
  const cells: number[][] = [];
  for (let row = side - 1; row >= 0; row--) {
    for (let column = 0; column < side; column++) {
      const cell = [...z];
      cell[y.index] = value(y, row);
      cell[x.index] = value(x, column);
      cells.push(cell);
    }
  }
  const name = (cell: number[], { index }: LatentDimension) => `z${index} ${cell[index]!.toFixed(2)}`;
  return { columns: side, cells, names: cells.map((cell) => `${name(cell, x)}, ${name(cell, y)}`) };
}
