/** TensorFlow's data types. */

/** A data type of TensorFlow's tensors. */
export type DataType = "float32" | "int32" | "uint8" | "string" | "complex64" | "int64" | "bool" | "resource";

/** The numbers of `TF_DataType`. */
export const DATA_TYPES = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  resource: 20,
} as const satisfies Record<DataType, number>;

/** Bytes per element, by the number of its type; for those that numbers of JavaScript are copied into. */
export const ELEMENT_BYTES: Readonly<Record<number, number>> = {
  [DATA_TYPES.float32]: 4,
  [DATA_TYPES.int32]: 4,
  [DATA_TYPES.uint8]: 1,
  [DATA_TYPES.complex64]: 8,
  [DATA_TYPES.int64]: 8,
  [DATA_TYPES.bool]: 1,
};

/** The name of a `TF_DataType` number. */
export function dataTypeName(number: number): string {
  const entry = Object.entries(DATA_TYPES).find(([, value]) => value === number);
  return entry ? entry[0] : `type ${number}`;
}

/** How many elements a tensor of this shape has. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
