/**
 * The small row of pictures above each slider: what the picture becomes when this latent alone moves through its range.
 * All rows that are in sight are decoded in one request, as one PNG, which the browser unpacks off its main thread.
 */
import type { LatentDimension } from "../protocol.ts";
import { send } from "./requests.ts";

/** Pictures in a row. */
export const STRIP_CELLS = 5;

/** The value that a row's cell shows: cells share the slider's range evenly, each shows its middle. */
export function stripValue(dimension: Pick<LatentDimension, "minimum" | "maximum">, cell: number): number {
  return dimension.minimum + (cell + 0.5) / STRIP_CELLS * (dimension.maximum - dimension.minimum);
}

/** The rows' latents: for each dimension, z with that dimension at each cell's value. */
export function stripLatents(z: readonly number[], dimensions: readonly LatentDimension[]): number[][] {
  return dimensions.flatMap((dimension) =>
    Array.from({ length: STRIP_CELLS }, (_, cell) => {
      const row = z.map((value) => Math.round(value * 1e4) / 1e4);
      row[dimension.index] = Math.round(stripValue(dimension, cell) * 1e4) / 1e4;
      return row;
    })
  );
}

/** The rows of one board. */
export class TraversalStrips {
  readonly #model: string;
  readonly #canvases = new Map<LatentDimension, HTMLCanvasElement>();
  #running: AbortController | undefined;

  /** @param model the name of the model that decodes */
  constructor(model: string) {
    this.#model = model;
  }

  /** Sets or, with null, removes the canvas of a dimension's row. */
  place(dimension: LatentDimension, canvas: HTMLCanvasElement | null): void {
    if (canvas === null) this.#canvases.delete(dimension);
    else this.#canvases.set(dimension, canvas);
  }

  /**
   * Paints the rows in sight around z; an earlier painting that is not done yet is called off.
   *
   * @throws as `send` does, and `AbortError` when a later call overtook this one
   */
  async paint(z: readonly number[]): Promise<void> {
    this.#running?.abort();
    const seen = [...this.#canvases].filter(([, canvas]) => canvas.offsetParent !== null);
    if (seen.length === 0) return;
    const running = this.#running = new AbortController();
    const response = await send("/api/decode", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "image/png" },
      body: JSON.stringify({
        model: this.#model,
        z: stripLatents(z, seen.map(([dimension]) => dimension)),
        columns: STRIP_CELLS,
      }),
      signal: running.signal,
    });
    const sheet = await createImageBitmap(await response.blob());
    if (!running.signal.aborted) {
      const height = sheet.height / seen.length;
      for (const [row, [, canvas]] of seen.entries()) {
        canvas.width = sheet.width;
        canvas.height = height;
        canvas.getContext("2d")!.drawImage(sheet, 0, row * height, sheet.width, height, 0, 0, sheet.width, height);
        canvas.removeAttribute("data-empty");
      }
    }
    sheet.close();
  }

  /** Calls off what is running. */
  stop(): void {
    this.#running?.abort();
  }
}
