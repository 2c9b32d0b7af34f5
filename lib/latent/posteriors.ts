/** The posteriors of some pictures, and what their KL divergence says of each latent. */

/** Diagonal Gaussians, one per picture. */
export interface Posteriors {
  readonly count: number;
  readonly latentDim: number;
  /** Means, `[count, latentDim]`. */
  readonly mu: Float32Array;
  /** Natural logarithms of the variances, `[count, latentDim]`. */
  readonly logvar: Float32Array;
  /** How many values each number takes where it is a code or a label, 0 where it is continuous; all are where absent. */
  readonly levels?: readonly number[];
}

/** What encodes pictures: a model on its training engine, or its exported graphs. */
export interface PictureEncoder {
  readonly latentDim: number;
  /** As {@linkcode Posteriors.levels}. */
  readonly levels?: readonly number[];
  /** @param pixels `[count, height, width, channels]`, 0 to 255 */
  encode(pixels: Uint8Array, count: number): Promise<Pick<Posteriors, "mu" | "logvar">>;
}

/** A latent is active from this KL divergence on, averaged over the pictures, nats; below it the picture ignores it. */
const ACTIVE_KL = 0.01;

/**
 * Whether a latent carries something of the picture.
 *
 * @param kl its mean KL divergence, nats
 */
export function isActive(kl: number): boolean {
  return kl >= ACTIVE_KL;
}

/** Counts the active latents. */
export function activeUnits(klPerLatent: readonly number[]): number {
  return klPerLatent.filter(isActive).length;
}

/**
 * KL divergence of each latent's posterior from the standard normal prior, averaged over the pictures:
 * ½ (mu² + exp(logvar) − 1 − logvar). Kingma and Welling, "Auto-Encoding Variational Bayes" (2014), appendix B. Of codes
 * and labels it is their length under a uniform prior.
 *
 * @returns nats, one number per latent
 */
export function klPerLatent({ count, latentDim, mu, logvar, levels = [] }: Posteriors): number[] {
  const sums = new Array<number>(latentDim).fill(0);
  for (let i = 0; i < count * latentDim; i++) {
    sums[i % latentDim]! += 0.5 * (mu[i]! * mu[i]! + Math.exp(logvar[i]!) - 1 - logvar[i]!);
  }
  return sums.map((sum, d) => levels[d] ? Math.log(levels[d]) : sum / count);
}

/**
 * Encodes pictures in batches.
 *
 * @param pixels `[count, height, width, channels]`, 0 to 255
 * @param options `onBatch` is called before each batch and after the last, with the pictures done
 */
export async function encodeAll(
  encoder: PictureEncoder,
  pixels: Uint8Array,
  count: number,
  options: { readonly batchSize: number; readonly onBatch?: (done: number) => void },
): Promise<Posteriors> {
  const { latentDim, levels } = encoder;
  const size = pixels.length / count;
  const mu = new Float32Array(count * latentDim);
  const logvar = new Float32Array(count * latentDim);
  for (let first = 0; first < count; first += options.batchSize) {
    options.onBatch?.(first);
    const end = Math.min(first + options.batchSize, count);
    const encoded = await encoder.encode(pixels.subarray(first * size, end * size), end - first);
    mu.set(encoded.mu, first * latentDim);
    logvar.set(encoded.logvar, first * latentDim);
  }
  options.onBatch?.(count);
  return { count, latentDim, mu, logvar, ...(levels === undefined ? {} : { levels }) };
}
