/** Attributes of ops: how to write them down, and how they reach TensorFlow. */
import { DATA_TYPES, type DataType } from "./data_types.ts";
import { type Bytes, cAddresses, cInts, cName, type Native } from "./native.ts";

/** The numbers of `TF_AttrType`, which the kernels' attributes carry. */
export const ATTRIBUTE_TYPES = {
  string: 0,
  int: 1,
  float: 2,
  bool: 3,
  type: 4,
  shape: 5,
  function: 8,
} as const;

/** A value of an op's attribute. An array is a list, but for a shape, whose list is an array of arrays. */
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
  string: (value: string | readonly string[]): UnnamedAttribute => ({
    type: ATTRIBUTE_TYPES.string,
    value,
  }),
  /** A 64-bit integer, or a list of them. */
  int: (value: number | readonly number[]): UnnamedAttribute => ({
    type: ATTRIBUTE_TYPES.int,
    value,
  }),
  /** A float, or a list of them. */
  float: (value: number | readonly number[]): UnnamedAttribute => ({
    type: ATTRIBUTE_TYPES.float,
    value,
  }),
  /** A boolean, or a list of them. */
  bool: (value: boolean | readonly boolean[]): UnnamedAttribute => ({
    type: ATTRIBUTE_TYPES.bool,
    value,
  }),
  /** A data type, or a list of them. */
  type: (value: DataType | readonly DataType[]): UnnamedAttribute => ({
    type: ATTRIBUTE_TYPES.type,
    value: typeof value === "string" ? DATA_TYPES[value] : value.map((name) => DATA_TYPES[name]),
  }),
  /** A shape, or a list of them; -1 is an unknown size. */
  shape: (
    value: readonly number[] | readonly (readonly number[])[],
  ): UnnamedAttribute => ({ type: ATTRIBUTE_TYPES.shape, value }),
  /** The name of a function that the context knows. */
  function: (value: string): UnnamedAttribute => ({
    type: ATTRIBUTE_TYPES.function,
    value,
  }),
} as const;

/** Sets one attribute of an op under construction. */
export interface AttributeWriter {
  /** Sets the attributes of `op`, which is a `TFE_Op*` or a `TF_OperationDescription*`. */
  write(op: Deno.PointerValue, attributes: readonly Attribute[]): void;
}

/** Sets attributes of ops that run at once. */
export function eagerAttributeWriter(native: Native): AttributeWriter {
  const { symbols: s, status } = native;
  return writer({
    string: s.TFE_OpSetAttrString,
    int: s.TFE_OpSetAttrInt,
    float: s.TFE_OpSetAttrFloat,
    bool: s.TFE_OpSetAttrBool,
    type: s.TFE_OpSetAttrType,
    function: s.TFE_OpSetAttrFunctionName,
    shape: (op, name, dims, rank) => {
      s.TFE_OpSetAttrShape(op, name, dims, rank, status);
      native.check();
    },
    strings: s.TFE_OpSetAttrStringList,
    ints: s.TFE_OpSetAttrIntList,
    floats: s.TFE_OpSetAttrFloatList,
    bools: s.TFE_OpSetAttrBoolList,
    types: s.TFE_OpSetAttrTypeList,
    shapes: (op, name, dims, ranks, count) => {
      s.TFE_OpSetAttrShapeList(op, name, dims, ranks, count, status);
      native.check();
    },
  });
}

/** Sets attributes of ops that are recorded into a graph. */
export function graphAttributeWriter(native: Native): AttributeWriter {
  const { symbols: s } = native;
  return writer({
    string: s.TF_SetAttrString,
    int: s.TF_SetAttrInt,
    float: s.TF_SetAttrFloat,
    bool: s.TF_SetAttrBool,
    type: s.TF_SetAttrType,
    function: s.TF_SetAttrFuncName,
    shape: s.TF_SetAttrShape,
    strings: s.TF_SetAttrStringList,
    ints: s.TF_SetAttrIntList,
    floats: s.TF_SetAttrFloatList,
    bools: s.TF_SetAttrBoolList,
    types: s.TF_SetAttrTypeList,
    shapes: s.TF_SetAttrShapeList,
  });
}

