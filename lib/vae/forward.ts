/**
 * The training graph: layers run on tfjs. Pure functions of the parameters and what goes in; call them within a tidy,
 * for they leave intermediate tensors behind.
 */
import * as tf from "@tensorflow/tfjs";
import type { Architecture } from "./architecture.ts";
import { type BatchNormLayer, type Layer, LOWEST_LOGVAR } from "./layers.ts";
import { plainOps, type Tensor, type VaeOps } from "./ops.ts";

/** Parameters as tensors, by name: those of `parameterSpecs`. */
export type ParameterTensors = Readonly<Record<string, Tensor>>;

/** How layers are run. */
export interface ForwardOptions {
  /** The operations; tfjs's own by default. */
  readonly ops?: VaeOps;
  /**
   * Given while training: batch normalisation then goes by the batch's own statistics, and puts the new value of each
   * running statistic here under its parameter's name. Absent otherwise.
   */
  readonly updates?: Record<string, Tensor>;
}

/** A diagonal Gaussian over the latent for each picture. */
export interface Posterior {
  /** Means, `[batch, latentDim]`. */
  readonly mu: Tensor;
  /** Logarithms of the variances, `[batch, latentDim]`. */
  readonly logvar: Tensor;
}

/** What the decoder says of each picture. */
export interface Likelihood {
  /** `[batch, height, width, channels]`; the picture's mean is their sigmoid. */
  readonly logits: Tensor;
  /** Logarithms of the pixels' variances where the likelihood learns them, like `logits`. */
  readonly logvar?: Tensor;
}

/**
 * Encodes pictures.
 *
 * @param images `[batch, height, width, channels]`, float, 0 to 1
 */
export function encode(
  architecture: Architecture,
  parameters: ParameterTensors,
  images: Tensor,
  options: ForwardOptions = {},
): Posterior {
  const features = runLayers(architecture.encoder, parameters, images, options);
  return {
    mu: runLayers(architecture.posterior.mu, parameters, features, options),
    logvar: runLayers(architecture.posterior.logvar, parameters, features, options),
  };
}

/**
 * Decodes latents.
 *
 * @param z `[batch, latentDim]`
 */
export function decode(
  architecture: Architecture,
  parameters: ParameterTensors,
  z: Tensor,
  options: ForwardOptions = {},
): Likelihood {
  const { decoder, likelihood } = architecture;
  const features = runLayers(decoder, parameters, z, options);
  const logits = runLayers(likelihood.logits, parameters, features, options);
  if (likelihood.logvar === undefined) return { logits };
  const logvar = runLayers(likelihood.logvar, parameters, features, options);
  return { logits, logvar: tf.add(tf.softplus(tf.sub(logvar, LOWEST_LOGVAR)), LOWEST_LOGVAR) };
}

/** The mean picture of a likelihood: `sigmoid(logits)`, 0 to 1, whatever the objective. */
export function imageOf({ logits }: Likelihood): Tensor {
  return tf.sigmoid(logits);
}

/**
 * A draw of the posterior: `mu + exp(logvar / 2) noise` (Kingma & Welling 2014).
 *
 * @param noise standard normal, `[batch, latentDim]`
 */
export function reparameterize({ mu, logvar }: Posterior, noise: Tensor): Tensor {
  return tf.add(mu, tf.mul(tf.exp(tf.mul(logvar, 0.5)), noise));
}

/**
 * Runs layers in a row.
 *
 * @throws {TypeError} naming a parameter that is missing
 */
export function runLayers(
  layers: readonly Layer[],
  parameters: ParameterTensors,
  input: Tensor,
  options: ForwardOptions = {},
): Tensor {
  return layers.reduce((x, layer) => runLayer(layer, parameters, x, options), input);
}

function runLayer(layer: Layer, parameters: ParameterTensors, x: Tensor, options: ForwardOptions): Tensor {
  const { ops = plainOps } = options;
  const parameter = (name: string): Tensor => {
    const found = parameters[name];
    if (found === undefined) throw new TypeError(`Cannot run the layers: the parameter "${name}" is missing`);
    return found;
  };
  switch (layer.kind) {
    case "dense":
    case "conv2d":
    case "conv2dTranspose": {
      const affine = (prefix: string, activation: Parameters<VaeOps["dense"]>[3]): Tensor => {
        const kernel = parameter(`${prefix}/kernel`), bias = parameter(`${prefix}/bias`);
        if (layer.kind === "dense") return ops.dense(x, kernel, bias, activation);
        if (layer.kind === "conv2d") return ops.conv2d(x, kernel, bias, layer.stride, activation);
        return ops.conv2dTranspose(x, kernel, bias, [layer.height, layer.width], layer.stride, activation);
      };
      if (layer.activation !== "gated") return affine(layer.name, layer.activation);
      return tf.mul(affine(layer.name, "linear"), tf.sigmoid(affine(`${layer.name}/gate`, "linear")));
    }
    case "layerNorm": {
      const centred = tf.sub(x, tf.mean(x, -1, true));
      const variance = tf.mean(tf.square(centred), -1, true);
      const normal = tf.div(centred, tf.sqrt(tf.add(variance, layer.epsilon)));
      return tf.add(tf.mul(normal, parameter(`${layer.name}/scale`)), parameter(`${layer.name}/offset`));
    }
    case "batchNorm":
      return batchNorm(layer, parameter, x, options.updates);
    case "activation":
      return ops.activate(x, layer.activation);
    case "flatten":
      return tf.reshape(x, [x.shape[0]!, x.size / x.shape[0]!]);
    case "reshape":
      return tf.reshape(x, [x.shape[0]!, ...layer.shape]);
    case "shared":
      return tf.add(tf.fill([x.shape[0]!, ...layer.shape], 0), parameter(`${layer.name}/value`));
  }
}

function batchNorm(
  layer: BatchNormLayer,
  parameter: (name: string) => Tensor,
  x: Tensor,
  updates: Record<string, Tensor> | undefined,
): Tensor {
  const names = { mean: `${layer.name}/mean`, variance: `${layer.name}/variance` };
  let mean = parameter(names.mean), variance = parameter(names.variance);
  if (updates !== undefined) {
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    const running = { mean, variance };
    mean = tf.mean(x, axes);
    variance = tf.mean(tf.square(tf.sub(x, mean)), axes);
    const blend = (old: Tensor, now: Tensor) => tf.add(tf.mul(old, layer.momentum), tf.mul(now, 1 - layer.momentum));
    updates[names.mean] = blend(running.mean, mean);
    updates[names.variance] = blend(running.variance, variance);
  }
  const normal = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, layer.epsilon)));
  return tf.add(tf.mul(normal, parameter(`${layer.name}/scale`)), parameter(`${layer.name}/offset`));
}
