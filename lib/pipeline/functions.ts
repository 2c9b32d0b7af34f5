/** A trained model as plain functions over arrays, on the engine that trained it. */
import * as tf from "@tensorflow/tfjs";
import type { PictureEncoder, Posteriors } from "../latent/mod.ts";
import { activeEngine, toFloat } from "../tensorflow/mod.ts";
import { fusedOps } from "../training/mod.ts";
import { imageShape, type Model, type ParameterValues, type Tensor, type TensorOps } from "../vae/mod.ts";

/** What the decoder makes of some latents: `[count, height, width, channels]`, row by row. */
export interface DecodedPictures {
  /** The decoder's output before the sigmoid. */
  readonly logits: Float32Array;
  readonly image: Float32Array;
  /** Logarithms of the pixels' variances, where the likelihood learns them. */
  readonly logvar?: Float32Array;
}

/** A model in memory. Dispose of it afterwards. */
export class ModelFunctions implements PictureEncoder {
  readonly model: Model;
  readonly #parameters: Record<string, Tensor>;
  readonly #ops: TensorOps;

  /**
   * Copies the parameters to the engine in use.
   *
   * @param ops what the layers run on; those of training by default
   */
  constructor(model: Model, parameters: ParameterValues, ops: TensorOps = fusedOps) {
    this.model = model;
    this.#ops = ops;
    this.#parameters = Object.fromEntries(
      Object.entries(parameters).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], "float32")]),
    );
  }

  /**
   * Encodes pictures.
   *
   * @param pixels `[count, height, width, channels]`, 0 to 255
   */
  async encode(pixels: Uint8Array, count: number): Promise<Posteriors> {
    const shape = [count, ...imageShape(this.model.image)];
    const { mu, logvar } = tf.tidy(() => {
      const images = toFloat(bytes(pixels, shape)).div(255);
      return { ...this.model.encode(this.#ops, this.#parameters, images) };
    });
    return { count, latentDim: this.latentDim, levels: this.levels, mu: await take(mu), logvar: await take(logvar) };
  }

  /**
   * Decodes latents.
   *
   * @param z `[count, latentDim]`
   */
  async decode(z: Float32Array, count: number): Promise<DecodedPictures> {
    const { logits, image, logvar } = tf.tidy(() => {
      const latents = tf.tensor(z, [count, this.latentDim], "float32");
      const out = this.model.decode(this.#ops, this.#parameters, latents);
      return { ...out, image: this.model.likelihood.mean(this.#ops, out) };
    });
    return {
      logits: await take(logits),
      image: await take(image),
      ...(logvar === undefined ? {} : { logvar: await take(logvar) }),
    };
  }

  /** How far each code is from becoming another one, `[count, codes]`; undefined for a model without codes. */
  async codeMargins(pixels: Uint8Array, count: number): Promise<Float32Array | undefined> {
    const { codeMargins, image } = this.model;
    if (codeMargins === undefined) return undefined;
    const shape = [count, ...imageShape(image)];
    return await take(
      tf.tidy(() => codeMargins<Tensor>(this.#ops, this.#parameters, toFloat(bytes(pixels, shape)).div(255))),
    );
  }

  /** How many values each latent takes where it is a code or a label, 0 where it is continuous. */
  get levels(): readonly number[] {
    return this.model.latents.flatMap(({ size, levels = 0 }) => new Array<number>(size).fill(levels));
  }

  get latentDim(): number {
    return this.model.latentDim;
  }

  /** Frees the parameters. */
  dispose(): void {
    tf.dispose(this.#parameters);
  }
}

/** Pixels of 0 to 1 as bytes, rounded. */
export function toBytes(image: Float32Array): Uint8Array {
  return Uint8Array.from(image, (value) => Math.round(value * 255));
}

/** Copies a tensor out and frees it. */
async function take(tensor: Tensor): Promise<Float32Array> {
  try {
    return Float32Array.from(await tensor.data());
  } finally {
    tensor.dispose();
  }
}

function bytes(pixels: Uint8Array, shape: number[]): Tensor {
  return activeEngine()?.bytes(pixels, shape) ?? tf.tensor(Int32Array.from(pixels), shape, "int32");
}
