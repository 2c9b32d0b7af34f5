/** Raw pixels of the protocol onto a canvas; a stream of frames of one size allocates nothing per frame. */
import type { PixelImage } from "../protocol.ts";

/**
 * Expands base64 pixels to RGBA.
 *
 * @param rgba where it is written, `height × width × 4` bytes
 * @throws {RangeError} when the bytes do not fit the picture's size
 */
export function writeRgba({ data, width, height, channels }: PixelImage, rgba: Uint8ClampedArray): void {
  const binary = atob(data);
  if (binary.length !== width * height * channels || rgba.length !== width * height * 4) {
    throw new RangeError(
      `Cannot paint a picture of ${width}×${height}×${channels}: current length is ${binary.length}`,
    );
  }
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    const red = binary.charCodeAt(from);
    rgba[to] = red;
    rgba[to + 1] = channels === 1 ? red : binary.charCodeAt(from + 1);
    rgba[to + 2] = channels === 1 ? red : binary.charCodeAt(from + 2);
    rgba[to + 3] = 255;
  }
}

/** Paints pictures onto one canvas, which takes each picture's size in pixels. */
export class PixelPainter {
  readonly #context: CanvasRenderingContext2D;
  #buffer: ImageData | undefined;

  constructor(readonly canvas: HTMLCanvasElement) {
    this.#context = canvas.getContext("2d")!;
  }

  paint(image: PixelImage): void {
    const { width, height } = image;
    if (this.#buffer?.width !== width || this.#buffer.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.#buffer = this.#context.createImageData(width, height);
    }
    writeRgba(image, this.#buffer.data);
    this.#context.putImageData(this.#buffer, 0, 0);
  }
}
