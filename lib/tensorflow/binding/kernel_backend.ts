/** The kernel backend of `@tensorflow/tfjs-node-gpu`, over our binding. */
import "./node_util.ts";
import type * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js";
import { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import type { Binding, Metadata } from "./binding.ts";
import { outsideTensor } from "./graph.ts";

const PACKAGE = "@tensorflow/tfjs-node-gpu";

/** What the package's class has, but keeps to itself in its types. */
interface Internals {
  readonly tensorMap: tf.DataStorage<{ values: unknown }>;
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createOutputTensor(metadata: Metadata): tf.Tensor;
}

/** The package's backend, with access to the numbers its tensors are known by. */
export class KernelBackend extends NodeJSKernelBackend {
  readonly #internals = this as unknown as Internals;
  readonly #writtenWhileRecording = new WeakSet<object>();

  /**
   * Registers nothing; `tf.registerBackend` does.
   *
   * @param binding What the kernels call.
   */
  constructor(binding: Binding) {
    super(binding, PACKAGE);
    const idsOf = this.#internals.getInputTensorIds;
    this.#internals.getInputTensorIds = (tensors) => {
      if (binding.recorder) this.#refuseUnwritten(tensors);
      return idsOf.call(this, tensors);
    };
  }

  /** The numbers of tensors in the binding, writing values that were not written yet. */
  idsOf(tensors: readonly tf.Tensor[]): number[] {
    return this.#internals.getInputTensorIds(tensors);
  }

  /** A tensor of tfjs for a tensor of the binding, whose owner it becomes. */
  adopt(metadata: Metadata): tf.Tensor {
    return this.#internals.createOutputTensor(metadata);
  }

  /** Takes the values of a new tensor, which are written to TensorFlow when an op needs them. */
  override move(...[dataId, ...rest]: Parameters<NodeJSKernelBackend["move"]>): void {
    super.move(dataId, ...rest);
    if ((this.binding as Binding).recorder) this.#writtenWhileRecording.add(dataId);
  }

  /**
   * Values that tfjs has not written yet would be written as a constant of the graph. For a tensor
   * from outside that would freeze them.
   */
  #refuseUnwritten(tensors: readonly tf.Tensor[]): void {
    for (const { dataId, shape } of tensors) {
      if (!dataId || this.#writtenWhileRecording.has(dataId)) continue;
      if (this.#internals.tensorMap.get(dataId).values != null) throw outsideTensor(shape);
    }
  }
}
