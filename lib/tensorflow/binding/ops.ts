/**
 * Ops that tfjs lacks, or composes of several where TensorFlow has one.
 *
 * Each runs on every backend of tfjs, with the same value and gradient; on TensorFlow it is faster.
 */
import * as tf from "@tensorflow/tfjs";
import { attribute, type UnnamedAttribute } from "../ffi/attributes.ts";
import { activeEngine } from "./engine.ts";
import type { Tensor } from "./types.ts";

type Attributes = Readonly<Record<string, UnnamedAttribute>>;

/** An input of type uint8 as float32, its values unchanged (0 to 255). */
export function toFloat(bytes: Tensor): Tensor {
  return raw("Cast", { DstT: attribute.type("float32") }, bytes) ?? bytes.toFloat();
}

/**
 * An input of type uint8 in parts along its first dimension.
 *
 * @param bytes `[count, …]`.
 * @param sizes How much of the first dimension goes to each part; they add up to `count`.
 */
export function splitBytes(bytes: Tensor, sizes: readonly number[]): Tensor[] {
  if (sizes.length === 1) return [bytes];
  const parts = activeEngine()?.op(
    "SplitV",
    { num_split: attribute.int(sizes.length) },
    [bytes, tf.tensor1d([...sizes], "int32"), tf.scalar(0, "int32")],
    sizes.length,
  );
  return parts ?? tf.split(bytes, [...sizes]);
}

/**
 * Adds a bias to the last dimension. Its gradient is one reduction.
 *
 * @param x `[…, channels]`.
 * @param bias `[channels]`.
 */
export function biasAdd(x: Tensor, bias: Tensor): Tensor {
  if (!activeEngine()) return x.add(bias);
  const op = tf.customGrad((...inputs) => {
    const [x, bias] = inputs as Tensor[];
    return {
      value: raw("BiasAdd", {}, x!, bias!)!,
      gradFunc: (dy: Tensor) => [dy, raw("BiasAddGrad", {}, dy)!],
    };
  });
  return op(x, bias);
}

/** `max(x, 0)`. Its gradient is one op. */
export function relu(x: Tensor): Tensor {
  if (!activeEngine()) return tf.relu(x);
  return activation(x, "Relu", {}, (dy, _, y) => raw("ReluGrad", {}, dy, y)!);
}

/** `max(x, slope·x)` for a slope from 0 to 1. Its gradient is one op. */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  if (!activeEngine()) return tf.leakyRelu(x, slope);
  const attributes = { alpha: attribute.float(slope) };
  return activation(x, "LeakyRelu", attributes, (dy, x) => raw("LeakyReluGrad", attributes, dy, x)!);
}

/** The hyperbolic tangent. Its gradient is one op. */
export function tanh(x: Tensor): Tensor {
  if (!activeEngine()) return tf.tanh(x);
  return activation(x, "Tanh", {}, (dy, _, y) => raw("TanhGrad", {}, y, dy)!);
}

/**
 * The binary cross-entropy of each logit, in nats: `max(l, 0) − l·x + log(1 + exp(−|l|))`, which is finite for every
 * finite logit.
 *
 * @param logits Of any shape.
 * @param targets Of the same shape, from 0 to 1; no gradient goes into them.
 * @returns Of the same shape. Its gradient is `sigmoid(l) − x`.
 */
export function sigmoidCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const op = tf.customGrad((...inputs) => {
    const [logits, save] = inputs as unknown as [Tensor, tf.GradSaveFunc];
    save([logits, targets]);
    return {
      value: logits.relu().sub(logits.mul(targets)).add(logits.abs().neg().exp().log1p()),
      gradFunc: (dy: Tensor, saved: Tensor[]) => saved[0]!.sigmoid().sub(saved[1]!).mul(dy),
    };
  });
  return op(logits);
}

/**
 * Transposed convolution with padding "same", without bias.
 *
 * TensorFlow is slow at it where few channels come out, as in the last layer of a decoder. With a kernel of 3×3 and a
 * stride of 2 each 2×2 block of the result is one pixel of an ordinary convolution with four times the channels (Shi et
 * al. 2016, https://arxiv.org/abs/1609.07009), which is used there instead.
 *
 * @param x `[batch, height, width, in]`.
 * @param kernel `[height, width, out, in]`.
 * @param size The `[height, width]` that comes out.
 * @param stride The same in both directions.
 */
