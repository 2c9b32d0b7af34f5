/**
 * Kernels that tfjs's wasm backend lacks or has in a slow form only: matrix products with a transposed factor, and the
 * gradients of convolutions. They are composed of its convolutions and plain matrix products, which XNNPACK computes;
 * everything else there is a simple loop.
 */
import * as tf from "@tensorflow/tfjs";

/** The name of the backend in tfjs. */
const WASM = "wasm";

/** The attributes of a convolution's gradients. */
interface ConvolutionAttributes {
  readonly strides: number | [number, number];
  readonly pad: "same" | "valid" | number | tf.backend_util.ExplicitPadding;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Registers the kernels, once per process. */
export function registerWasmKernels(): void {
  if (tf.getKernel("Conv2DBackpropFilter", WASM)) return;
  tf.registerKernel({ kernelName: "Conv2DBackpropFilter", backendName: WASM, kernelFunc: filterGradient });
  replace("Conv2DBackpropInput", () => inputGradient);
  replace("BatchMatMul", (matMul) => (call) => transposeFirst(matMul, call));
}

/** Replaces a kernel by one made of it. */
function replace(kernelName: string, make: (present: tf.KernelFunc) => tf.KernelFunc): void {
  const present = tf.getKernel(kernelName, WASM);
  tf.unregisterKernel(kernelName, WASM);
  tf.registerKernel({ ...present, kernelFunc: make(present.kernelFunc) });
}

/**
 * The gradient of a convolution's filter, as a convolution in which pictures and channels change places, and whose
 * filter is the gradient of the result, dilated by the stride.
 */
const filterGradient: tf.KernelFunc = ({ inputs, attrs }) => {
  const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
  const { filterShape, ...attributes } = attrs as unknown as ConvolutionAttributes & { filterShape: Shape4D };
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
 * The gradient of a convolution's input, a transposed convolution: the gradient of the result, with `stride - 1` zeros
 * between its pixels, convolved with the filter rotated by 180°.
 */
const inputGradient: tf.KernelFunc = ({ inputs, attrs }) => {
  const { dy, filter } = inputs as { dy: tf.Tensor4D; filter: tf.Tensor4D };
  const { inputShape, ...attributes } = attrs as unknown as ConvolutionAttributes & { inputShape: Shape4D };
  const { height, width } = geometry(inputShape, filter.shape, attributes);
  return tf.tidy(() => {
    const rotated = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]) as tf.Tensor4D;
    const dilated = dilate(dy, height.stride, width.stride);
    const around = (axis: Axis, filterSize: number, size: number): [number, number] => {
      const before = filterSize - 1 - axis.padding[0];
      return [before, size + filterSize - 1 - before - axis.dilated];
    };
    const rows = around(height, filter.shape[0], inputShape[1]);
    const columns = around(width, filter.shape[1], inputShape[2]);
    return tf.conv2d(dilated, rotated, 1, [[0, 0], rows, columns, [0, 0]]);
  });
};

/** Inserts zeros between the rows and the columns of pictures. */
function dilate(x: tf.Tensor4D, rows: number, columns: number): tf.Tensor4D {
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

/** A matrix product with a transposed factor takes a fifth of the time when the factor is transposed first. */
function transposeFirst(matMul: tf.KernelFunc, call: Parameters<tf.KernelFunc>[0]): ReturnType<tf.KernelFunc> {
  const { a, b } = call.inputs as { a: tf.Tensor; b: tf.Tensor };
  const { transposeA, transposeB } = call.attrs as unknown as { transposeA: boolean; transposeB: boolean };
  if (!transposeA && !transposeB) return matMul(call);
  return tf.tidy(() => tf.matMul(transposeA ? transpose(a) : a, transposeB ? transpose(b) : b));
}

/** The matrices of a batch, transposed. */
function transpose(x: tf.Tensor): tf.Tensor {
  const batch = x.shape.slice(0, -2).map((_, axis) => axis);
  return tf.transpose(x, [...batch, x.rank - 1, x.rank - 2]);
}

type Shape4D = [number, number, number, number];

/** One direction of a convolution. */
interface Axis {
  readonly stride: number;
  /** Zeros before and after. */
  readonly padding: [number, number];
  /** Size of the result when dilated by the stride. */
  readonly dilated: number;
}

function geometry(
  pictures: Shape4D,
  filter: Shape4D,
  { strides, pad, dimRoundingMode }: ConvolutionAttributes,
): { height: Axis; width: Axis } {
  const info = tf.backend_util.computeConv2DInfo(pictures, filter, strides, 1, pad, dimRoundingMode);
  const { top, bottom, left, right } = info.padInfo;
  const axis = (stride: number, padding: [number, number], size: number): Axis => ({
    stride,
    padding,
    dilated: (size - 1) * stride + 1,
  });
  return {
    height: axis(info.strideHeight, [top, bottom], info.outHeight),
    width: axis(info.strideWidth, [left, right], info.outWidth),
  };
}
