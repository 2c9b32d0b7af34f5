/** The kernel backend of `@tensorflow/tfjs-node-gpu`, over our binding. */
import "./node_util.ts";
import type * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js";
import { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import type { TFJSBinding } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import type { Attribute } from "../ffi/attributes.ts";
import { type Binding, type Metadata, outsideTensor } from "./binding.ts";

const PACKAGE = "@tensorflow/tfjs-node-gpu";

/** What the package's class has, but keeps private in its types. */
interface Internals {
  readonly tensorMap: tf.DataStorage<{ values: unknown }>;
  getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
  createOutputTensor(metadata: Metadata): tf.Tensor;
}

/** The package's backend, with access to the ids of its tensors. */
export class KernelBackend extends NodeJSKernelBackend {
  /** What the kernels call. The contract's methods for SavedModels are not there. */
  declare readonly binding: Binding & TFJSBinding;
  readonly #internals = this as unknown as Internals;
  readonly #writtenWhileRecording = new WeakSet<object>();

  constructor(binding: Binding) {
    super(binding as Binding & TFJSBinding, PACKAGE);
    const idsOf = this.#internals.getInputTensorIds;
    this.#internals.getInputTensorIds = (tensors) => {
      if (binding.recorder) this.#refuseUnwritten(tensors);
      return idsOf.call(this, tensors);
    };
  }

  /** The ids of tensors in the binding; values that tfjs has not written yet are written. */
  idsOf(tensors: readonly tf.Tensor[]): number[] {
    return this.#internals.getInputTensorIds(tensors);
  }

  /** A tensor of tfjs that owns a tensor of the binding. */
  adopt(metadata: Metadata): tf.Tensor {
    return this.#internals.createOutputTensor(metadata);
  }

  /** {@linkcode Binding.executeOp}, with tensors of tfjs as outputs. */
  run(name: string, attributes: readonly Attribute[], inputs: readonly number[], outputs: number): tf.Tensor[] {
    return this.binding.executeOp(name, attributes, inputs, outputs).map((metadata) => this.adopt(metadata));
  }

  /** Takes the values of a new tensor, which are written to TensorFlow when an op needs them. */
  override move(...[dataId, ...rest]: Parameters<NodeJSKernelBackend["move"]>): void {
    super.move(dataId, ...rest);
    if (this.binding.recorder) this.#writtenWhileRecording.add(dataId);
  }

  /**
   * Values that tfjs has not written yet would be written as a constant of the graph. For a tensor from outside that
   * would freeze them.
   */
  #refuseUnwritten(tensors: readonly tf.Tensor[]): void {
    for (const { dataId, shape } of tensors) {
      if (!dataId || this.#writtenWhileRecording.has(dataId)) continue;
      if (this.#internals.tensorMap.get(dataId).values != null) throw outsideTensor(shape);
    }
  }
}
