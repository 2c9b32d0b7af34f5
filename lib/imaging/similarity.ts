/** How near a reconstruction is to its original: MSE, PSNR and SSIM on bytes of 0 to 255. */

/** The shape of one picture, pixels row by row with channels interleaved. */
export interface PictureShape {
  /** Pixels. */
  readonly height: number;
  /** Pixels. */
  readonly width: number;
  /** 1 grey, 3 colour. */
  readonly channels: number;
}

/**
 * Mean squared error of two runs of pixels, with pixels taken as 0 to 1.
 *
 * @throws {RangeError} when their lengths differ
 */
export function meanSquaredError(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) throw new RangeError(`Cannot compare ${a.length} bytes with ${b.length}`);
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return sum / a.length / (255 * 255);
}

/** Peak signal-to-noise ratio in decibels from a mean squared error of pixels 0 to 1; Infinity for equal pictures. */
export function peakSignalToNoise(mse: number): number {
  return mse === 0 ? Infinity : -10 * Math.log10(mse);
}

const RADIUS = 5;
const SIGMA = 1.5;
const C1 = (0.01 * 255) ** 2;
const C2 = (0.03 * 255) ** 2;

/**
 * Structural similarity of two pictures: Gaussian windows of 11 by 11 with σ = 1.5, averaged over the windows that lie
 * wholly inside and over the channels. Wang et al., "Image Quality Assessment" (2004).
 *
 * @param a one picture, at least 11 by 11
 * @param b the other, of the same shape
 * @returns −1 to 1; 1 for equal pictures
 * @throws {RangeError} when a picture is smaller than a window
 */
export function structuralSimilarity(a: Uint8Array, b: Uint8Array, shape: PictureShape): number {
  const { height, width, channels } = shape;
  const window = 2 * RADIUS + 1;
  if (height < window || width < window) {
    throw new RangeError(
      `SSIM needs pictures of at least ${window}×${window} pixels: current size is ${width}×${height}`,
    );
  }
  let total = 0;
  for (let channel = 0; channel < channels; channel++) {
    const x = plane(a, channel, channels);
    const y = plane(b, channel, channels);
    const product = (p: Float64Array, q: Float64Array) => blur(p.map((value, i) => value * q[i]!), height, width);
    const [ux, uy] = [blur(x, height, width), blur(y, height, width)];
    const [xx, yy, xy] = [product(x, x), product(y, y), product(x, y)];
    let sum = 0;
    for (let i = 0; i < ux.length; i++) {
      const [mx, my] = [ux[i]!, uy[i]!];
      const [vx, vy, covariance] = [xx[i]! - mx * mx, yy[i]! - my * my, xy[i]! - mx * my];
      sum += (2 * mx * my + C1) * (2 * covariance + C2) / ((mx * mx + my * my + C1) * (vx + vy + C2));
    }
    total += sum / ux.length;
  }
  return total / channels;
}

function plane(pixels: Uint8Array, channel: number, channels: number): Float64Array {
  return Float64Array.from({ length: pixels.length / channels }, (_, i) => pixels[i * channels + channel]!);
}

const KERNEL = (() => {
  const weights = Array.from(
    { length: 2 * RADIUS + 1 },
    (_, i) => Math.exp(-((i - RADIUS) ** 2) / (2 * SIGMA * SIGMA)),
  );
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
})();

/** Gaussian means of the windows that lie wholly inside: `[height - 10, width - 10]`. */
function blur(values: Float64Array, height: number, width: number): Float64Array {
  const inner = width - 2 * RADIUS;
  const rows = new Float64Array(height * inner);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < inner; x++) {
      let sum = 0;
      for (let k = 0; k < KERNEL.length; k++) sum += KERNEL[k]! * values[y * width + x + k]!;
      rows[y * inner + x] = sum;
    }
  }
  const out = new Float64Array((height - 2 * RADIUS) * inner);
  for (let i = 0; i < out.length; i++) {
    let sum = 0;
    for (let k = 0; k < KERNEL.length; k++) sum += KERNEL[k]! * rows[i + k * inner]!;
    out[i] = sum;
  }
  return out;
}
