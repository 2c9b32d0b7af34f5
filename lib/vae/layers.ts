/**
 * Layers as plain data: what an architecture declares once, and forward.ts writes in operations. Pictures are `[batch, height, width, channels]`, kernels `[height, width, in, out]`.
 */
/** What follows a layer's affine part. `gated` multiplies it by the sigmoid of a second affine map of the same input. */
export const ACTIVATIONS = ["linear", "relu", "leakyRelu", "elu", "silu", "tanh", "gated"] as const;
/** One of {@linkcode ACTIVATIONS}. */
export type ActivationName = (typeof ACTIVATIONS)[number];

/** The size of a picture in pixels; 1 channel for grey, 3 for colour. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/** `[height, width, channels]`. */
export function imageShape({ height, width, channels }: ImageShape): readonly [number, number, number] {
  return [height, width, channels];
}

/** The size of what flows between layers, without the batch: `[features]` or `[height, width, channels]`. */
export type FeatureShape = readonly number[];

/** `activation(x · kernel + bias)` on `[features]`. A layer's name is the prefix of its parameters' names. */
export interface DenseLayer {
  readonly kind: "dense";
  readonly name: string;
  readonly units: number;
  readonly activation: ActivationName;
}

/** A convolution with "same" padding as TensorFlow defines it: the size becomes `ceil(size / stride)`. */
export interface Conv2dLayer {
  readonly kind: "conv2d";
  readonly name: string;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly activation: ActivationName;
}

/**
 * The transpose of a "same" convolution. The output size is declared, since several sizes shrink to the same one:
 * `ceil(height / stride)` has to be the height that goes in. Its kernel is `[height, width, out, in]`.
 */
export interface Conv2dTransposeLayer {
  readonly kind: "conv2dTranspose";
  readonly name: string;
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly height: number;
  readonly width: number;
  readonly activation: ActivationName;
}

/** Normalises the last dimension of each position to mean 0 and variance 1, then scales and shifts (Ba et al. 2016). */
export interface LayerNormLayer {
  readonly kind: "layerNorm";
  readonly name: string;
  readonly epsilon: number;
}

/**
 * Normalises each channel over the batch and the positions (Ioffe & Szegedy 2015): by the batch's own statistics while
 * training, by the running ones afterwards.
 */
export interface BatchNormLayer {
  readonly kind: "batchNorm";
  readonly name: string;
  readonly epsilon: number;
  /** How much of the running statistics stays at each step, 0 to 1. */
  readonly momentum: number;
}

/** An activation on its own, after a normalisation. */
export interface ActivationLayer {
  readonly kind: "activation";
  /** Which one; `gated` belongs to layers with parameters. */
  readonly activation: Exclude<ActivationName, "gated">;
}

/** `[height, width, channels]` to `[features]`, row by row with the channels innermost. */
export interface FlattenLayer {
  readonly kind: "flatten";
}

/** `[features]` to `[height, width, channels]`. */
export interface ReshapeLayer {
  readonly kind: "reshape";
  /** `[height, width, channels]`. */
  readonly shape: readonly [number, number, number];
}

/** One number of state, whatever goes in, for every number of the picture: a log variance that all pixels share. */
export interface SharedLayer {
  readonly kind: "shared";
  readonly name: string;
  /** `[height, width, channels]` of what it stands for. */
  readonly shape: readonly [number, number, number];
}

/** Any layer. */
export type Layer =
  | DenseLayer
  | Conv2dLayer
  | Conv2dTransposeLayer
  | LayerNormLayer
  | BatchNormLayer
  | ActivationLayer
  | FlattenLayer
  | ReshapeLayer
  | SharedLayer;

/** The slope of leakyRelu below 0. */
export const LEAKY_SLOPE: number = 0.2;

/** How a parameter starts. Uniform ones lie within ±sqrt(6 / fan): He et al. 2015, Glorot & Bengio 2010. */
export type Initializer =
  | { readonly kind: "heUniform" | "glorotUniform"; readonly fanIn: number; readonly fanOut: number }
  | { readonly kind: "constant"; readonly value: number };

/** A parameter that a layer needs. */
export interface ParameterSpec {
  /** `<layer>/<part>`, such as `encoder/conv1/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** False for state that follows the data, such as running statistics: it has no gradient. */
  readonly trainable: boolean;
}

/**
 * What comes out of a layer.
 *
 * @throws {RangeError} when the layer can't take that shape
 */
