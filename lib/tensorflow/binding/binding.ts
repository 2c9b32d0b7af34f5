/**
 * The contract between the kernels of `@tensorflow/tfjs-node-gpu` and TensorFlow (`TFJSBinding`),
 * fulfilled over Deno's FFI instead of a native addon.
 *
 * Tensors are known by numbers. A number stands for a TFE_TensorHandle, or, while a graph is being
 * recorded, for the output of one of its operations.
 */
import type { TensorMetadata, TFEOpAttr, TFJSBinding } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { type Attribute, ATTRIBUTE_TYPES, type AttributeWriter, eagerAttributeWriter } from "../ffi/attributes.ts";
import type { Context } from "../ffi/context.ts";
import { DATA_TYPES } from "../ffi/data_types.ts";
import { cName, type Native, present } from "../ffi/native.ts";
import { SavedModels } from "./saved_models.ts";
import { deleteStringTensor, newTensor, type TensorValues, tensorValues } from "../ffi/tensors.ts";

/** What is known of a tensor: its number, its shape, and its `TF_DataType`. */
export interface Metadata {
  /** The number it is known by. */
  id: number;
  /** Its size in each dimension. */
  shape: number[];
  /** Its `TF_DataType`. */
  dtype: number;
}

/** Takes ops instead of running them, while a graph is being recorded. */
export interface Recorder {
  /** Records an op. */
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): Metadata[];
  /** Makes what has an effect wait for these tensors, until the function it returns is called. */
  waitFor(ids: readonly number[]): () => void;
  /** Whether the number stands for something in the graph. */
  owns(id: number): boolean;
  /** Forgets a number; the graph keeps what it stood for. */
  forget(id: number): void;
}

/** How many of TensorFlow's objects are alive. */
export interface BindingCounters {
  /** Tensor handles. */
  handles: number;
  /** Ops that were executed since the start, a captured function counting as one. */
  executedOps: number;
}

/** Fulfils `TFJSBinding` on an eager context. */
export class Binding implements TFJSBinding {
  readonly TF_FLOAT = DATA_TYPES.float32;
  readonly TF_INT32 = DATA_TYPES.int32;
  readonly TF_INT64 = DATA_TYPES.int64;
  readonly TF_BOOL = DATA_TYPES.bool;
  readonly TF_COMPLEX64 = DATA_TYPES.complex64;
  readonly TF_STRING = DATA_TYPES.string;
  readonly TF_RESOURCE = DATA_TYPES.resource;
  readonly TF_UINT8 = DATA_TYPES.uint8;
  readonly TF_ATTR_STRING = ATTRIBUTE_TYPES.string;
  readonly TF_ATTR_INT = ATTRIBUTE_TYPES.int;
  readonly TF_ATTR_FLOAT = ATTRIBUTE_TYPES.float;
  readonly TF_ATTR_BOOL = ATTRIBUTE_TYPES.bool;
  readonly TF_ATTR_TYPE = ATTRIBUTE_TYPES.type;
  readonly TF_ATTR_SHAPE = ATTRIBUTE_TYPES.shape;
  readonly TF_ATTR_RESOURCE = 7;
  readonly TF_Version: string;
  readonly TensorMetadata = class implements TensorMetadata {
    id = 0;
    shape: number[] = [];
    dtype = 0;
  };
  readonly TFEOpAttr = class implements TFEOpAttr {
    name = "";
    type = 0;
    value: TFEOpAttr["value"] = 0;
  };

  /** The library this binding calls. */
  readonly native: Native;
  /** The context its ops run in. */
  readonly context: Context;
  /** Takes the ops while a graph is being recorded. */
  recorder: Recorder | null = null;

  readonly #attributes: AttributeWriter;
  readonly #savedModels: SavedModels;
  readonly #handles = new Map<number, Deno.PointerObject>();
  readonly #count = new Int32Array(1);
  #outputs = new BigUint64Array(64);
  #nextId = 0;
  #executed = 0;

  /**
   * @param native The opened library.
   * @param context The context that ops run in.
   */
  constructor(native: Native, context: Context) {
    this.native = native;
    this.context = context;
    this.TF_Version = native.text(native.symbols.TF_Version());
    this.#attributes = eagerAttributeWriter(native);
    this.#savedModels = new SavedModels(native);
  }

