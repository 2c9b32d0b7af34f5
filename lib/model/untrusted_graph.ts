/**
 * What an ONNX file from elsewhere must not hold. Only the few fields that matter are looked at, on the wire format of
 * protocol buffers; onnxruntime reads the rest.
 */
import { LatentboardError } from "../errors.ts";

/** The messages that are looked into, by the field numbers of onnx.proto. */
const FIELDS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  model: { 7: "graph", 20: "refused training_info", 25: "refused functions" },
  graph: { 1: "node", 5: "tensor", 15: "sparse" },
  node: { 4: "operator", 5: "attribute", 7: "domain" },
  attribute: {
    5: "tensor",
    6: "refused subgraph",
    8: "integers",
    10: "tensor",
    11: "refused subgraph",
    22: "sparse",
    23: "sparse",
  },
  sparse: { 1: "tensor", 2: "tensor" },
  tensor: { 13: "refused external data", 14: "location" },
};

/** Operators whose result may be of any size, whatever the size of the file: none is needed to encode or decode. */
const BOUNDLESS = new Set([
  "ConstantOfShape",
  "EyeLike",
  "NonZero",
  "OneHot",
  "RandomNormal",
  "RandomUniform",
  "Range",
  "Tile",
  "Upsample",
]);

/** The greatest integer of an attribute, such as a padding. */
const MAX_ATTRIBUTE = 2 ** 16;

/** Bytes per number, and the bits of a number's exponent, of the types of TensorProto that have one. */
const FLOATS: Readonly<Record<number, { readonly bytes: number; readonly exponent: number }>> = {
  1: { bytes: 4, exponent: 0x7f80 },
  10: { bytes: 2, exponent: 0x7c00 },
  11: { bytes: 8, exponent: 0x7ff0 },
  16: { bytes: 2, exponent: 0x7f80 },
};
/** Bytes per number of the other types of TensorProto; those of less than a byte count as none. */
const INTEGER_BYTES: Readonly<Record<number, number>> = { 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 12: 4, 13: 8 };

/**
 * Refuses a graph that reads other files (external data), loops or branches (subgraphs), calls operators outside of ONNX
 * or such whose result may be of any size, says that a constant is larger than what the file holds of it, or holds
 * numbers that are not finite: Latentboard exports none of them, and native code that runs them is bound by no permission
 * of Deno.
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
    } else if (kind === "operator") {
      const operator = new TextDecoder().decode(content);
      if (BOUNDLESS.has(operator)) throw refuse(name, `the operator ${operator}`);
    } else if (kind === "integers") {
      for (const integer of content === undefined ? [value!] : varintsOf(content, name)) {
        // A negative number is one near 2^64.
        if (Math.min(integer, 2 ** 64 - integer) > MAX_ATTRIBUTE) throw refuse(name, "an attribute that is too large");
      }
    } else if (content !== undefined) inspect(content, kind, name);
  }
  if (message === "tensor") checkTensor(bytes, name);
}

/** Dimensions are field 1, the type is 2, raw data 9; the others hold numbers by type, each in a byte or more. */
function checkTensor(bytes: Uint8Array, name: string): void {
  let count = 1;
  let type = 0;
  let held = 0;
  let raw: Uint8Array | undefined;
  let floats: Uint8Array | undefined;
  for (const { field, content, value } of fieldsOf(bytes, name)) {
    if (field === 1) {
      for (const length of content === undefined ? [value!] : varintsOf(content, name)) count *= length;
    } else if (field === 2) type = value ?? 0;
    else if (field === 9) raw = content;
    else if (field === 4) floats = content;
    if (field >= 4 && field <= 11) held += content?.length ?? 8;
  }
  const float = FLOATS[type];
  const size = float?.bytes ?? INTEGER_BYTES[type] ?? 0;
  if (count * (raw === undefined ? 1 : size) > held) throw refuse(name, "a constant that is larger than the file");
  if (raw !== undefined && float !== undefined) checkFinite(raw, float, name);
  if (floats !== undefined) checkFinite(floats, FLOATS[1]!, name);
}

/** A number is infinite, or none, when all bits of its exponent are set; they lie in its last two bytes. */
function checkFinite(
  bytes: Uint8Array,
  { bytes: size, exponent }: NonNullable<typeof FLOATS[number]>,
  name: string,
): void {
  for (let at = size - 2; at + 1 < bytes.length; at += size) {
    const high = bytes[at]! | (bytes[at + 1]! << 8);
    if ((high & exponent) === exponent) throw refuse(name, "a weight that is no finite number");
  }
}

function varintsOf(bytes: Uint8Array, name: string): number[] {
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length;) {
    let value = 0;
    for (let shift = 0;; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined || shift >= 70) throw broken(name);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    numbers.push(value);
  }
  return numbers;
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
