/** Latent traversals above the sliders: what the picture becomes when one latent alone moves through its range. */
import type { LatentDimension } from "../protocol.ts";
import { decodeSheet } from "./decoding.ts";

/** Pictures per traversal. */
export const STRIP_CELLS = 5;

/** The latent's value in a cell: cells divide the slider's range evenly, each shows its middle. */
export function stripValue({ minimum, maximum }: Pick<LatentDimension, "minimum" | "maximum">, cell: number): number {
  return minimum + (cell + 0.5) / STRIP_CELLS * (maximum - minimum);
}

/** For each dimension, z with that dimension at each cell's value; four decimals, which keeps the request short. */
export function stripLatents(z: readonly number[], dimensions: readonly LatentDimension[]): number[][] {
  const round = (value: number) => Math.round(value * 1e4) / 1e4;
  return dimensions.flatMap((dimension) =>
    Array.from(
      { length: STRIP_CELLS },
      (_, cell) => z.map(round).with(dimension.index, round(stripValue(dimension, cell))),
    )
  );
}

/** The traversals of one board. */
export class TraversalStrips {
  readonly #canvases = new Map<LatentDimension, HTMLCanvasElement>();
  #running: AbortController | undefined;

  constructor(private readonly model: string) {}

  /** Sets or, with null, removes the canvas of a dimension. */
  place(dimension: LatentDimension, canvas: HTMLCanvasElement | null): void {
    if (canvas === null) this.#canvases.delete(dimension);
    else this.#canvases.set(dimension, canvas);
  }

  /**
   * Paints the traversals in sight around z; aborts an earlier call that is still running.
   *
   * @throws as `send` does, and `AbortError` when a later call came
   */
  async paint(z: readonly number[]): Promise<void> {
    this.stop();
    const seen = [...this.#canvases].filter(([, canvas]) => canvas.offsetParent !== null);
    if (seen.length === 0) return;
    const { signal } = this.#running = new AbortController();
    const latents = stripLatents(z, seen.map(([dimension]) => dimension));
    for await (const { first, rows, bitmap } of decodeSheet(this.model, latents, STRIP_CELLS, signal)) {
      const { width } = bitmap;
      const height = bitmap.height / rows;
      for (const [row, [, canvas]] of seen.slice(first, first + rows).entries()) {
        canvas.width = width;
        canvas.height = height;
        canvas.getContext("2d")!.drawImage(bitmap, 0, row * height, width, height, 0, 0, width, height);
        canvas.removeAttribute("data-empty");
      }
    }
  }

  stop(): void {
    this.#running?.abort();
  }
}
