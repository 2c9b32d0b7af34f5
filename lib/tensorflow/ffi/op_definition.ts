/** The part of an op's definition that is needed to add it to a graph (tensorflow/core/framework/op_def.proto). */
import { BinaryReader } from "@bufbuild/protobuf/wire";

/** One input of an op: a tensor, or a list of them. */
export interface InputDefinition {
  /** For a list of one type: the attribute that holds its length. */
  readonly numberAttribute?: string;
  /** For a list of mixed types: the attribute that holds them. */
  readonly typeListAttribute?: string;
}

/** An op's definition. */
export interface OpDefinition {
  /** Its inputs in order. */
  readonly inputs: readonly InputDefinition[];
  /** Whether running it does something beside computing its outputs. */
  readonly stateful: boolean;
}

/** Reads a serialized OpDef. */
export function parseOpDefinition(bytes: Uint8Array): OpDefinition {
  const inputs: InputDefinition[] = [];
  let stateful = false;
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 2) inputs.push(parseInput(reader.bytes())); // input_arg
    else if (field === 17) stateful = reader.bool(); // is_stateful
    else reader.skip(wireType, field);
  }
  return { inputs, stateful };
}

/** Reads a serialized ArgDef. */
function parseInput(bytes: Uint8Array): InputDefinition {
  const input: { -readonly [K in keyof InputDefinition]: InputDefinition[K] } = {};
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    if (field === 5) input.numberAttribute = reader.string(); // number_attr
    else if (field === 6) input.typeListAttribute = reader.string(); // type_list_attr
    else reader.skip(wireType, field);
  }
  return input;
}
