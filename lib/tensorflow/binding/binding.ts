/**
 * The contract between the kernels of `@tensorflow/tfjs-node-gpu` and TensorFlow (`TFJSBinding`), fulfilled over Deno's
 * FFI instead of a native addon.
 *
 * Tensors are known by ids. An id stands for a TFE_TensorHandle, or, while a graph is being recorded, for the output of
 * one of its operations.
 */
import type { TensorMetadata, TFEOpAttr, TFJSBinding } from "@tensorflow/tfjs-node-gpu/dist/tfjs_binding.js";
import { type Attribute, attribute, ATTRIBUTE_TYPES } from "../ffi/attributes.ts";
import { type AttributeWriter, eagerAttributeWriter } from "../ffi/attribute_writer.ts";
import type { Context } from "../ffi/context.ts";
import { DATA_TYPES } from "../ffi/data_types.ts";
import { cName, type Native, nonNull } from "../ffi/native.ts";
import { deleteStringTensor, newTensor, type TensorValues, tensorValues } from "../ffi/tensors.ts";

/** What is known of a tensor without its values. */
export interface Metadata {
  /** The id it is known by. */
  id: number;
  /** Its size in each dimension. */
  shape: number[];
  /** Its `TF_DataType`. */
  dtype: number;
}

/** Takes ops instead of running them, while a graph is being recorded. */
export interface Recorder {
  /** Records an op. */
  executeOp(name: string, attributes: readonly Attribute[], inputs: readonly number[]): Metadata[];
  /** Whether an id stands for something in the graph. */
  owns(id: number): boolean;
  /** Forgets an id; the graph keeps what it stood for. */
  forget(id: number): void;
}

/** The error for a tensor that is no part of the graph being recorded. */
export function outsideTensor(shape: readonly number[]): TypeError {
  return new TypeError(
    `Cannot record a tensor of shape [${shape}] that was made outside the function: its value would be frozen. ` +
      "Pass it as an input, make it inside, or keep it in a Variable",
  );
}

/** The contract, but for SavedModels. */
type Contract = Omit<TFJSBinding, "loadSavedModel" | "deleteSavedModel" | "runSavedModel" | "getNumOfSavedModels">;

/** Fulfils the contract in an eager context. */
export class Binding implements Contract {
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
  readonly TF_ATTR_RESOURCE = ATTRIBUTE_TYPES.resource;
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
  /** Shapes of the variables that are alive, by the id of their resource. */
  readonly variableShapes = new Map<number, readonly number[]>();
  /** Names of the functions that were added to the context. */
  readonly functions = new Set<string>();

  readonly #writeAttributes: AttributeWriter;
  readonly #handles = new Map<number, Deno.PointerObject>();
  readonly #count = new Int32Array(1);
  #outputs = new BigUint64Array(64);
  #nextId = 0;

  constructor(native: Native, context: Context) {
    this.native = native;
    this.context = context;
    this.TF_Version = native.text(native.symbols.TF_Version());
    this.#writeAttributes = eagerAttributeWriter(native);
  }

  /**
   * Copies values into a new tensor. While a graph is recorded, a tensor made here becomes one of its constants when it
   * is used.
   *
   * @returns The tensor's id.
   * @throws {TypeError} The values do not fit the data type.
   * @throws {RangeError} The values do not fit the shape.
   */
  createTensor(shape: readonly number[], dtype: number, values: TensorValues): number {
    const { symbols: s, status } = this.native;
    const tensor = newTensor(this.native, shape, dtype, values);
    try {
      const handle = s.TFE_NewTensorHandle(tensor, status);
      this.native.check();
      if (dtype !== DATA_TYPES.string) return this.#adopt(handle);
      return this.#ownedStrings(nonNull(handle, "tensor handle"));
    } finally {
      if (dtype === DATA_TYPES.string) deleteStringTensor(this.native, tensor);
      else s.TF_DeleteTensor(tensor);
    }
  }

  /** Frees a tensor. An id that stands for nothing any more is left alone. */
  deleteTensor(id: number): void {
    if (this.recorder?.owns(id)) this.recorder.forget(id);
    const handle = this.#handles.get(id);
    if (!handle) return;
    this.#handles.delete(id);
    this.native.symbols.TFE_DeleteTensorHandle(handle);
  }

  /**
   * Copies a tensor's values out. A string tensor gives one Uint8Array per string, which the kernels' own type of this
   * method leaves out.
   *
   * @throws {RangeError} No tensor has this id.
   * @throws {TypeError} The tensor is only a part of a graph that is being recorded.
   */
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array {
    return this.readTensor(id) as Float32Array | Int32Array | Uint8Array;
  }

