/** Copies values of JavaScript into TensorFlow's tensors, and back. */
import { DATA_TYPES, dataTypeName, ELEMENT_BYTES, elementCount } from "./data_types.ts";
import { type Bytes, cInts, type Native, nonNull } from "./native.ts";

/** The values of a tensor as JavaScript holds them, in row-major order. */
export type TensorValues =
  | Float32Array
  | Int32Array
  | Uint8Array
  | BigInt64Array
  | readonly Uint8Array[];

const STRING_BYTES = 24; // sizeof(TF_TString)

/**
 * Copies values into a new `TF_Tensor`.
 *
 * A string tensor takes one Uint8Array per string. An int64 tensor takes a BigInt64Array, or an Int32Array of low and
 * high halves.
 *
 * @throws {TypeError} The values do not fit the data type.
 * @throws {RangeError} The values do not fit the shape.
 */
export function newTensor(
  native: Native,
  shape: readonly number[],
  dataType: number,
  values: TensorValues,
): Deno.PointerObject {
  return dataType === DATA_TYPES.string
    ? newStringTensor(native, shape, values)
    : newNumberTensor(native, shape, dataType, values);
}

/** Frees a string tensor that {@linkcode newTensor} made, and its strings. */
export function deleteStringTensor(native: Native, tensor: Deno.PointerObject): void {
  const { symbols: s } = native;
  for (const string of strings(native, tensor)) s.TF_StringDealloc(string);
  s.TF_DeleteTensor(tensor);
}

/** Copies the values out of a `TF_Tensor`. */
export function tensorValues(
  native: Native,
  tensor: Deno.PointerValue,
  dataType: number,
): Float32Array | Int32Array | Uint8Array | BigInt64Array | Uint8Array[] {
  const { symbols: s } = native;
  if (dataType === DATA_TYPES.string) {
    return strings(native, tensor).map((string) => {
      const length = Number(s.TF_StringGetSize(string));
      return new Uint8Array(native.copyBytes(s.TF_StringGetDataPointer(string), length));
    });
  }
  const copy = native.copyBytes(s.TF_TensorData(tensor), Number(s.TF_TensorByteSize(tensor)));
  switch (dataType) {
    case DATA_TYPES.float32:
    case DATA_TYPES.complex64:
      return new Float32Array(copy);
    case DATA_TYPES.int32:
      return new Int32Array(copy);
    case DATA_TYPES.int64:
      return new BigInt64Array(copy);
    case DATA_TYPES.bool:
    case DATA_TYPES.uint8:
    case DATA_TYPES.resource:
      return new Uint8Array(copy);
  }
  throw new TypeError(`Cannot read a tensor of ${dataTypeName(dataType)}: cast it first`);
}

function newNumberTensor(
  native: Native,
  shape: readonly number[],
  dataType: number,
  values: TensorValues,
): Deno.PointerObject {
  const { symbols: s } = native;
  const type = dataTypeName(dataType);
  if (!ArrayBuffer.isView(values) || !fits(values, dataType)) {
    throw new TypeError(
      `Cannot make a tensor of ${type}: its values are ${values?.constructor?.name ?? values}`,
    );
  }
  const length = elementCount(shape) * ELEMENT_BYTES[dataType]!;
  if (values.byteLength !== length) {
    throw new RangeError(
      `Cannot make a tensor of shape [${shape}] and ${type}: ` +
        `it takes ${length} bytes, and the values have ${values.byteLength}`,
    );
  }
  const tensor = nonNull(s.TF_AllocateTensor(dataType, cInts(shape), shape.length, BigInt(length)), "tensor");
  if (length > 0) {
    const memory = Deno.UnsafePointerView.getArrayBuffer(nonNull(s.TF_TensorData(tensor), "data"), length);
    new Uint8Array(memory).set(new Uint8Array(values.buffer, values.byteOffset, length));
  }
  return tensor;
}

function newStringTensor(native: Native, shape: readonly number[], values: TensorValues): Deno.PointerObject {
  const { symbols: s } = native;
  if (!Array.isArray(values) || !values.every((value) => value instanceof Uint8Array)) {
    throw new TypeError("Cannot make a tensor of string: its values must be an array of one Uint8Array per string");
  }
  const count = elementCount(shape);
  if (values.length !== count) {
    throw new RangeError(
      `Cannot make a tensor of shape [${shape}] and string: it takes ${count} strings, and ${values.length} were given`,
    );
  }
  const length = BigInt(count * STRING_BYTES);
  const tensor = nonNull(s.TF_AllocateTensor(DATA_TYPES.string, cInts(shape), shape.length, length), "tensor");
  strings(native, tensor).forEach((string, i) => {
    const bytes = values[i] as Bytes;
    s.TF_StringInit(string);
    s.TF_StringCopy(string, bytes, BigInt(bytes.length));
  });
  return tensor;
}

/** The address of each string of a string tensor. */
function strings(native: Native, tensor: Deno.PointerValue): Deno.PointerObject[] {
  const { symbols: s } = native;
  const count = Number(s.TF_TensorElementCount(tensor));
  if (count === 0) return [];
  const data = nonNull(s.TF_TensorData(tensor), "data");
  return Array.from({ length: count }, (_, i) => Deno.UnsafePointer.offset(data, i * STRING_BYTES)!);
}

/** Whether this kind of array holds values of the data type. */
function fits(values: ArrayBufferView, dataType: number): boolean {
  switch (dataType) {
    case DATA_TYPES.float32:
    case DATA_TYPES.complex64:
      return values instanceof Float32Array;
    case DATA_TYPES.int32:
      return values instanceof Int32Array;
    case DATA_TYPES.int64:
      return values instanceof BigInt64Array || values instanceof Int32Array;
    case DATA_TYPES.bool:
    case DATA_TYPES.uint8:
      return values instanceof Uint8Array;
  }
  return false;
}
