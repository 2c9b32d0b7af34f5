/** Sheets of latents: each cell of a grid is a place in latent space that one can take to the board. */
import { samplePrior } from "../latent/mod.ts";
import type { LatentDimension } from "../protocol.ts";

/** A grid's latents, row by row. */
export interface LatentGrid {
  readonly columns: number;
  readonly cells: readonly (readonly number[])[];
  /** What each cell is, for the screen reader. */
  readonly names: readonly string[];
}

/** Samples of the prior; the same seed gives the same grid everywhere. */
export function sampleGrid(
  seed: number,
  options: {
    readonly latentDim: number;
    readonly columns: number;
    readonly count: number;
    readonly temperature: number;
  },
): LatentGrid {
  const { latentDim, columns, count, temperature } = options;
  const flat = samplePrior(seed, count, latentDim, { temperature });
  const cells = Array.from({ length: count }, (_, row) => [...flat.subarray(row * latentDim, (row + 1) * latentDim)]);
  return { columns, cells, names: cells.map((_, index) => `Sample ${index + 1}`) };
}

/** Two latents through their ranges around z: the first from left to right, the second from bottom to top. */
export function traversalGrid(
  z: readonly number[],
  across: LatentDimension,
  up: LatentDimension,
  side: number,
): LatentGrid {
  const value = ({ minimum, maximum }: LatentDimension, step: number) =>
    Math.fround(minimum + step / (side - 1) * (maximum - minimum));
  const cells: number[][] = [];
  const names: string[] = [];
  for (let row = side - 1; row >= 0; row--) {
    for (let column = 0; column < side; column++) {
      const cell = [...z];
      cell[up.index] = value(up, row);
      cell[across.index] = value(across, column);
      cells.push(cell);
      names.push(`z${across.index} ${cell[across.index]!.toFixed(2)}, z${up.index} ${cell[up.index]!.toFixed(2)}`);
    }
  }
  return { columns: side, cells, names };
}
