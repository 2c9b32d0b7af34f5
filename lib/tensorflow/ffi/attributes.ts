/** Attributes of ops: their types, and how to write them down. */
import { DATA_TYPES, type DataType } from "./data_types.ts";

/** The numbers of `TF_AttrType`, which the kernels' attributes carry. */
export const ATTRIBUTE_TYPES = {
  string: 0,
  int: 1,
  float: 2,
  bool: 3,
  type: 4,
  shape: 5,
  resource: 7,
  function: 8,
} as const;

/** The value of an attribute. An array is a list; for shapes a list is an array of arrays. */
export type AttributeValue =
  | string
  | number
  | boolean
  | readonly string[]
  | readonly number[]
  | readonly boolean[]
  | readonly (readonly number[])[];

/** One attribute of an op. */
export interface Attribute {
  /** Its name in the op's definition. */
  readonly name: string;
  /** One of TensorFlow's attribute types. */
  readonly type: number;
  /** Its value. */
  readonly value: AttributeValue;
}

/** An attribute without its name, as {@linkcode attribute} makes it. */
export type UnnamedAttribute = Omit<Attribute, "name">;

/**
 * Makes attributes by type.
 *
 * ```ts ignore
 * engine.op("Conv2D", { strides: attribute.int([1, 2, 2, 1]), padding: attribute.string("SAME") }, [x, filter]);
 * ```
 */
export const attribute = {
  /** A string, or a list of them. */
  string: (value: string | readonly string[]): UnnamedAttribute => ({ type: ATTRIBUTE_TYPES.string, value }),
  /** A 64-bit integer, or a list of them; fractions are cut off. */
  int: (value: number | readonly number[]): UnnamedAttribute => ({ type: ATTRIBUTE_TYPES.int, value }),
  /** A float, or a list of them. */
  float: (value: number | readonly number[]): UnnamedAttribute => ({ type: ATTRIBUTE_TYPES.float, value }),
  /** A boolean, or a list of them. */
  bool: (value: boolean | readonly boolean[]): UnnamedAttribute => ({ type: ATTRIBUTE_TYPES.bool, value }),
  /** A data type, or a list of them. */
  type: (value: DataType | readonly DataType[]): UnnamedAttribute => ({
    type: ATTRIBUTE_TYPES.type,
    value: typeof value === "string" ? DATA_TYPES[value] : value.map((name) => DATA_TYPES[name]),
  }),
  /** A shape, or a list of them; -1 is an unknown size. */
  shape: (value: readonly number[] | readonly (readonly number[])[]): UnnamedAttribute => ({
    type: ATTRIBUTE_TYPES.shape,
    value,
  }),
  /** The name of a function in the context. */
  function: (value: string): UnnamedAttribute => ({ type: ATTRIBUTE_TYPES.function, value }),
} as const;
