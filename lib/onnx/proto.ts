/**
 * The part of ONNX's protobuf format that a feed-forward graph needs (https://github.com/onnx/onnx, onnx.proto). The
 * message descriptors are made at run time from the table below.
 */
import { create, createFileRegistry, type DescMessage, fromBinary, type Message, toBinary } from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FileDescriptorSetSchema,
} from "@bufbuild/protobuf/wkt";
import { LatentboardError } from "../errors.ts";

/** Element types of tensors. */
export const ELEMENT = { float: 1, uint8: 2, int64: 7 } as const;

/** Types of attributes. */
export const ATTRIBUTE = { float: 1, int: 2, tensor: 4, ints: 7 } as const;

/** A tensor with its numbers, little-endian. */
export interface TensorProto {
  dims: bigint[];
  dataType: number;
  name?: string;
  rawData: Uint8Array;
}

/** A node's attribute: one of the values, as `type` says. */
export interface AttributeProto {
  name: string;
  type: number;
  f?: number;
  i?: bigint;
  t?: TensorProto;
  ints?: bigint[];
}

/** One operation. */
export interface NodeProto {
  input: string[];
  output: string[];
  name: string;
  opType: string;
  attribute: AttributeProto[];
}

/** The name and type of an input or output; a dimension is a size or a name such as `batch`. */
export interface ValueInfoProto {
  name: string;
  type: { tensorType: { elemType: number; shape: { dim: ({ dimValue: bigint } | { dimParam: string })[] } } };
}

/** A graph. */
export interface GraphProto {
  node: NodeProto[];
  name: string;
  initializer: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
}

/** The content of an .onnx file. */
export interface ModelProto {
  irVersion: bigint;
  producerName: string;
  graph: GraphProto;
  opsetImport: { domain: string; version: bigint }[];
  metadataProps: { key: string; value: string }[];
}

/** `name: [number, type]`; a type in brackets is repeated, one that starts with a capital is a message. */
const MESSAGES: Record<string, Record<string, readonly [number, string | readonly [string]]>> = {
  ModelProto: {
    ir_version: [1, "int64"],
    producer_name: [2, "string"],
    graph: [7, "GraphProto"],
    opset_import: [8, ["OperatorSetIdProto"]],
    metadata_props: [14, ["StringStringEntryProto"]],
  },
  OperatorSetIdProto: { domain: [1, "string"], version: [2, "int64"] },
  StringStringEntryProto: { key: [1, "string"], value: [2, "string"] },
  GraphProto: {
    node: [1, ["NodeProto"]],
    name: [2, "string"],
    initializer: [5, ["TensorProto"]],
    input: [11, ["ValueInfoProto"]],
    output: [12, ["ValueInfoProto"]],
  },
  NodeProto: {
    input: [1, ["string"]],
    output: [2, ["string"]],
    name: [3, "string"],
    op_type: [4, "string"],
    attribute: [5, ["AttributeProto"]],
  },
  AttributeProto: {
    name: [1, "string"],
    f: [2, "float"],
    i: [3, "int64"],
    t: [5, "TensorProto"],
    ints: [8, ["int64"]],
    type: [20, "int32"],
  },
  TensorProto: { dims: [1, ["int64"]], data_type: [2, "int32"], name: [8, "string"], raw_data: [9, "bytes"] },
  ValueInfoProto: { name: [1, "string"], type: [2, "TypeProto"] },
  TypeProto: { tensor_type: [1, "TensorTypeProto"] },
  TensorTypeProto: { elem_type: [1, "int32"], shape: [2, "TensorShapeProto"] },
  TensorShapeProto: { dim: [1, ["DimensionProto"]] },
  DimensionProto: { dim_value: [1, "int64"], dim_param: [2, "string"] },
};

const SCALARS: Record<string, Type> = {
  float: Type.FLOAT,
  int32: Type.INT32,
  int64: Type.INT64,
  string: Type.STRING,
  bytes: Type.BYTES,
};

/** Writes a model. */
export function encodeModel(model: ModelProto): Uint8Array {
  const descriptor = modelDescriptor();
  return toBinary(descriptor, create(descriptor, model as unknown as Message));
}

/**
 * Reads a model.
 *
 * @throws {LatentboardError} kind `damaged` when the bytes are not one
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  let model: Partial<ModelProto>;
  try {
    model = fromBinary(modelDescriptor(), bytes) as unknown as Partial<ModelProto>;
  } catch (cause) {
    throw new LatentboardError("damaged", "Cannot read the ONNX model: the file is damaged, export it again", {
      cause,
    });
  }
  if (model.graph !== undefined && model.irVersion !== undefined) return model as ModelProto;
  throw new LatentboardError("damaged", "Cannot read the ONNX model: the file holds no graph, export it again");
}

let cached: DescMessage | undefined;

/** ONNX is proto2: a field that was set is written even where it is 0, and readers ask which were. */
function modelDescriptor(): DescMessage {
  cached ??= createFileRegistry(create(FileDescriptorSetSchema, {
    file: [{
      name: "onnx.proto",
      package: "onnx",
      syntax: "proto2",
      messageType: Object.entries(MESSAGES).map(([name, fields]) => ({
        name,
        field: Object.entries(fields).map(([field, [number, kind]]) => {
          const [type, label] = typeof kind === "string" ? [kind, Label.OPTIONAL] : [kind[0], Label.REPEATED];
          const scalar = SCALARS[type];
          return scalar === undefined
            ? { name: field, number, label, type: Type.MESSAGE, typeName: `.onnx.${type}` }
            : { name: field, number, label, type: scalar };
        }),
      })),
    }],
  })).getMessage("onnx.ModelProto")!;
  return cached;
}
