/** A trained model as plain functions over arrays, on the engine that trained it. */
import * as tf from "@tensorflow/tfjs";
import { activeEngine, toFloat } from "../tensorflow/mod.ts";
import { fusedOps } from "../training/mod.ts";
import {
  type Architecture,
  decode,
  encode,
  imageOf,
  imageShape,
  type ParameterValues,
  type Tensor,
  type VaeOps,
} from "../vae/mod.ts";

/** Where some pictures lie in latent space: `[count, latentDim]`, row by row. */
export interface EncodedPictures {
  /** Means of the posterior. */
  readonly mu: Float32Array;
  /** Logarithms of its variances. */
  readonly logvar: Float32Array;
}

/** What the decoder makes of some latents: `[count, height, width, channels]`, row by row. */
export interface DecodedPictures {
  /** The decoder's raw answer. */
  readonly logits: Float32Array;
  /** 0 to 1. */
  readonly image: Float32Array;
  /** Logarithms of the pixels' variances, where the likelihood learns them. */
  readonly logvar?: Float32Array;
}

/** A model that can be asked. Dispose of it afterwards. */
export class ModelFunctions {
  /** The layers. */
  readonly architecture: Architecture;
  readonly #parameters: Record<string, Tensor>;
  readonly #ops: VaeOps;

  /**
   * Copies the parameters to the engine in use.
   *
   * @param architecture the layers
   * @param parameters their values
   * @param ops what the layers run on; those of training by default
   */
  constructor(architecture: Architecture, parameters: ParameterValues, ops: VaeOps = fusedOps) {
    this.architecture = architecture;
    this.#ops = ops;
    this.#parameters = Object.fromEntries(
      Object.entries(parameters).map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape], "float32")]),
    );
  }

  /**
   * Encodes pictures.
   *
   * @param pixels `[count, height, width, channels]`, 0 to 255
   * @param count how many
   */
  encode(pixels: Uint8Array, count: number): EncodedPictures {
    const shape = [count, ...imageShape(this.architecture.image)];
    return tf.tidy(() => {
      const images = toFloat(bytes(pixels, shape)).div(255);
      const { mu, logvar } = encode(this.architecture, this.#parameters, images, { ops: this.#ops });
      return { mu: values(mu), logvar: values(logvar) };
    });
  }

  /**
   * Decodes latents.
   *
   * @param z `[count, latentDim]`
   * @param count how many
   */
  decode(z: Float32Array, count: number): DecodedPictures {
    return tf.tidy(() => {
      const latents = tf.tensor(z, [count, this.architecture.latentDim], "float32");
      const likelihood = decode(this.architecture, this.#parameters, latents, { ops: this.#ops });
      const { logits, logvar } = likelihood;
      return {
        logits: values(logits),
        image: values(imageOf(likelihood)),
        ...(logvar === undefined ? {} : { logvar: values(logvar) }),
      };
    });
  }

  /** Frees the parameters. */
  dispose(): void {
    tf.dispose(this.#parameters);
  }
}

function values(tensor: Tensor): Float32Array {
  return Float32Array.from(tensor.dataSync());
}

function bytes(pixels: Uint8Array, shape: number[]): Tensor {
  return activeEngine()?.bytes(pixels, shape) ?? tf.tensor(Int32Array.from(pixels), shape, "int32");
}
