/** The two sides of the parity check in tests: tfjs on the JavaScript backend, and onnxruntime. */
import * as ort from "onnxruntime-node";
import { exportModel, type ParityInput, type ParitySide } from "../../lib/onnx/mod.ts";
import {
  buildModel,
  type ConfigValues,
  initialParameters,
  type Model,
  type ParameterValues,
  parseConfig,
  plainOps,
} from "../../lib/vae/mod.ts";
import { tensorsOf, tf, wave } from "../vae/_tensors.ts";

const METADATA = { name: "test", config: {}, dataset: "none" };

/** An architecture with parameters none of which is 0 or 1, so that each one shows in the result. */
export function made(values: ConfigValues): { architecture: Model; parameters: ParameterValues } {
  const architecture = buildModel(parseConfig(values));
  const entries = Object.entries(initialParameters(architecture, 1)).map(([name, { shape, data }], phase) => {
    const small = wave(data.length, phase);
    return [name, { shape, data: data.map((value, i) => value + 0.2 * small[i]!) }] as const;
  });
  return { architecture, parameters: Object.fromEntries(entries) };
}

/** The layers as training runs them. */
export function tfjsSide(architecture: Model, parameters: ParameterValues): ParitySide {
  const { height, width, channels } = architecture.image;
  const tensors = tensorsOf(parameters);
  const numbers = (tensor: { dataSync(): unknown }) => tensor.dataSync() as Float32Array;
  return {
    encode: (pixels, count) => {
      const images = tf.div(tf.tensor(pixels, [count, height, width, channels], "float32"), 255);
      const { mu, logvar } = architecture.encode(plainOps, tensors, images);
      return Promise.resolve({ mu: numbers(mu), logvar: numbers(logvar) });
    },
    decode: (z, count) => {
      const out = architecture.decode(plainOps, tensors, tf.tensor(z, [count, architecture.latentDim]));
      const { logits, logvar } = out;
      return Promise.resolve({
        logits: numbers(logits),
        image: numbers(architecture.likelihood.mean(plainOps, out)),
        ...(logvar ? { logvar: numbers(logvar) } : {}),
      });
    },
  };
}

/** The exported files in onnxruntime. */
export async function onnxSide(architecture: Model, parameters: ParameterValues): Promise<ParitySide> {
  const { height, width, channels } = architecture.image;
  const files = exportModel(architecture, parameters, METADATA);
  const encoder = await ort.InferenceSession.create(files.encoder);
  const decoder = await ort.InferenceSession.create(files.decoder);
  const numbers = (tensor: ort.Tensor | undefined) => tensor!.data as Float32Array;
  return {
    encode: async (pixels, count) => {
      const result = await encoder.run({ pixels: new ort.Tensor("uint8", pixels, [count, height, width, channels]) });
      return { mu: numbers(result.mu), logvar: numbers(result.logvar) };
    },
    decode: async (z, count) => {
      const result = await decoder.run({ z: new ort.Tensor("float32", z, [count, architecture.latentDim]) });
      const image = numbers(result.image);
      const pixels = result.pixels!.data as Uint8Array;
      // In single precision, as the graph does it.
      const wrong = image.findIndex((value, i) => Math.abs(Math.fround(value * 255) - pixels[i]!) > 0.5);
      if (wrong >= 0) throw new Error(`pixels[${wrong}] is ${pixels[wrong]} for ${image[wrong]}`);
      return {
        logits: numbers(result.logits),
        image,
        ...(result.logvar ? { logvar: numbers(result.logvar) } : {}),
      };
    },
  };
}

/** Both sides on two pictures, the parameters of the second side altered as asked. */
export async function paritySides(
  values: ConfigValues,
  alter: (parameters: ParameterValues) => void = () => {},
): Promise<ParityInput> {
  const { architecture, parameters } = made(values);
  const count = 2;
  const { height, width, channels } = architecture.image;
  const pixels = Uint8Array.from(wave(count * height * width * channels), (value) => 127.5 * (value + 1));
  const engine = { name: "tfjs cpu", ...tfjsSide(architecture, parameters) };
  alter(parameters);
  return { engine, onnx: await onnxSide(architecture, parameters), pixels, count };
}