  /**
   * Copies values into a new tensor. While a graph is recorded, a tensor made here becomes one of
   * its constants when it is used.
   *
   * @returns The tensor's number.
   * @throws {TypeError} The values do not fit the data type.
   * @throws {RangeError} The values do not fit the shape.
   */
  createTensor(shape: number[], dtype: number, values: TensorValues): number {
    const { symbols: s, status } = this.native;
    const tensor = newTensor(this.native, shape, dtype, values);
    try {
      const handle = s.TFE_NewTensorHandle(tensor, status);
      this.native.check();
      if (dtype !== DATA_TYPES.string) return this.#adopt(handle);
      return this.#ownedStrings(present(handle, "tensor handle"));
    } finally {
      if (dtype === DATA_TYPES.string) deleteStringTensor(this.native, tensor);
      else s.TF_DeleteTensor(tensor);
    }
  }

  /** Frees a tensor. A number that stands for nothing any more is left alone. */
  deleteTensor(id: number): void {
    if (this.recorder?.owns(id)) this.recorder.forget(id);
    const handle = this.#handles.get(id);
    if (!handle) return;
    this.#handles.delete(id);
    this.native.symbols.TFE_DeleteTensorHandle(handle);
  }

  /**
   * Copies a tensor's values out. A string tensor gives one Uint8Array a string, which the
   * kernels' own type of this method leaves out.
   *
   * @throws {RangeError} No tensor has this number.
   * @throws {TypeError} The tensor is only a part of a graph that is being recorded.
   */
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array {
    return this.readTensor(id) as Float32Array | Int32Array | Uint8Array;
  }

  /** {@linkcode Binding.tensorDataSync} with its full type. */
  readTensor(id: number): ReturnType<typeof tensorValues> {
    const { symbols: s } = this.native;
    const dtype = s.TFE_TensorHandleDataType(this.handle(id));
    return this.withResolved(
      id,
      (tensor) => tensorValues(this.native, tensor, dtype),
    );
  }

  /** Lends the `TF_Tensor` behind a tensor to `use`. */
  withResolved<T>(id: number, use: (tensor: Deno.PointerObject) => T): T {
    const { symbols: s, status } = this.native;
    const tensor = s.TFE_TensorHandleResolve(this.handle(id), status);
    this.native.check();
    try {
      return use(present(tensor, "tensor"));
    } finally {
      s.TF_DeleteTensor(tensor);
    }
  }

  /**
   * Runs an op or a function, or records it.
   *
   * @param name TensorFlow's name of the op, or the name of a function.
   * @param attributes Its attributes; TensorFlow knows the default of those that are left out.
   * @param inputs The numbers of its inputs, those of a list one after the other.
   * @param outputs How many outputs it has.
   * @returns What came out.
   * @throws {TensorFlowError} TensorFlow refuses it, with TensorFlow's own message.
   */
  executeOp(
    name: string,
    attributes: readonly (Attribute | TFEOpAttr)[],
    inputs: readonly number[],
    outputs: number,
  ): Metadata[] {
    const list = attributes as readonly Attribute[];
    return this.recorder
      ? this.recorder.executeOp(name, list, inputs, outputs)
      : this.#run(name, list, inputs.map((id) => this.handle(id)), outputs);
  }

  /**
   * Runs an op or a function on another thread; what is not needed for it can be done meanwhile.
   * The inputs can be freed as soon as this has returned.
   *
   * @throws {TensorFlowError} TensorFlow refuses it, with TensorFlow's own message.
   */
  async executeInBackground(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): Promise<Metadata[]> {
    const { symbols: s } = this.native;
    const handles = inputs.map((id) => this.handle(id));
    const op = this.#newOp(name, attributes, handles);
    const status = s.TF_NewStatus();
    // Memory of their own: V8 may move small arrays that have none while the call runs.
    const pointers = new BigUint64Array(new ArrayBuffer(8 * Math.max(outputs, 1)));
    const count = new Int32Array(new ArrayBuffer(4));
    count[0] = outputs;
    this.#executed++;
    try {
      await this.native.background.TFE_Execute(op, pointers, count, status);
      this.native.check(status);
      return this.#adoptAll(pointers, count[0] ?? 0);
    } finally {
      s.TF_DeleteStatus(status);
      s.TFE_DeleteOp(op);
    }
  }

  /** What is known of a tensor. */
  metadata(id: number): Metadata {
    const { symbols: s, status } = this.native;
    const handle = this.handle(id);
    const rank = s.TFE_TensorHandleNumDims(handle, status);
    this.native.check();
    const shape = Array.from(
      { length: rank },
      (_, i) => Number(s.TFE_TensorHandleDim(handle, i, status)),
    );
    return { id, shape, dtype: s.TFE_TensorHandleDataType(handle) };
  }

  /** The `TFE_TensorHandle*` that a number stands for. */
  handle(id: number): Deno.PointerObject {
    const handle = this.#handles.get(id);
    if (handle) return handle;
    if (this.recorder?.owns(id)) {
      throw new TypeError(
        "Cannot read a tensor while its graph is being recorded: it has no values yet. Return it from the function instead",
      );
    }
    throw new RangeError(`Cannot use tensor ${id}: it was freed or never made`);
  }

