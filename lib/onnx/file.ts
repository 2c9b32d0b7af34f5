/** An ONNX graph as the bytes of a file. */
import { encodeModel, type GraphProto } from "./proto.ts";

/** The ONNX operator set of what is written. */
export const OPSET: number = 17;

/** The first ONNX format version that knows {@linkcode OPSET}. */
const IR_VERSION = 8n;

/** Writes a graph into a file. */
export function encodeFile(graph: GraphProto, metadata: Readonly<Record<string, string>>): Uint8Array {
  return encodeModel({
    irVersion: IR_VERSION,
    producerName: "latentboard",
    graph,
    opsetImport: [{ domain: "", version: BigInt(OPSET) }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });
}
