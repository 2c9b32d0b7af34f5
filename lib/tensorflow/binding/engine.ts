/** TensorFlow in this process: its ops, and what of it is alive. */
import * as tf from "@tensorflow/tfjs";
import type { UnnamedAttribute } from "../ffi/attributes.ts";
import { DATA_TYPES } from "../ffi/data_types.ts";
import type { NvidiaGpu } from "../nvidia.ts";
import type { KernelBackend } from "./kernel_backend.ts";
import type { Tensor } from "./types.ts";

/** The name of the backend in tfjs. */
export const BACKEND = "tensorflow";

/** How many objects are alive, for finding leaks. */
export interface MemoryCounters {
  /** Tensors of TensorFlow, those of variables among them. */
  readonly handles: number;
  /** Tensors of tfjs. */
  readonly tensors: number;
  /** Variables. */
  readonly variables: number;
  /** Captured steps. */
  readonly functions: number;
}

/** Where the engine comes from. */
export interface EngineOrigin {
  /** Where the library was found. */
  readonly source: string;
  /** The folder it lies in. */
  readonly folder: string;
}

/** What ops run on; the fault says why it is not the card that this machine's NVIDIA driver stands for. */
export type Placement =
  | { readonly device: "GPU"; readonly index: number; readonly card: NvidiaGpu }
  | { readonly device: "CPU"; readonly fault?: string | undefined };

/** TensorFlow, started. There is one per process. */
export class TensorFlowEngine {
  /** TensorFlow's version, `"2.21.0"` for instance. */
  readonly version: string;
  /** Where the library was found. */
  readonly origin: EngineOrigin;
  /** The type of the device that ops run on. */
  readonly device: "CPU" | "GPU";
  /** The device in full. */
  readonly placement: Placement;
  /**
   * The backend in tfjs, for what has no op of its own.
   *
   * @internal
   */
  readonly backend: KernelBackend;

  /** For {@linkcode startTensorFlow}. */
  constructor(backend: KernelBackend, origin: EngineOrigin, placement: Placement) {
    this.backend = backend;
    this.version = backend.binding.TF_Version;
    this.device = placement.device;
    this.placement = placement;
    this.origin = origin;
  }

  /**
   * Runs any op of TensorFlow, or records it while a step is being captured.
   *
   * ```ts ignore
   * const [sum] = engine.op("BiasAdd", {}, [x, bias]);
   * ```
   *
   * @param name TensorFlow's name of the op.
   * @param attributes Its attributes, made by {@linkcode attribute}. Data types that follow from the inputs, and
   * attributes with a default, can be left out.
   * @param inputs Its inputs, those of a list one after the other.
   * @param outputs How many outputs it has.
   * @throws {TensorFlowError} TensorFlow refuses it.
   */
  op(
    name: string,
    attributes: Readonly<Record<string, UnnamedAttribute>>,
    inputs: readonly Tensor[],
    outputs = 1,
  ): Tensor[] {
    const list = Object.entries(attributes).map(([name, value]) => ({ name, ...value }));
    return this.backend.run(name, list, this.backend.idsOf(inputs), outputs);
  }

  /** A uint8 tensor, which passes for int32 in tfjs; only raw ops and `toFloat` take it. */
  bytes(values: Uint8Array, shape: readonly number[]): Tensor {
    const dtype = DATA_TYPES.uint8;
    const id = this.backend.binding.createTensor(shape, dtype, values);
    return this.backend.adopt({ id, shape: [...shape], dtype });
  }

  /**
   * Whether cards from Ampere on may round the inputs of matrix products and convolutions to TF32, which is quicker and
   * gives about three digits. Off once the engine is started.
   */
  useTensorFloat32(enabled: boolean): void {
    this.backend.binding.native.tensorFloat32?.enable(enabled);
  }

  /** How many objects are alive. */
  memory(): MemoryCounters {
    const { binding } = this.backend;
    return {
      handles: binding.getNumOfTensors(),
      tensors: tf.memory().numTensors,
      variables: binding.variableShapes.size,
      functions: binding.functions.size,
    };
  }
}

let started: TensorFlowEngine | null = null;

/** Makes an engine the one that {@linkcode activeEngine} returns. */
export function setEngine(engine: TensorFlowEngine): void {
  started = engine;
}

/** The engine, while it is started and tfjs's backend in use; null otherwise. */
export function activeEngine(): TensorFlowEngine | null {
  return started && tf.getBackend() === BACKEND ? started : null;
}
