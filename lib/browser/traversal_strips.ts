/** Latent traversals above the sliders: what the picture becomes when one latent alone moves through its range. */
import type { LatentDimension } from "../protocol.ts";
import { decodeSheet } from "./decoding.ts";
import { isAbort } from "./requests.ts";

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

interface Strip {
  readonly dimension: LatentDimension;
  /** Whether its canvas is on the screen, or nearly. */
  seen: boolean;
  /** The version of z that it shows; 0 for none. */
  shown: number;
}

/** The traversals of one board; only those on the screen are decoded. */
export class TraversalStrips {
  readonly #strips = new Map<HTMLCanvasElement, Strip>();
  readonly #canvases = new Map<LatentDimension, HTMLCanvasElement>();
  #observer: IntersectionObserver | undefined;
  #z: readonly number[] | undefined;
  #version = 0;
  #running: AbortController | undefined;

  /** @param onError gets what `send` throws */
  constructor(private readonly model: string, private readonly onError: (error: unknown) => void) {}

  /** Sets or, with null, removes the canvas of a dimension. */
  place(dimension: LatentDimension, canvas: HTMLCanvasElement | null): void {
    const old = this.#canvases.get(dimension);
    if (old !== undefined) {
      this.#observer?.unobserve(old);
      this.#strips.delete(old);
      this.#canvases.delete(dimension);
    }
    if (canvas === null) return;
    this.#canvases.set(dimension, canvas);
    this.#strips.set(canvas, { dimension, seen: false, shown: 0 });
    this.#observer ??= new IntersectionObserver((entries) => this.#observe(entries), { rootMargin: "120px" });
    this.#observer.observe(canvas);
  }

  #observe(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const strip = this.#strips.get(target as HTMLCanvasElement);
      if (strip !== undefined) strip.seen = isIntersecting;
    }
    if (this.#running === undefined) void this.#paintSeen(); // else they are painted when that is done
  }

  /** Paints around z what is on the screen now and, until the next call, what comes onto it. */
  async paint(z: readonly number[]): Promise<void> {
    this.stop();
    this.#z = z;
    this.#version++;
    await this.#paintSeen();
  }

  async #paintSeen(): Promise<void> {
    const [z, version] = [this.#z, this.#version];
    if (z === undefined) return;
    const { signal } = this.#running = new AbortController();
    try {
      while (true) {
        const due = [...this.#strips].filter(([, { seen, shown }]) => seen && shown < version);
        if (due.length === 0) break;
        const latents = stripLatents(z, due.map(([, { dimension }]) => dimension));
        for await (const { first, rows, bitmap } of decodeSheet(this.model, latents, STRIP_CELLS, signal)) {
          const { width } = bitmap;
          const height = bitmap.height / rows;
          for (const [row, [canvas, strip]] of due.slice(first, first + rows).entries()) {
            canvas.width = width;
            canvas.height = height;
            canvas.getContext("2d")!.drawImage(bitmap, 0, row * height, width, height, 0, 0, width, height);
            canvas.removeAttribute("data-empty");
            strip.shown = version;
          }
        }
      }
    } catch (error) {
      if (!isAbort(error)) this.onError(error);
    } finally {
      if (this.#running?.signal === signal) this.#running = undefined;
    }
  }

  /** Stops painting until the next call of {@linkcode paint}. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#z = undefined;
  }
}
