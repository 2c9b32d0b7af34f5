/**
 * Kernels that tfjs's wasm backend lacks or has in a slow form only, made of those that it has.
 *
 * XNNPACK does its convolutions and its plain matrix products; everything else is a simple loop, the products with a
 * transposed factor and the gradients of convolutions among them. Here these are put in terms of the quick ones.
 */
import * as tf from "@tensorflow/tfjs";

/** The name of the backend in tfjs. */
const WASM = "wasm";

/** What a convolution's gradients are told, as `tf.conv2d` and `tf.conv2dTranspose` record it. */
interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: Padding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

type Padding = "same" | "valid" | number | tf.backend_util.ExplicitPadding;

/** Registers the kernels; once a process is enough. */
export function registerWasmKernels(): void {
  if (tf.getKernel("Conv2DBackpropFilter", WASM)) return;
  tf.registerKernel({ kernelName: "Conv2DBackpropFilter", backendName: WASM, kernelFunc: filterGradient });
  replace("Conv2DBackpropInput", () => inputGradient);
  replace("BatchMatMul", (matMul) => (call) => transposeFirst(matMul, call));
}

/** Puts another kernel in the place of one, which it is given. */
function replace(kernelName: string, make: (present: tf.KernelFunc) => tf.KernelFunc): void {
  const present = tf.getKernel(kernelName, WASM);
  tf.unregisterKernel(kernelName, WASM);
  tf.registerKernel({ ...present, kernelFunc: make(present.kernelFunc) });
}

/**
 * The gradient of a convolution's filter, as a convolution: its channels are the pictures, its pictures the channels,
 * its filter the gradient of the result, `stride` pixels apart.
 */
const filterGradient: tf.KernelFunc = ({ inputs, attrs }) => {
  const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
  const { filterShape, ...attributes } = attrs as unknown as ConvolutionAttributes & { filterShape: FilterShape };
  const { height, width } = geometry(x.shape, filterShape, attributes);
  const strides: [number, number] = [height.stride, width.stride];
  return tf.tidy(() => {
    const pictures = tf.transpose(x, [3, 1, 2, 0]) as tf.Tensor4D;
    const filter = tf.transpose(dy, [1, 2, 0, 3]) as tf.Tensor4D;
    const padding: tf.backend_util.ExplicitPadding = [[0, 0], height.padding, width.padding, [0, 0]];
    const gradient = tf.conv2d(pictures, filter, 1, padding, "NHWC", strides);
    const [, , channels, filters] = filterShape;
    return tf.transpose(tf.slice(gradient, 0, [channels, filterShape[0], filterShape[1], filters]), [1, 2, 0, 3]);
  });
};

/**
 * The gradient of a convolution's input, which is a transposed convolution: the gradient of the result, with `stride - 1`
 * zeros between its pixels, convolved with the filter turned by half a turn.
 */
const inputGradient: tf.KernelFunc = ({ inputs, attrs }) => {
  const { dy, filter } = inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
  const { inputShape, ...attributes } = attrs as unknown as ConvolutionAttributes & { inputShape: PicturesShape };
  const { height, width } = geometry(inputShape, filter.shape, attributes);
  return tf.tidy(() => {
    const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as tf.Tensor4D;
    const spread = spreadOut(dy, height.stride, width.stride);
    const around = (axis: Axis, filterSize: number, size: number): [number, number] => {
      const before = filterSize - 1 - axis.padding[0];
      return [before, size + filterSize - 1 - before - axis.spread];
    };
    const rows = around(height, filter.shape[0], inputShape[1]);
    const columns = around(width, filter.shape[1], inputShape[2]);
    return tf.conv2d(spread, turned, 1, [[0, 0], rows, columns, [0, 0]]);
  });
};

/** Puts zeros between the rows and the columns of pictures. */
function spreadOut(x: tf.Tensor4D, rows: number, columns: number): tf.Tensor4D {
  if (rows === 1 && columns === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const wide = tf.pad(tf.reshape(x, [batch * height * width, channels]), [[0, 0], [0, (columns - 1) * channels]]);
  const tall = tf.pad(tf.reshape(wide, [batch * height, width * columns * channels]), [
    [0, 0],
    [0, (rows - 1) * width * columns * channels],
  ]);
  const whole = tf.reshape(tall, [batch, height * rows, width * columns, channels]) as tf.Tensor4D;
  return tf.slice(whole, 0, [batch, (height - 1) * rows + 1, (width - 1) * columns + 1, channels]);
}

/** A product of matrices with a transposed factor takes a fifth of the time when that is transposed before. */
function transposeFirst(matMul: tf.KernelFunc, call: Parameters<tf.KernelFunc>[0]): ReturnType<tf.KernelFunc> {
  const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor };
  const { transposeA, transposeB } = call.attrs as unknown as { transposeA: boolean; transposeB: boolean };
  if (!transposeA && !transposeB) return matMul(call);
  return tf.tidy(() => tf.matMul(transposed(a, transposeA), transposed(b, transposeB)));
}

function transposed(x: tf.Tensor, yes: boolean): tf.Tensor {
  if (!yes) return x;
  const axes = x.shape.map((_, axis) => axis);
  return tf.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

type PicturesShape = [number, number, number, number];
type FilterShape = [number, number, number, number];

/** One direction of a convolution. */
interface Axis {
  readonly stride: number;
  /** Zeros before and after. */
  readonly padding: [number, number];
  /** Pixels of the result when they lie `stride` apart. */
  readonly spread: number;
}

function geometry(
  pictures: PicturesShape,
  filter: FilterShape,
  { strides, pad, dimRoundingMode }: ConvolutionAttributes,
): { height: Axis; width: Axis } {
  const { padInfo, strideHeight, strideWidth, outHeight, outWidth } = tf.backend_util.computeConv2DInfo(
    pictures,
    filter,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  return {
    height: {
      stride: strideHeight,
      padding: [padInfo.top, padInfo.bottom],
      spread: (outHeight - 1) * strideHeight + 1,
    },
    width: { stride: strideWidth, padding: [padInfo.left, padInfo.right], spread: (outWidth - 1) * strideWidth + 1 },
  };
}
