/**
 * Records a model's operations as nodes of an ONNX graph. Pictures come in and go out channels last; convolutions want
 * them channels first, so they are turned at the first convolution and turned back where features or an output need the
 * other order.
 */
import type { Algebra, Parts, PlainActivation } from "../vae/algebra.ts";
import { type BatchNormLayer, LEAKY_SLOPE, product } from "../vae/layers.ts";
import type { ParameterValues } from "../vae/parameters.ts";
import type { GraphBuilder, Value } from "./graph.ts";
import { ELEMENT } from "./proto.ts";

/** Parameters as values of a graph; each is written where a node first needs it. */
export function recordedParameters(parameters: ParameterValues): Parts<Value> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) =>
      [name, { name, shape: parameter.shape, channelsFirst: false, unbatched: true, parameter }] as const
    ),
  );
}

/** Operations that become nodes of a graph. */
export class Recorder implements Algebra<Value> {
  readonly #graph: GraphBuilder;
  /** Initialisers by the name of their parameter. */
  readonly #written = new Map<string, string>();

  /** @param graph takes the nodes */
  constructor(graph: GraphBuilder) {
    this.#graph = graph;
  }

  /** A picture with its channels last, turned where it isn't. */
  channelsLast(value: Value): Value {
    if (!value.channelsFirst) return value;
    const [, , channels] = value.shape;
    const name = channels === 1
      ? this.#graph.node("Reshape", [value.name, this.#graph.integers([0, ...value.shape])])
      : this.#graph.node("Transpose", [value.name], { perm: [0, 2, 3, 1] });
    return { ...value, name, channelsFirst: false };
  }

  dense(x: Value, kernel: Value, bias: Value, activation: PlainActivation): Value {
    const name = this.#graph.node("Gemm", [x.name, this.#write(kernel), this.#write(bias)]);
    return this.activate({ name, shape: bias.shape, channelsFirst: false }, activation);
  }

