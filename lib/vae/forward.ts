/**
 * The layers in operations: what training computes and export records. Pure functions of the parameters and what goes
 * in; on tensors call them within a tidy, for they leave intermediate ones behind.
 */
import type { Algebra, Parts, PlainActivation } from "./algebra.ts";
import type { Layer } from "./layers.ts";

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
