/** Pictures from the protocol's raw pixels onto a canvas, with no work a frame beyond the pixels themselves. */
import type { PixelImage } from "../protocol.ts";

/**
 * Spreads a picture's base64 pixels to RGBA.
 *
 * @param image a picture of 1 or 3 channels
 * @param rgba where it is written, `height × width × 4` bytes
 * @throws {RangeError} when the picture's bytes do not fit its size
 */
export function writeRgba(image: PixelImage, rgba: Uint8ClampedArray): void {
  const binary = atob(image.data);
  const { channels } = image;
  const count = image.width * image.height;
  if (binary.length !== count * channels || rgba.length !== count * 4) {
    throw new RangeError(
      `Cannot paint a picture of ${image.width}×${image.height}×${channels}: current length is ${binary.length}`,
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

/** Paints pictures onto one canvas. The buffer is kept, so that a stream of frames of one size allocates nothing. */
export class PixelPainter {
  readonly #context: CanvasRenderingContext2D;
  #buffer: ImageData | undefined;

  /** @param canvas takes each picture's size in pixels; how large it looks is the style sheet's matter */
  constructor(readonly canvas: HTMLCanvasElement) {
    this.#context = canvas.getContext("2d")!;
  }

  /** Paints one picture. */
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
