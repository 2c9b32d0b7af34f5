/** The kernel backend of `@tensorflow/tfjs-node-gpu`, over our binding. */
import "./node_util.ts";
import type * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js";
import { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import type { Binding, Metadata } from "./binding.ts";

const PACKAGE = "@tensorflow/tfjs-node-gpu";

/** What the package's class has, but keeps to itself in its types. */
interface Internals {
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createOutputTensor(metadata: Metadata): tf.Tensor;
}

/** The package's backend, with access to the numbers its tensors are known by. */
export class KernelBackend extends NodeJSKernelBackend {
  /** @param binding What the kernels call. */
  constructor(binding: Binding) {
    super(binding, PACKAGE);
  }

  /** The numbers of tensors in the binding, writing values that were not written yet. */
  idsOf(tensors: readonly tf.Tensor[]): number[] {
    return (this as unknown as Internals).getInputTensorIds(tensors);
  }

  /** A tensor of tfjs for a tensor of the binding, whose owner it becomes. */
  adopt(metadata: Metadata): tf.Tensor {
    return (this as unknown as Internals).createOutputTensor(metadata);
  }
}
