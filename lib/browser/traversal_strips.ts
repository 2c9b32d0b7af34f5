/**
 * The small row of pictures above each slider: what the picture becomes when this latent alone moves through its range.
 * All rows that are in sight are decoded as one PNG, or several where one request can't hold them, which the browser
 * unpacks off its main thread.
 */
import { type LatentDimension, MAX_PICTURES } from "../protocol.ts";
import { send } from "./requests.ts";

/** Pictures in a row. */
export const STRIP_CELLS = 5;

/** Rows that one request decodes. */
const ROWS_PER_REQUEST = Math.floor(MAX_PICTURES / STRIP_CELLS);

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
    for (let first = 0; first < seen.length; first += ROWS_PER_REQUEST) {
      await this.#paintRows(z, seen.slice(first, first + ROWS_PER_REQUEST), running.signal);
    }
  }

  async #paintRows(
    z: readonly number[],
    rows: readonly [LatentDimension, HTMLCanvasElement][],
    signal: AbortSignal,
  ): Promise<void> {
    const response = await send("/api/decode", {
      method: "POST",
      headers: { "content-type": "application/json", accept: "image/png" },
      body: JSON.stringify({
        model: this.#model,
        z: stripLatents(z, rows.map(([dimension]) => dimension)),
        columns: STRIP_CELLS,
      }),
      signal,
    });
    const sheet = await createImageBitmap(await response.blob());
    if (!signal.aborted) {
      const height = sheet.height / rows.length;
      for (const [row, [, canvas]] of rows.entries()) {
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