export function conv2dTranspose(
  x: Tensor,
  kernel: Tensor,
  size: readonly [number, number],
  stride: number,
): Tensor {
  const [batch, height, width] = x.shape as [number, number, number];
  const [kernelHeight, kernelWidth, out] = kernel.shape as [number, number, number];
  const shape: [number, number, number, number] = [batch, size[0], size[1], out];
  const plain = (x: Tensor, kernel: Tensor) =>
    tf.conv2dTranspose(x as tf.Tensor4D, kernel as tf.Tensor4D, shape, stride, "same");
  const doubles = size[0] === 2 * height && size[1] === 2 * width;
  const small = kernelHeight === 3 && kernelWidth === 3 && out <= FEW_CHANNELS;
  if (!activeEngine() || stride !== 2 || !doubles || !small) return plain(x, kernel);
  const op = tf.customGrad((...inputs) => {
    const [x, kernel, save] = inputs as unknown as [Tensor, Tensor, tf.GradSaveFunc];
    save([x, kernel]);
    return {
      value: subpixelTranspose(x, kernel),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [x, kernel] = saved as [tf.Tensor4D, tf.Tensor4D];
        const strided = { strides: attribute.int([1, 2, 2, 1]), padding: attribute.string("SAME") };
        const kernelShape = tf.tensor1d(kernel.shape, "int32");
        return [raw("Conv2D", strided, dy, kernel)!, raw("Conv2DBackpropFilter", strided, dy, kernelShape, x)!];
      },
    };
  });
  return op(x, kernel);
}

/** Up to how many output channels an ordinary convolution is faster. */
const FEW_CHANNELS = 4;

/**
 * Row `2j` of a transposed convolution with kernel 3 and stride 2 is `x[j]·w[0] + x[j−1]·w[2]`, and row `2j + 1` is
 * `x[j]·w[1]`: two taps for each of two phases. Columns are alike.
 */
function subpixelTranspose(x: Tensor, kernel: Tensor): Tensor {
  const [, , out, input] = kernel.shape as [number, number, number, number];
  const taps = tf.tensor1d([2, 3, 0, 1], "int32"); // by (tap, phase); the fourth row is zeros
  const padded = kernel.pad([[0, 1], [0, 1], [0, 0], [0, 0]]);
  const phases = padded.gather(taps, 0).gather(taps, 1)
    .reshape([2, 2, 2, 2, out * input]) // tapY, phaseY, tapX, phaseX
    .transpose([0, 2, 1, 3, 4])
    .reshape([2, 2, 4 * out, input])
    .transpose([0, 1, 3, 2]);
  const attributes = {
    strides: attribute.int([1, 1, 1, 1]),
    padding: attribute.string("EXPLICIT"),
    explicit_paddings: attribute.int([0, 0, 1, 0, 1, 0, 0, 0]),
  };
  const blocks = raw("Conv2D", attributes, x, phases)!;
  return raw("DepthToSpace", { block_size: attribute.int(2) }, blocks)!;
}

/** An activation of TensorFlow with TensorFlow's own gradient. */
function activation(
  x: Tensor,
  name: string,
  attributes: Attributes,
  gradient: (dy: Tensor, x: Tensor, y: Tensor) => Tensor,
): Tensor {
  const op = tf.customGrad((...inputs) => {
    const [x, save] = inputs as unknown as [Tensor, tf.GradSaveFunc];
    const y = raw(name, attributes, x)!;
    save([x, y]);
    return { value: y, gradFunc: (dy: Tensor, saved: Tensor[]) => gradient(dy, saved[0]!, saved[1]!) };
  });
  return op(x);
}

/** Runs an op of TensorFlow, if tfjs computes on it. */
function raw(name: string, attributes: Attributes, ...inputs: Tensor[]): Tensor | undefined {
  return activeEngine()?.op(name, attributes, inputs)[0];
}