  /** Whether the number stands for a tensor with values. */
  hasHandle(id: number): boolean {
    return this.#handles.has(id);
  }

  /** A number that no tensor has yet. */
  allocateId(): number {
    return this.#nextId++;
  }

  /** How many of TensorFlow's objects are alive. */
  counters(): BindingCounters {
    return { handles: this.#handles.size, executedOps: this.#executed };
  }

  /** How many tensors with values are alive. */
  getNumOfTensors(): number {
    return this.#handles.size;
  }

  /** Whether ops run on a GPU. */
  isUsingGpuDevice(): boolean {
    return this.context.devices.some((device) => device.type === "GPU");
  }

  #run(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Deno.PointerObject[],
    outputs: number,
  ): Metadata[] {
    const { symbols: s, status } = this.native;
    const op = this.#newOp(name, attributes, inputs);
    this.#executed++;
    try {
      if (outputs > this.#outputs.length) {
        this.#outputs = new BigUint64Array(outputs);
      }
      this.#count[0] = outputs;
      s.TFE_Execute(op, this.#outputs, this.#count, status);
      this.native.check();
      return this.#adoptAll(this.#outputs, this.#count[0]);
    } finally {
      s.TFE_DeleteOp(op);
    }
  }

  #newOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Deno.PointerObject[],
  ): Deno.PointerValue {
    const { symbols: s, status } = this.native;
    const op = s.TFE_NewOp(this.context.pointer, cName(name), status);
    this.native.check();
    try {
      for (const input of inputs) {
        s.TFE_OpAddInput(op, input, status);
        this.native.check();
      }
      this.#attributes.write(op, attributes);
      return op;
    } catch (error) {
      s.TFE_DeleteOp(op);
      throw error;
    }
  }

  #adoptAll(pointers: BigUint64Array, count: number): Metadata[] {
    const ids = Array.from(
      pointers.subarray(0, count),
      (pointer) => this.#adopt(Deno.UnsafePointer.create(pointer)),
    );
    try {
      return ids.map((id) => this.metadata(id));
    } catch (error) {
      for (const id of ids) this.deleteTensor(id);
      throw error;
    }
  }

  #adopt(handle: Deno.PointerValue): number {
    const id = this.allocateId();
    this.#handles.set(id, present(handle, "tensor handle"));
    return id;
  }

  /**
   * Copies strings into memory that TensorFlow frees by itself. The memory of a tensor that a
   * client made is given back without its strings, and they would leak.
   */
  #ownedStrings(handle: Deno.PointerObject): number {
    const attributes = [
      { name: "N", type: ATTRIBUTE_TYPES.int, value: 1 },
      { name: "separator", type: ATTRIBUTE_TYPES.string, value: "" },
    ];
    try {
      return this.#run("StringJoin", attributes, [handle], 1)[0]!.id;
    } finally {
      this.native.symbols.TFE_DeleteTensorHandle(handle);
    }
  }

  /**
   * Loads a SavedModel.
   *
   * @returns The number it is known by.
   * @throws {TensorFlowError} There is none in the folder, or none with these tags.
   */
  loadSavedModel(folder: string, tags: string): number {
    return this.#savedModels.load(folder, tags);
  }

  /** Frees a SavedModel. */
  deleteSavedModel(id: number): void {
    this.#savedModels.delete(id);
  }

  /**
   * Runs a SavedModel.
   *
   * @param id Which.
   * @param inputs The numbers of its inputs.
   * @param inputNames What they are for, with commas between.
   * @param outputNames What to compute, with commas between.
   */
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): Metadata[] {
    const { symbols: s, status } = this.native;
    const tensors: Deno.PointerObject[] = [];
    try {
      for (const input of inputs) {
        const tensor = s.TFE_TensorHandleResolve(this.handle(input), status);
        this.native.check();
        tensors.push(present(tensor, "tensor"));
      }
      const results = this.#savedModels.run(id, tensors, inputNames.split(","), outputNames.split(","));
      return results.map((result) => this.#adoptTensor(result));
    } finally {
      for (const tensor of tensors) s.TF_DeleteTensor(tensor);
    }
  }

  /** How many SavedModels are loaded. */
  getNumOfSavedModels(): number {
    return this.#savedModels.size;
  }

  /** Takes over a `TF_Tensor`. */
  #adoptTensor(tensor: Deno.PointerObject): Metadata {
    const { symbols: s, status } = this.native;
    try {
      const handle = s.TFE_NewTensorHandle(tensor, status);
      this.native.check();
      return this.metadata(this.#adopt(handle));
    } finally {
      s.TF_DeleteTensor(tensor);
    }
  }
}
