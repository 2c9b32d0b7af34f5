/** Passes attributes of ops to TensorFlow. */
import { type Attribute, ATTRIBUTE_TYPES } from "./attributes.ts";
import { type Bytes, cAddresses, cInts, cName, type Native } from "./native.ts";

type Op = Deno.PointerValue;

/** Sets the attributes of an op under construction, a `TFE_Op*` or a `TF_OperationDescription*`. */
export type AttributeWriter = (op: Op, attributes: readonly Attribute[]) => void;

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

/** Sets attributes of ops that are added to a graph. */
export function graphAttributeWriter({ symbols: s }: Native): AttributeWriter {
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

/** The thirteen setters that the C API has twice, once for each kind of op. */
interface Setters {
  string(op: Op, name: Bytes, value: Bytes, length: bigint): void;
  int(op: Op, name: Bytes, value: bigint): void;
  float(op: Op, name: Bytes, value: number): void;
  bool(op: Op, name: Bytes, value: number): void;
  type(op: Op, name: Bytes, value: number): void;
  function(op: Op, name: Bytes, value: Bytes, length: bigint): void;
  shape(op: Op, name: Bytes, dims: Buffer, rank: number): void;
  strings(op: Op, name: Bytes, addresses: Buffer, sizes: Buffer, count: number): void;
  ints(op: Op, name: Bytes, values: Buffer, count: number): void;
  floats(op: Op, name: Bytes, values: Buffer, count: number): void;
  bools(op: Op, name: Bytes, values: Buffer, count: number): void;
  types(op: Op, name: Bytes, values: Buffer, count: number): void;
  shapes(op: Op, name: Bytes, addresses: Buffer, ranks: Buffer, count: number): void;
}

const encoder = new TextEncoder();

function writer(set: Setters): AttributeWriter {
  function write(op: Op, { name, type, value }: Attribute): void {
    const cname = cName(name);
    switch (type) {
      case ATTRIBUTE_TYPES.string:
      case ATTRIBUTE_TYPES.function: {
        const bytes = encoder.encode(String(value));
        const setter = type === ATTRIBUTE_TYPES.string ? set.string : set.function;
        return setter(op, cname, bytes, BigInt(bytes.length));
      }
      case ATTRIBUTE_TYPES.int:
        return set.int(op, cname, BigInt(Math.trunc(value as number)));
      case ATTRIBUTE_TYPES.float:
        return set.float(op, cname, Number(value));
      case ATTRIBUTE_TYPES.bool:
        return set.bool(op, cname, value ? 1 : 0);
      case ATTRIBUTE_TYPES.type:
        return set.type(op, cname, Number(value));
    }
    throw unsupported(name, type);
  }

  function writeList(op: Op, name: string, type: number, list: readonly unknown[]): void {
    const cname = cName(name);
    const count = list.length;
    switch (type) {
      case ATTRIBUTE_TYPES.string: {
        const bytes = list.map((text) => encoder.encode(String(text)));
        return set.strings(op, cname, cAddresses(bytes), cInts(bytes.map(({ length }) => length)), count);
      }
      case ATTRIBUTE_TYPES.int:
        return set.ints(op, cname, cInts((list as number[]).map(Math.trunc)), count);
      case ATTRIBUTE_TYPES.float:
        return set.floats(op, cname, Float32Array.from(list as number[]), count);
      case ATTRIBUTE_TYPES.bool:
        return set.bools(op, cname, Uint8Array.from(list, Number), count);
      case ATTRIBUTE_TYPES.type:
        return set.types(op, cname, Int32Array.from(list as number[]), count);
      case ATTRIBUTE_TYPES.shape: {
        if (!list.some(Array.isArray)) return set.shape(op, cname, cInts(list as number[]), count);
        const dims = (list as number[][]).map(cInts);
        return set.shapes(op, cname, cAddresses(dims), Int32Array.from(dims, ({ length }) => length), count);
      }
    }
    throw unsupported(name, type);
  }

  return (op, attributes) => {
    for (const one of attributes) {
      if (Array.isArray(one.value)) writeList(op, one.name, one.type, one.value);
      else write(op, one);
    }
  };
}

function unsupported(name: string, type: number): TypeError {
  return new TypeError(`Cannot set attribute ${name}: type ${type} is not supported`);
}
