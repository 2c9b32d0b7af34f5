/**
 * What an ONNX file from elsewhere must not hold. Only the few fields that matter are looked at, on the wire format of
 * protocol buffers; onnxruntime reads the rest.
 */
import { LatentboardError } from "../errors.ts";

/** The messages that are looked into, by the field numbers of onnx.proto. */
const FIELDS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  model: { 7: "graph", 20: "refused training_info", 25: "refused functions" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  node: { 5: "attribute", 7: "domain" },
  attribute: {
    5: "tensor",
    6: "refused subgraph",
    10: "tensor",
    11: "refused subgraph",
    22: "sparse",
    23: "sparse",
  },
  sparse: { 1: "tensor", 2: "tensor" },
  tensor: { 13: "refused external data", 14: "location" },
};

/**
 * Refuses a graph that reads other files (external data), loops or branches (subgraphs), or calls operators outside of
 * ONNX: Latentboard exports none of them, and native code that runs them is bound by no permission of Deno.
 *
 * @param bytes an .onnx file
 * @param name for the message, such as `decoder.onnx`
 * @throws {LatentboardError} `damaged`, saying what was found
 */
export function refuseUnsafeGraph(bytes: Uint8Array, name: string): void {
  inspect(bytes, "model", name);
}

function inspect(bytes: Uint8Array, message: string, name: string): void {
  for (const { field, content, value } of fieldsOf(bytes, name)) {
    const kind = FIELDS[message]![field];
    if (kind === undefined) continue;
    if (kind.startsWith("refused ")) throw refuse(name, kind.slice("refused ".length));
    if (kind === "location") {
      if (value !== 0) throw refuse(name, "external data");
    } else if (kind === "domain") {
      const domain = new TextDecoder().decode(content);
      if (domain !== "" && domain !== "ai.onnx") throw refuse(name, `operators of "${domain.slice(0, 40)}"`);
    } else if (content !== undefined) inspect(content, kind, name);
  }
}

interface Field {
  readonly field: number;
  /** Of a field with a length. */
  readonly content?: Uint8Array;
  /** Of a varint, below 2^53. */
  readonly value?: number;
}

function* fieldsOf(bytes: Uint8Array, name: string): Generator<Field> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw broken(name);
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === 0) {
      yield { field, value: varint() };
      continue;
    }
    const length = wire === 2 ? varint() : wire === 1 ? 8 : wire === 5 ? 4 : NaN;
    if (!(at + length <= bytes.length)) throw broken(name);
    if (wire === 2) yield { field, content: bytes.subarray(at, at + length) };
    at += length;
  }
}

function refuse(name: string, what: string): LatentboardError {
  return new LatentboardError("damaged", `${name} has ${what}, which Latentboard's models don't: it is not opened`, {
    field: "body",
  });
}

function broken(name: string): LatentboardError {
  return new LatentboardError("damaged", `${name} is no ONNX file, or cut short: export it again`, { field: "body" });
}
