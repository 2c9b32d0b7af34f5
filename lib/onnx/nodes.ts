/**
 * Layers to ONNX nodes. Pictures come in and go out channels last; convolutions want them channels first, so they are
 * turned at the first convolution and turned back where features or an output need the other order.
 */
import { type Layer, LEAKY_SLOPE, outputShape } from "../vae/layers.ts";
import type { ParameterValues } from "../vae/parameters.ts";
import type { GraphBuilder, Value } from "./graph.ts";

type AffineLayer = Extract<Layer, { kind: "dense" | "conv2d" | "conv2dTranspose" }>;

/**
 * Adds layers in a row.
 *
 * @throws {TypeError} naming a parameter that is missing
 * @throws {RangeError} when shapes don't fit
 */
export function addLayers(
  graph: GraphBuilder,
  layers: readonly Layer[],
  parameters: ParameterValues,
  input: Value,
): Value {
  return layers.reduce((value, layer) => addLayer(graph, layer, parameters, value), input);
}

/** A picture with its channels last, turned where it isn't. */
export function channelsLast(graph: GraphBuilder, value: Value): Value {
  if (!value.channelsFirst) return value;
  const [, , channels] = value.shape;
  const name = channels === 1
    ? graph.node("Reshape", [value.name, graph.integers([0, ...value.shape])])
    : graph.node("Transpose", [value.name], { perm: [0, 2, 3, 1] });
  return { ...value, name, channelsFirst: false };
}

function channelsFirst(graph: GraphBuilder, value: Value): Value {
  if (value.channelsFirst) return value;
  const [height, width, channels] = value.shape as readonly [number, number, number];
  const name = channels === 1
    ? graph.node("Reshape", [value.name, graph.integers([0, 1, height, width])])
    : graph.node("Transpose", [value.name], { perm: [0, 3, 1, 2] });
  return { ...value, name, channelsFirst: true };
}

function addLayer(graph: GraphBuilder, layer: Layer, parameters: ParameterValues, input: Value): Value {
  const shape = outputShape(layer, input.shape);
  switch (layer.kind) {
    case "dense":
      return { shape, channelsFirst: false, name: affine(graph, layer, parameters, input) };
    case "conv2d":
    case "conv2dTranspose":
      return { shape, channelsFirst: true, name: affine(graph, layer, parameters, channelsFirst(graph, input)) };
    case "layerNorm":
      return { ...input, name: layerNorm(graph, layer, parameters, input) };
    case "batchNorm": {
      const parts = ["scale", "offset", "mean", "variance"].map((part) =>
        parameter(graph, parameters, `${layer.name}/${part}`)
      );
      const value = input.shape.length === 3 ? channelsFirst(graph, input) : input;
      const epsilon = { float: layer.epsilon };
      return { ...value, name: graph.node("BatchNormalization", [value.name, ...parts], { epsilon }) };
    }
    case "activation":
      return { ...input, name: activate(graph, layer.activation, input.name) };
    case "flatten":
    case "reshape": {
      const last = channelsLast(graph, input);
      return {
        shape,
        channelsFirst: false,
        name: graph.node("Reshape", [last.name, graph.integers([0, ...shape])]),
      };
    }
    case "shared": {
      // One number for each picture of the batch, spread over its pixels.
      const batch = graph.node("Shape", [input.name], { start: 0, end: 1 });
      const size = graph.node("Concat", [batch, graph.integers(shape)], { axis: 0 });
      const value = parameter(graph, parameters, `${layer.name}/value`);
      return { shape, channelsFirst: false, name: graph.node("Expand", [value, size]) };
    }
  }
}