  conv2d(x: Value, kernel: Value, bias: Value, stride: number, activation: PlainActivation): Value {
    const picture = this.#channelsFirst(x);
    const [height, width] = x.shape as readonly [number, number, number];
    const [size] = kernel.shape as readonly [number];
    const vertical = samePadding(height, size, stride), horizontal = samePadding(width, size, stride);
    const inputs = [picture.name, this.#writeKernel(kernel), this.#write(bias)];
    const name = this.#graph.node("Conv", inputs, {
      strides: [stride, stride],
      kernel_shape: [size, size],
      pads: [vertical.begin, horizontal.begin, vertical.end, horizontal.end],
    });
    const shape = [Math.ceil(height / stride), Math.ceil(width / stride), ...bias.shape];
    return this.activate({ name, shape, channelsFirst: true }, activation);
  }

  conv2dTranspose(
    x: Value,
    kernel: Value,
    bias: Value,
    [height, width]: readonly [number, number],
    stride: number,
    activation: PlainActivation,
  ): Value {
    const picture = this.#channelsFirst(x);
    const [size] = kernel.shape as readonly [number];
    const vertical = samePadding(height, size, stride), horizontal = samePadding(width, size, stride);
    const inputs = [picture.name, this.#writeKernel(kernel), this.#write(bias)];
    const whole = this.#graph.node("ConvTranspose", inputs, {
      strides: [stride, stride],
      kernel_shape: [size, size],
      pads: [0, 0, 0, 0],
      output_padding: [vertical.missing, horizontal.missing],
    });
    const [top, left] = [vertical.begin, horizontal.begin];
    const padded = top + left + vertical.end + horizontal.end > 0;
    const name = padded ? this.#cut(whole, [top, left], [top + height, left + width]) : whole;
    return this.activate({ name, shape: [height, width, ...bias.shape], channelsFirst: true }, activation);
  }

  activate(x: Value, activation: PlainActivation): Value {
    switch (activation) {
      case "linear":
        return x;
      case "relu":
        return this.#unary("Relu", x);
      case "leakyRelu":
        return { ...x, name: this.#graph.node("LeakyRelu", [x.name], { alpha: { float: LEAKY_SLOPE } }) };
      case "elu":
        return { ...x, name: this.#graph.node("Elu", [x.name], { alpha: { float: 1 } }) };
      case "silu":
        return this.mul(x, this.sigmoid(x));
      case "tanh":
        return this.tanh(x);
    }
  }

  batchNorm(x: Value, layer: BatchNormLayer, parameters: Parts<Value>): Value {
    const parts = ["scale", "offset", "mean", "variance"].map((part) =>
      this.#write(parameters[`${layer.name}/${part}`]!)
    );
    const value = x.shape.length === 3 ? this.#channelsFirst(x) : x;
    const epsilon = { float: layer.epsilon };
    return { ...value, name: this.#graph.node("BatchNormalization", [value.name, ...parts], { epsilon }) };
  }

  sigmoidCrossEntropy(logits: Value, targets: Value): Value {
    return this.sub(this.softplus(logits), this.mul(targets, logits));
  }

  add(a: Value, b: Value | number): Value {
    return this.#binary("Add", a, b);
  }
  sub(a: Value, b: Value | number): Value {
    return this.#binary("Sub", a, b);
  }
  mul(a: Value, b: Value | number): Value {
    return this.#binary("Mul", a, b);
  }
  div(a: Value, b: Value | number): Value {
    return this.#binary("Div", a, b);
  }
  maximum(a: Value, b: number): Value {
    return this.#binary("Max", a, b);
  }
  minimum(a: Value, b: number): Value {
    return this.#binary("Min", a, b);
  }
  whereLess(a: Value, limit: number, below: Value, otherwise: Value): Value {
    const condition = this.#binary("Less", a, limit);
    const [first, second] = this.#sameOrder(below, otherwise);
    return { ...first, name: this.#graph.node("Where", [condition.name, first.name, second.name]) };
  }
  neg(x: Value): Value {
    return this.#unary("Neg", x);
  }
  abs(x: Value): Value {
    return this.#unary("Abs", x);
  }
  square(x: Value): Value {
    return this.mul(x, x);
  }
  sqrt(x: Value): Value {
    return this.#unary("Sqrt", x);
  }
  exp(x: Value): Value {
    return this.#unary("Exp", x);
  }
  expm1(x: Value): Value {
    return this.sub(this.exp(x), 1);
  }
  log(x: Value): Value {
    return this.#unary("Log", x);
  }
  sigmoid(x: Value): Value {
    return this.#unary("Sigmoid", x);
  }
  tanh(x: Value): Value {
    return this.#unary("Tanh", x);
  }
  softplus(x: Value): Value {
    return this.#unary("Softplus", x);
  }

  round(x: Value): Value {
    return this.floor(this.add(x, 0.5)); // WebGPU's provider leaves Round to the processor
  }
  floor(x: Value): Value {
    return this.#unary("Floor", x);
  }

  constant(values: ArrayLike<number>, shape: readonly number[]): Value {
    const name = this.#graph.constant(Float32Array.from(values), shape);
    return { name, shape, channelsFirst: false, unbatched: true };
  }

  slice(x: Value, from: number, to: number): Value {
    const [starts, ends, axes] = [from, to, -1].map((number) => this.#graph.integers([number])) as [
      string,
      string,
      string,
    ];
    const name = this.#graph.node("Slice", [this.#write(x), starts, ends, axes]);
    return { ...plain(x), name, shape: [...x.shape.slice(0, -1), to - from] };
  }

  concat(parts: readonly Value[]): Value {
    const name = this.#graph.node("Concat", parts.map((part) => this.#write(part)), { axis: -1 });
    const size = parts.reduce((sum, { shape }) => sum + shape.at(-1)!, 0);
    return { ...plain(parts[0]!), name, shape: [...parts[0]!.shape.slice(0, -1), size] };
  }

  matMul(a: Value, b: Value): Value {
    const name = this.#graph.node("MatMul", [this.#write(a), this.#write(b)]);
    return { ...plain(a), name, shape: [...a.shape.slice(0, -1), b.shape.at(-1)!] };
  }

  lookup(table: Value, rows: Value): Value {
    const numbers = this.#graph.node("Cast", [this.#write(rows)], { to: ELEMENT.int64 });
    const name = this.#graph.node("Gather", [this.#write(table), numbers]);
    return { ...plain(rows), name, shape: [...rows.shape, ...table.shape.slice(1)] };
  }

  argMin(x: Value): Value {
    const index = this.#graph.node("ArgMin", [this.#write(x)], { axis: -1, keepdims: 0 });
    return { ...plain(x), name: this.#graph.node("Cast", [index], { to: ELEMENT.float }), shape: x.shape.slice(0, -1) };
  }

  sumLast(x: Value): Value {
    const name = this.#graph.node("ReduceSum", [this.#write(x), this.#graph.integers([-1])], { keepdims: 0 });
    return { ...plain(x), name, shape: x.shape.slice(0, -1) };
  }

  logSumExpLast(x: Value): Value {
    const name = this.#graph.node("ReduceLogSumExp", [this.#write(x)], { axes: [-1], keepdims: 0 });
    return { ...plain(x), name, shape: x.shape.slice(0, -1) };
  }

  sumEach(x: Value): Value {
    const axes = this.#graph.integers(x.shape.map((_, i) => i + 1));
    return { name: this.#graph.node("ReduceSum", [x.name, axes], { keepdims: 0 }), shape: [], channelsFirst: false };
  }

  meanLast(x: Value): Value {
    const axes = [x.channelsFirst ? 1 : -1];
    return { ...x, shape: [...x.shape.slice(0, -1), 1], name: this.#graph.node("ReduceMean", [x.name], { axes }) };
  }

  reshape(x: Value, shape: readonly number[]): Value {
    const last = this.channelsLast(x);
    const name = this.#graph.node("Reshape", [this.#write(last), this.#graph.integers([0, ...shape])]);
    return { name, shape, channelsFirst: false };
  }

  flatten(x: Value): Value {
    return this.reshape(x, [product(x.shape)]);
  }

  spread(value: Value, like: Value, shape: readonly number[]): Value {
    const batch = this.#graph.node("Shape", [like.name], { start: 0, end: 1 });
    const size = this.#graph.node("Concat", [batch, this.#graph.integers(shape)], { axis: 0 });
    return { name: this.#graph.node("Expand", [this.#write(value), size]), shape, channelsFirst: false };
  }

  /**
   * A part of a picture with its channels first. CUDA's provider leaves a transposed convolution whose padding is not
   * symmetric to the processor, so that the padding is cut off by a node of its own.
   */
  #cut(picture: string, first: readonly number[], end: readonly number[]): string {
    const [from, to, axes] = [first, end, [2, 3]].map((values) => this.#graph.integers(values));
    return this.#graph.node("Slice", [picture, from!, to!, axes!]);
  }

  #unary(opType: string, x: Value): Value {
    return { ...plain(x), name: this.#graph.node(opType, [this.#write(x)]) };
  }

  #binary(opType: string, a: Value, b: Value | number): Value {
    if (typeof b === "number") {
      return { ...plain(a), name: this.#graph.node(opType, [this.#write(a), this.#graph.scalar(b)]) };
    }
    const [first, second] = this.#sameOrder(a, b);
    const rank = Math.max(first.shape.length, second.shape.length);
    const sizes = [first, second].map(({ shape }) => [...new Array(rank - shape.length).fill(1), ...shape]);
    return {
      name: this.#graph.node(opType, [first.name, second.name]),
      shape: sizes[0]!.map((size, i) => Math.max(size, sizes[1]![i])),
      channelsFirst: first.channelsFirst || second.channelsFirst,
      ...(first.unbatched && second.unbatched ? { unbatched: true } : {}),
    };
  }

  /** Two operands whose channels lie in one order. */
  #sameOrder(a: Value, b: Value): readonly [Value, Value] {
    if (b.parameter !== undefined) return [a, this.#operand(b, a.channelsFirst)];
    if (a.parameter !== undefined) return [this.#operand(a, b.channelsFirst), b];
    if (a.channelsFirst === b.channelsFirst) return [a, b];
    return [this.channelsLast(a), this.channelsLast(b)];
  }

  /** A parameter as an operand: one number per channel, or one for all. */
  #operand(value: Value, channelsFirst: boolean): Value {
    const spread = channelsFirst && value.shape.length === 1;
    const name = this.#write(value, spread ? [...value.shape, 1, 1] : value.shape);
    return { name, shape: value.shape, channelsFirst, unbatched: true };
  }

  /** The name of a value among the graph's tensors; a parameter becomes an initialiser, once. */
  #write({ name, parameter }: Value, shape = parameter?.shape ?? []): string {
    if (parameter === undefined) return name;
    const written = this.#written.get(name) ?? this.#graph.parameter(name, shape, parameter.data);
    this.#written.set(name, written);
    return written;
  }

  #writeKernel(kernel: Value): string {
    const { shape, data } = kernel.parameter!;
    const parameter = { shape: TO_ONNX_KERNEL.map((axis) => shape[axis]!), data: permute(data, shape, TO_ONNX_KERNEL) };
    return this.#write({ ...kernel, parameter });
  }

  #channelsFirst(value: Value): Value {
    if (value.channelsFirst) return value;
    const [height, width, channels] = value.shape as readonly [number, number, number];
    const name = channels === 1
      ? this.#graph.node("Reshape", [value.name, this.#graph.integers([0, 1, height, width])])
      : this.#graph.node("Transpose", [value.name], { perm: [0, 3, 1, 2] });
    return { ...value, name, channelsFirst: true };
  }
}

/** What a node makes of a value: no parameter any more. */
function plain({ parameter: _, ...value }: Value): Value {
  return value;
}

/** Kernels `[height, width, in, out]` (or out, in for a transpose) as ONNX has them: the last two first, swapped. */
const TO_ONNX_KERNEL = [3, 2, 0, 1] as const;

/**
 * TensorFlow's "same" padding of a convolution that reads `size` pixels; the odd pixel goes to the end. `missing` is how
 * many pixels at the end no kernel reaches, where the kernel is smaller than the stride.
 */
function samePadding(size: number, kernel: number, stride: number) {
  const reach = (Math.ceil(size / stride) - 1) * stride + kernel;
  const total = Math.max(reach - size, 0);
  const begin = Math.floor(total / 2);
  return { begin, end: total - begin, missing: Math.max(size - reach, 0) };
}

/** The inverse of {@linkcode TO_ONNX_KERNEL}. */
export const FROM_ONNX_KERNEL = [2, 3, 1, 0] as const;

/** Numbers of a shape of four dimensions, in another order of the dimensions. */
export function permute(
  data: Float32Array,
  shape: readonly number[],
  order: readonly [number, number, number, number],
): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const [n0, n1, n2, n3] = order.map((axis) => shape[axis]!) as [number, number, number, number];
  const [s0, s1, s2, s3] = order.map((axis) => strides[axis]!) as [number, number, number, number];
  const result = new Float32Array(data.length);
  let next = 0;
  for (let a = 0; a < n0; a++) {
    for (let b = 0; b < n1; b++) {
      for (let c = 0; c < n2; c++) {
        for (let d = 0; d < n3; d++) result[next++] = data[a * s0 + b * s1 + c * s2 + d * s3]!;
      }
    }
  }
  return result;
}