export function outputShape(layer: Layer, input: FeatureShape): FeatureShape {
  switch (layer.kind) {
    case "dense":
      rankOf(layer, input, 1);
      return [layer.units];
    case "conv2d": {
      const [height, width] = rankOf(layer, input, 3) as [number, number, number];
      return [Math.ceil(height / layer.stride), Math.ceil(width / layer.stride), layer.filters];
    }
    case "conv2dTranspose": {
      const [height, width] = rankOf(layer, input, 3) as [number, number, number];
      if (Math.ceil(layer.height / layer.stride) !== height || Math.ceil(layer.width / layer.stride) !== width) {
        throw new RangeError(
          `Cannot build layer "${layer.name}": ${layer.height}x${layer.width} does not shrink to ${height}x${width} at stride ${layer.stride}`,
        );
      }
      return [layer.height, layer.width, layer.filters];
    }
    case "flatten":
      return [product(input)];
    case "reshape":
      if (product(layer.shape) !== product(input)) {
        throw new RangeError(`Cannot reshape [${input}] to [${layer.shape}]: the counts differ`);
      }
      return layer.shape;
    case "shared":
      return layer.shape;
    case "layerNorm":
    case "batchNorm":
    case "activation":
      return input;
  }
}

/** The shape after all of some layers. */
export function outputShapeOf(layers: readonly Layer[], input: FeatureShape): FeatureShape {
  return layers.reduce((shape, layer) => outputShape(layer, shape), input);
}

/**
 * The parameters of a layer, in a fixed order.
 *
 * @param input the shape that goes in, without the batch
 */
export function layerParameters(layer: Layer, input: FeatureShape): ParameterSpec[] {
  const last = input.at(-1)!;
  switch (layer.kind) {
    case "dense":
      return affine(layer, [last, layer.units], last, layer.units, layer.units);
    case "conv2d": {
      const area = layer.kernel ** 2;
      const shape = [layer.kernel, layer.kernel, last, layer.filters];
      return affine(layer, shape, area * last, area * layer.filters, layer.filters);
    }
    case "conv2dTranspose": {
      // Each number that comes out is reached by 1 / stride² of the kernel's positions.
      const area = layer.kernel ** 2 / layer.stride ** 2;
      const shape = [layer.kernel, layer.kernel, layer.filters, last];
      return affine(layer, shape, area * last, area * layer.filters, layer.filters);
    }
    case "layerNorm":
      return [constant(`${layer.name}/scale`, [last], 1), constant(`${layer.name}/offset`, [last], 0)];
    case "batchNorm":
      return [
        constant(`${layer.name}/scale`, [last], 1),
        constant(`${layer.name}/offset`, [last], 0),
        constant(`${layer.name}/mean`, [last], 0, false),
        constant(`${layer.name}/variance`, [last], 1, false),
      ];
    case "shared":
      return [constant(`${layer.name}/value`, [1], 0, false)];
    case "activation":
    case "flatten":
    case "reshape":
      return [];
  }
}

/** The parameters of some layers in a row. */
export function parametersOf(layers: readonly Layer[], input: FeatureShape): ParameterSpec[] {
  let shape = input;
  return layers.flatMap((layer) => {
    const specs = layerParameters(layer, shape);
    shape = outputShape(layer, shape);
    return specs;
  });
}

/** Kernel and bias, twice where the layer is gated. */
function affine(
  layer: DenseLayer | Conv2dLayer | Conv2dTransposeLayer,
  shape: readonly number[],
  fanIn: number,
  fanOut: number,
  units: number,
): ParameterSpec[] {
  const kind = HE.has(layer.activation) ? "heUniform" : "glorotUniform";
  const prefixes = layer.activation === "gated" ? [layer.name, `${layer.name}/gate`] : [layer.name];
  return prefixes.flatMap((prefix) => [
    { name: `${prefix}/kernel`, shape, initializer: { kind, fanIn, fanOut }, trainable: true },
    constant(`${prefix}/bias`, [units], 0),
  ]);
}

/** Activations that drop about half of what comes in. */
const HE: ReadonlySet<ActivationName> = new Set<ActivationName>(["relu", "leakyRelu", "elu", "silu"]);

function constant(name: string, shape: readonly number[], value: number, trainable = true): ParameterSpec {
  return { name, shape, initializer: { kind: "constant", value }, trainable };
}

function rankOf(layer: Layer, shape: FeatureShape, rank: number): FeatureShape {
  if (shape.length === rank) return shape;
  throw new RangeError(`Cannot build a ${layer.kind} layer on [${shape}]: it needs ${rank} dimensions`);
}

/** All of some numbers multiplied. */
export function product(numbers: readonly number[]): number {
  return numbers.reduce((result, number) => result * number, 1);
}