type Buffer = ArrayBufferView<ArrayBuffer>;
type Op = Deno.PointerValue;

/** The thirteen setters that the C API has twice, once for each kind of op. */
interface Setters {
  string(op: Op, name: Bytes, value: Bytes, length: bigint): void;
  int(op: Op, name: Bytes, value: bigint): void;
  float(op: Op, name: Bytes, value: number): void;
  bool(op: Op, name: Bytes, value: number): void;
  type(op: Op, name: Bytes, value: number): void;
  function(op: Op, name: Bytes, value: Bytes, length: bigint): void;
  shape(op: Op, name: Bytes, dims: Buffer, rank: number): void;
  strings(op: Op, name: Bytes, at: Buffer, sizes: Buffer, count: number): void;
  ints(op: Op, name: Bytes, values: Buffer, count: number): void;
  floats(op: Op, name: Bytes, values: Buffer, count: number): void;
  bools(op: Op, name: Bytes, values: Buffer, count: number): void;
  types(op: Op, name: Bytes, values: Buffer, count: number): void;
  shapes(op: Op, name: Bytes, at: Buffer, ranks: Buffer, count: number): void;
}

const encoder = new TextEncoder();
const utf8 = (text: string) => encoder.encode(text) as Bytes;

function writer(set: Setters): AttributeWriter {
  function writeOne(op: Op, { name: plainName, type, value }: Attribute): void {
    const name = cName(plainName);
    if (Array.isArray(value)) return writeList(op, name, type, value);
    switch (type) {
      case ATTRIBUTE_TYPES.string: {
        const bytes = utf8(String(value));
        return set.string(op, name, bytes, BigInt(bytes.length));
      }
      case ATTRIBUTE_TYPES.function: {
        const bytes = utf8(String(value));
        return set.function(op, name, bytes, BigInt(bytes.length));
      }
      case ATTRIBUTE_TYPES.int:
        return set.int(op, name, BigInt(value as number));
      case ATTRIBUTE_TYPES.float:
        return set.float(op, name, Number(value));
      case ATTRIBUTE_TYPES.bool:
        return set.bool(op, name, value ? 1 : 0);
      case ATTRIBUTE_TYPES.type:
        return set.type(op, name, Number(value));
    }
    throw unsupported(plainName, type);
  }

  function writeList(op: Op, name: Bytes, type: number, list: unknown[]): void {
    const count = list.length;
    switch (type) {
      case ATTRIBUTE_TYPES.string: {
        const bytes = list.map((text) => utf8(String(text)));
        const sizes = cInts(bytes.map((b) => b.length));
        return set.strings(op, name, cAddresses(bytes), sizes, count);
      }
      case ATTRIBUTE_TYPES.int:
        return set.ints(op, name, cInts(list as number[]), count);
      case ATTRIBUTE_TYPES.float:
        return set.floats(op, name, Float32Array.from(list as number[]), count);
      case ATTRIBUTE_TYPES.bool:
        return set.bools(op, name, Uint8Array.from(list, Number), count);
      case ATTRIBUTE_TYPES.type:
        return set.types(op, name, Int32Array.from(list as number[]), count);
      case ATTRIBUTE_TYPES.shape: {
        if (!list.some(Array.isArray)) {
          return set.shape(op, name, cInts(list as number[]), count);
        }
        const dims = (list as number[][]).map(cInts);
        const ranks = Int32Array.from(dims, (d) => d.length);
        return set.shapes(op, name, cAddresses(dims), ranks, count);
      }
    }
    throw unsupported(`list of ${count}`, type);
  }

  return {
    write(op, attributes) {
      for (const one of attributes) writeOne(op, one);
    },
  };
}

function unsupported(name: string, type: number): TypeError {
  return new TypeError(
    `Cannot set attribute ${name}: its type ${type} is none of ${Object.values(ATTRIBUTE_TYPES).join(", ")}`,
  );
}
