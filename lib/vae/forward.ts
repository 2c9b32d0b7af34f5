/**
 * The layers in operations: what training computes and export records. Pure functions of the parameters and what goes
 * in; on tensors call them within a tidy, for they leave intermediate ones behind.
 */
import type { Algebra, Parts, PlainActivation } from "./algebra.ts";
import type { Architecture } from "./architecture.ts";
import type { Layer } from "./layers.ts";
import type { DecoderOutput } from "./likelihoods/likelihood.ts";

/** A diagonal Gaussian over the latent for each picture. */
export interface Posterior<T> {
  /** Means, `[batch, latentDim]`. */
  readonly mu: T;
  /** Logarithms of the variances, `[batch, latentDim]`. */
  readonly logvar: T;
}

/**
 * Encodes pictures.
 *
 * @param parameters by name: those of `parameterSpecs`
 * @param images `[batch, height, width, channels]`, float, 0 to 1
 */
export function encode<T>(
  m: Algebra<T>,
  architecture: Architecture,
  parameters: Parts<T>,
  images: T,
): Posterior<T> {
  const features = runLayers(m, architecture.encoder, parameters, images);
  return {
    mu: runLayers(m, architecture.posterior.mu, parameters, features),
    logvar: runLayers(m, architecture.posterior.logvar, parameters, features),
  };
}

/**
 * Decodes latents.
 *
 * @param parameters as for {@linkcode encode}
 * @param z `[batch, latentDim]`
 */
export function decode<T>(m: Algebra<T>, architecture: Architecture, parameters: Parts<T>, z: T): DecoderOutput<T> {
  const { decoder, heads, likelihood } = architecture;
  const features = runLayers(m, decoder, parameters, z);
  const logits = runLayers(m, heads.logits, parameters, features);
  if (heads.logvar === undefined) return { logits };
  const logvar = runLayers(m, heads.logvar, parameters, features);
  return { logits, logvar: likelihood.boundLogvar?.(m, logvar) ?? logvar };
}

/**
 * A draw of the posterior: `mu + exp(logvar / 2) noise` (Kingma & Welling 2014).
 *
 * @param noise standard normal, `[batch, latentDim]`
 */
export function reparameterize<T>(m: Algebra<T>, { mu, logvar }: Posterior<T>, noise: T): T {
  return m.add(mu, m.mul(m.exp(m.mul(logvar, 0.5)), noise));
}

/**
 * Runs layers in a row.
 *
 * @throws {TypeError} naming a parameter that is missing
 */
export function runLayers<T>(m: Algebra<T>, layers: readonly Layer[], parameters: Parts<T>, input: T): T {
  return layers.reduce((x, layer) => runLayer(m, layer, parameters, x), input);
}

function runLayer<T>(m: Algebra<T>, layer: Layer, parameters: Parts<T>, x: T): T {
  const parameter = (name: string): T => {
    const found = parameters[name];
    if (found === undefined) throw new TypeError(`Cannot run the layers: the parameter "${name}" is missing`);
    return found;
  };
  switch (layer.kind) {
    case "dense":
    case "conv2d":
    case "conv2dTranspose": {
      const affine = (prefix: string, activation: PlainActivation): T => {
        const kernel = parameter(`${prefix}/kernel`), bias = parameter(`${prefix}/bias`);
        if (layer.kind === "dense") return m.dense(x, kernel, bias, activation);
        if (layer.kind === "conv2d") return m.conv2d(x, kernel, bias, layer.stride, activation);
        return m.conv2dTranspose(x, kernel, bias, [layer.height, layer.width], layer.stride, activation);
      };
      if (layer.activation !== "gated") return affine(layer.name, layer.activation);
      return m.mul(affine(layer.name, "linear"), m.sigmoid(affine(`${layer.name}/gate`, "linear")));
    }
    case "layerNorm": {
      const centred = m.sub(x, m.meanLast(x));
      const variance = m.meanLast(m.square(centred));
      const normal = m.div(centred, m.sqrt(m.add(variance, layer.epsilon)));
      return m.add(m.mul(normal, parameter(`${layer.name}/scale`)), parameter(`${layer.name}/offset`));
    }
    case "batchNorm":
      return m.batchNorm(x, layer, parameters);
    case "activation":
      return m.activate(x, layer.activation);
    case "flatten":
      return m.flatten(x);
    case "reshape":
      return m.reshape(x, layer.shape);
    case "shared":
      return m.spread(parameter(`${layer.name}/value`), x, layer.shape);
  }
}