  /** {@linkcode Binding.tensorDataSync} with its full type. */
  readTensor(id: number): ReturnType<typeof tensorValues> {
    const dtype = this.native.symbols.TFE_TensorHandleDataType(this.#handle(id));
    return this.withResolved(id, (tensor) => tensorValues(this.native, tensor, dtype));
  }

  /** Lends the `TF_Tensor` behind a tensor to `use`. */
  withResolved<T>(id: number, use: (tensor: Deno.PointerObject) => T): T {
    const { symbols: s, status } = this.native;
    const tensor = s.TFE_TensorHandleResolve(this.#handle(id), status);
    this.native.check();
    try {
      return use(nonNull(tensor, "tensor"));
    } finally {
      s.TF_DeleteTensor(tensor);
    }
  }

  /**
   * Runs an op or a function, or records it.
   *
   * @param name TensorFlow's name of the op, or the name of a function.
   * @param attributes Its attributes; those with a default can be left out.
   * @param inputs The ids of its inputs, those of a list one after the other.
   * @param outputs How many outputs it has.
   * @throws {TensorFlowError} TensorFlow refuses it.
   */
  executeOp(
    name: string,
    attributes: readonly (Attribute | TFEOpAttr)[],
    inputs: readonly number[],
    outputs: number,
  ): Metadata[] {
    const list = attributes as readonly Attribute[];
    return this.recorder
      ? this.recorder.executeOp(name, list, inputs)
      : this.#run(name, list, inputs.map((id) => this.#handle(id)), outputs);
  }

  /**
   * Runs an op or a function on another thread. The inputs can be freed as soon as this has returned.
   *
   * @throws {TensorFlowError} TensorFlow refuses it.
   */
  async executeInBackground(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): Promise<Metadata[]> {
    const { symbols: s } = this.native;
    const op = this.#newOp(name, attributes, inputs.map((id) => this.#handle(id)));
    const status = s.TF_NewStatus();
    // With an ArrayBuffer of their own: V8 may move small arrays that have none while the call runs.
    const pointers = new BigUint64Array(new ArrayBuffer(8 * Math.max(outputs, 1)));
    const count = new Int32Array(new ArrayBuffer(4));
    count[0] = outputs;
    try {
      await this.native.background.TFE_Execute(op, pointers, count, status);
      this.native.check(status);
      return this.#adoptAll(pointers, count[0] ?? 0);
    } finally {
      s.TF_DeleteStatus(status);
      s.TFE_DeleteOp(op);
    }
  }

  /** What is known of a tensor without its values. */
  metadata(id: number): Metadata {
    const { symbols: s, status } = this.native;
    const handle = this.#handle(id);
    const rank = s.TFE_TensorHandleNumDims(handle, status);
    this.native.check();
    const shape = Array.from({ length: rank }, (_, i) => Number(s.TFE_TensorHandleDim(handle, i, status)));
    return { id, shape, dtype: s.TFE_TensorHandleDataType(handle) };
  }

  /** An id that no tensor has yet. */
  allocateId(): number {
    return this.#nextId++;
  }

  /** How many tensors with values are alive. */
  getNumOfTensors(): number {
    return this.#handles.size;
  }

  /** Whether ops run on a GPU. */
  isUsingGpuDevice(): boolean {
    return this.context.device === "GPU";
  }

  #handle(id: number): Deno.PointerObject {
    const handle = this.#handles.get(id);
    if (handle) return handle;
    if (this.recorder?.owns(id)) {
      throw new TypeError(
        "Cannot read a tensor while its graph is being recorded: it has no values yet. " +
          "Return it from the function instead",
      );
    }
    throw new RangeError(`Cannot use tensor ${id}: it was freed or never made`);
  }

  #run(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly Deno.PointerObject[],
    outputs: number,
  ): Metadata[] {
    const { symbols: s, status } = this.native;
    const op = this.#newOp(name, attributes, inputs);
    try {
      if (outputs > this.#outputs.length) this.#outputs = new BigUint64Array(outputs);
      this.#count[0] = outputs;
      s.TFE_Execute(op, this.#outputs, this.#count, status);
      this.native.check();
      return this.#adoptAll(this.#outputs, this.#count[0]);
    } finally {
      s.TFE_DeleteOp(op);
    }
  }

  #newOp(name: string, attributes: readonly Attribute[], inputs: readonly Deno.PointerObject[]): Deno.PointerValue {
    const { symbols: s, status } = this.native;
    const op = s.TFE_NewOp(this.context.pointer, cName(name), status);
    this.native.check();
    try {
      for (const input of inputs) {
        s.TFE_OpAddInput(op, input, status);
        this.native.check();
      }
      this.#writeAttributes(op, attributes);
      return op;
    } catch (error) {
      s.TFE_DeleteOp(op);
      throw error;
    }
  }

  #adoptAll(pointers: BigUint64Array, count: number): Metadata[] {
    const handles = pointers.subarray(0, count);
    const ids = Array.from(handles, (pointer) => this.#adopt(Deno.UnsafePointer.create(pointer)));
    try {
      return ids.map((id) => this.metadata(id));
    } catch (error) {
      for (const id of ids) this.deleteTensor(id);
      throw error;
    }
  }

  #adopt(handle: Deno.PointerValue): number {
    const id = this.allocateId();
    this.#handles.set(id, nonNull(handle, "tensor handle"));
    return id;
  }

  /**
   * Copies strings into memory that TensorFlow frees by itself: of a tensor that a client made it frees the memory but
   * not the strings, which would leak.
   */
  #ownedStrings(handle: Deno.PointerObject): number {
    const attributes = [{ name: "N", ...attribute.int(1) }, { name: "separator", ...attribute.string("") }];
    try {
      return this.#run("StringJoin", attributes, [handle], 1)[0]!.id;
    } finally {
      this.native.symbols.TFE_DeleteTensorHandle(handle);
    }
  }
}