function affine(graph: GraphBuilder, layer: AffineLayer, parameters: ParameterValues, input: Value): string {
  const linear = (prefix: string): string => {
    const order = layer.kind === "dense" ? undefined : TO_ONNX_KERNEL;
    const kernel = parameter(graph, parameters, `${prefix}/kernel`, order);
    const bias = parameter(graph, parameters, `${prefix}/bias`);
    if (layer.kind === "dense") return graph.node("Gemm", [input.name, kernel, bias]);
    const strides = [layer.stride, layer.stride], kernel_shape = [layer.kernel, layer.kernel];
    if (layer.kind === "conv2d") {
      const [height, width] = input.shape as readonly [number, number, number];
      const y = samePadding(height, layer), x = samePadding(width, layer);
      const pads = [y.begin, x.begin, y.end, x.end];
      return graph.node("Conv", [input.name, kernel, bias], { strides, kernel_shape, pads });
    }
    const y = samePadding(layer.height, layer), x = samePadding(layer.width, layer);
    return graph.node("ConvTranspose", [input.name, kernel, bias], {
      strides,
      kernel_shape,
      pads: [y.begin, x.begin, y.end, x.end],
      output_padding: [y.missing, x.missing],
    });
  };
  if (layer.activation !== "gated") return activate(graph, layer.activation, linear(layer.name));
  return graph.node("Mul", [linear(layer.name), graph.node("Sigmoid", [linear(`${layer.name}/gate`)])]);
}

/** Kernels `[height, width, in, out]` (or out, in for a transpose) as ONNX has them: the last two first, swapped. */
const TO_ONNX_KERNEL = [3, 2, 0, 1] as const;

/**
 * TensorFlow's "same" padding of a convolution that reads `size` pixels; the odd pixel goes to the end. `missing` is how
 * many pixels at the end no kernel reaches, where the kernel is smaller than the stride.
 */
function samePadding(size: number, { kernel, stride }: { kernel: number; stride: number }) {
  const reach = (Math.ceil(size / stride) - 1) * stride + kernel;
  const total = Math.max(reach - size, 0);
  const begin = Math.floor(total / 2);
  return { begin, end: total - begin, missing: Math.max(size - reach, 0) };
}

function layerNorm(
  graph: GraphBuilder,
  layer: Extract<Layer, { kind: "layerNorm" }>,
  parameters: ParameterValues,
  input: Value,
): string {
  const axes = [input.channelsFirst ? 1 : -1];
  const [scale, offset] = ["scale", "offset"].map((part) => {
    const name = `${layer.name}/${part}`;
    const { data } = valueOf(parameters, name);
    return graph.parameter(name, input.channelsFirst ? [data.length, 1, 1] : [data.length], data);
  }) as [string, string];
  const mean = graph.node("ReduceMean", [input.name], { axes, keepdims: 1 });
  const centred = graph.node("Sub", [input.name, mean]);
  const variance = graph.node("ReduceMean", [graph.node("Mul", [centred, centred])], { axes, keepdims: 1 });
  const deviation = graph.node("Sqrt", [graph.node("Add", [variance, graph.scalar(layer.epsilon)])]);
  const normal = graph.node("Div", [centred, deviation]);
  return graph.node("Add", [graph.node("Mul", [normal, scale]), offset]);
}

function activate(graph: GraphBuilder, activation: Exclude<AffineLayer["activation"], "gated">, x: string): string {
  switch (activation) {
    case "linear":
      return x;
    case "relu":
      return graph.node("Relu", [x]);
    case "leakyRelu":
      return graph.node("LeakyRelu", [x], { alpha: { float: LEAKY_SLOPE } });
    case "elu":
      return graph.node("Elu", [x], { alpha: { float: 1 } });
    case "silu":
      return graph.node("Mul", [x, graph.node("Sigmoid", [x])]);
    case "tanh":
      return graph.node("Tanh", [x]);
  }
}

function parameter(
  graph: GraphBuilder,
  parameters: ParameterValues,
  name: string,
  order?: readonly [number, number, number, number],
): string {
  const { shape, data } = valueOf(parameters, name);
  if (order === undefined) return graph.parameter(name, shape, data);
  return graph.parameter(name, order.map((axis) => shape[axis]!), permute(data, shape, order));
}

function valueOf(parameters: ParameterValues, name: string) {
  const found = parameters[name];
  if (found === undefined) throw new TypeError(`Cannot export the model: the parameter "${name}" is missing`);
  return found;
}

/** Numbers of a shape of four dimensions, in another order of the dimensions. */
function permute(data: Float32Array, shape: readonly number[], order: readonly [number, number, number, number]) {
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
