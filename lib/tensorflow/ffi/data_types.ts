/** TensorFlow's data types under the names Latentboard uses. */

/** A data type of TensorFlow's tensors. */
export type DataType =
  | "float32"
  | "int32"
  | "uint8"
  | "string"
  | "complex64"
  | "int64"
  | "bool"
  | "resource"
  | "uint32"
  | "uint64";

/** The numbers of `TF_DataType`. */
export const DATA_TYPES: Readonly<Record<DataType, number>> = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  resource: 20,
  uint32: 22,
  uint64: 23,
};

/** Bytes an element takes in TensorFlow's memory; a string there is a `TF_TString`. */
export const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  [DATA_TYPES.float32]: 4,
  [DATA_TYPES.int32]: 4,
  [DATA_TYPES.uint8]: 1,
  [DATA_TYPES.string]: 24,
  [DATA_TYPES.complex64]: 8,
  [DATA_TYPES.int64]: 8,
  [DATA_TYPES.bool]: 1,
  [DATA_TYPES.uint32]: 4,
  [DATA_TYPES.uint64]: 8,
};

/** The name of a `TF_DataType` number. */
export function dataTypeName(number: number): string {
  for (const [name, value] of Object.entries(DATA_TYPES)) {
    if (value === number) return name;
  }
  return `type ${number}`;
}

/** How many elements a tensor of this shape has. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
