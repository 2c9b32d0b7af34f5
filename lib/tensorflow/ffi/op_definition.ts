/**
 * What recording an op needs to know of its definition, read from a serialized OpDef
 * (tensorflow/core/framework/op_def.proto).
 */

/** One input of an op: a tensor, or a list of them. */
export interface InputDefinition {
  /** The attribute that holds the list's length, for a list of one type. */
  readonly numberAttribute: string;
  /** The attribute that holds the list's types, for a list of mixed types. */
  readonly typeListAttribute: string;
}

/** The part of an op's definition that recording needs. */
export interface OpDefinition {
  /** Its inputs in order. */
  readonly inputs: readonly InputDefinition[];
  /** Whether running it does something beside computing its outputs. */
  readonly stateful: boolean;
}

const OP_DEF = { inputArg: 2, isStateful: 17 };
const ARG_DEF = { numberAttr: 5, typeListAttr: 6 };
const decoder = new TextDecoder();

/** Reads a serialized OpDef. */
export function parseOpDefinition(bytes: Uint8Array): OpDefinition {
  const inputs: InputDefinition[] = [];
  let stateful = false;
  for (const [field, value] of fields(bytes)) {
    if (field === OP_DEF.inputArg) inputs.push(parseInput(value as Uint8Array));
    if (field === OP_DEF.isStateful) stateful = value === 1;
  }
  return { inputs, stateful };
}

function parseInput(bytes: Uint8Array): InputDefinition {
  let numberAttribute = "";
  let typeListAttribute = "";
  for (const [field, value] of fields(bytes)) {
    if (field === ARG_DEF.numberAttr) {
      numberAttribute = decoder.decode(value as Uint8Array);
    }
    if (field === ARG_DEF.typeListAttr) {
      typeListAttribute = decoder.decode(value as Uint8Array);
    }
  }
  return { numberAttribute, typeListAttribute };
}

/** The fields of a protocol buffer message: numbers as numbers, the rest as bytes. */
function* fields(
  bytes: Uint8Array,
): Generator<[field: number, value: number | Uint8Array]> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const take = (length: number) => bytes.subarray(at, at += length);
  while (at < bytes.length) {
    const tag = varint();
    const field = tag >>> 3;
    switch (tag & 7) {
      case 0:
        yield [field, varint()];
        break;
      case 1:
        yield [field, take(8)];
        break;
      case 2:
        yield [field, take(varint())];
        break;
      default:
        yield [field, take(4)];
    }
  }
}
