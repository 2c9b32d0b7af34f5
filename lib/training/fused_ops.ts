/**
 * The VAE's operations with TensorFlow's own gradients, each in one op where tfjs takes several. Off TensorFlow they
 * are tfjs's, so that a model is the same everywhere.
 */
import * as tf from "@tensorflow/tfjs";
import { biasAdd, conv2dTranspose, leakyRelu, relu, sigmoidCrossEntropy, tanh } from "../tensorflow/mod.ts";
import { LEAKY_SLOPE, type PlainActivation, plainOps, type Tensor, type TensorOps } from "../vae/mod.ts";

/** Operations for training: bias, activation and cross-entropy each have one op as their gradient. */
export const fusedOps: TensorOps = {
  ...plainOps,
  dense: (x, kernel, bias, activation) => activate(biasAdd(tf.matMul(x, kernel), bias), activation),
  conv2d: (x, kernel, bias, stride, activation) => {
    const result = tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, stride, "same");
    return activate(biasAdd(result, bias), activation);
  },
  conv2dTranspose: (x, kernel, bias, size, stride, activation) =>
    activate(biasAdd(conv2dTranspose(x, kernel, size, stride), bias), activation),
  activate,
  sigmoidCrossEntropy,
};

function activate(x: Tensor, activation: PlainActivation): Tensor {
  switch (activation) {
    case "relu":
      return relu(x);
    case "leakyRelu":
      return leakyRelu(x, LEAKY_SLOPE);
    case "tanh":
      return tanh(x);
    default:
      return plainOps.activate(x, activation);
  }
}
