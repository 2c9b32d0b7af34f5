/**
 * The safetensors format: eight bytes of header length, a JSON header, raw little-endian tensors. Chosen for
 * checkpoints because reading it can execute nothing. Every length that a file states is checked before it is used.
 */
import { LatentboardError } from "../errors.ts";

/** A named tensor of a safetensors file. */
export interface NamedTensor {
  /** Dimensions, outermost first; empty for a scalar. */
  readonly shape: readonly number[];
  /** The values, row by row. */
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** The contents of a safetensors file. */
export interface TensorFile {
  readonly tensors: Record<string, NamedTensor>;
  /** Free text, as `__metadata__` keeps it. */
  readonly metadata: Record<string, string>;
}

const MAXIMUM_HEADER = 16 * 1024 * 1024;
const MAXIMUM_RANK = 8;

const TYPES = {
  F32: { bytes: 4, make: (buffer: ArrayBuffer) => new Float32Array(buffer) },
  I32: { bytes: 4, make: (buffer: ArrayBuffer) => new Int32Array(buffer) },
  U8: { bytes: 1, make: (buffer: ArrayBuffer) => new Uint8Array(buffer) },
} as const;

type TypeName = keyof typeof TYPES;

/**
 * Writes tensors as one safetensors file. The same input gives the same bytes: tensors are laid out by name.
 *
 * @param metadata free text to keep beside them
 * @returns the file's bytes
 * @throws {TypeError} when a name is `__metadata__`
 * @throws {RangeError} when a tensor's data does not fill its shape
 */
export function writeSafetensors(
  tensors: Record<string, NamedTensor>,
  metadata: Record<string, string> = {},
): Uint8Array {
  const names = Object.keys(tensors).sort();
  const header: Record<string, unknown> = Object.create(null);
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let offset = 0;
  for (const name of names) {
    const { shape, data } = tensors[name]!;
    if (name === "__metadata__") throw new TypeError(`Cannot write a tensor named "__metadata__": the name is taken`);
    const size = shape.reduce((product, length) => product * length, 1);
    if (size !== data.length) {
      throw new RangeError(
        `Cannot write tensor "${name}": shape [${shape}] holds ${size} values: current value has ${data.length}`,
      );
    }
    header[name] = { dtype: typeOf(data), shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  let json = JSON.stringify(header);
  json += " ".repeat((8 - new TextEncoder().encode(json).length % 8) % 8); // the data starts on a multiple of eight
  const head = new TextEncoder().encode(json);
  const bytes = new Uint8Array(8 + head.length + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
  bytes.set(head, 8);
  let position = 8 + head.length;
  for (const name of names) {
    const { data } = tensors[name]!;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file of unknown origin.
 *
 * @returns copies of its tensors, and its metadata
 * @throws {LatentboardError} kind `damaged` when the file is truncated, when tensors overlap, leave gaps or reach
 * beyond the end, or when a size does not fit its shape
 */
export function readSafetensors(bytes: Uint8Array): TensorFile {
  if (bytes.byteLength < 8) throw damaged("it is shorter than its own header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stated = view.getBigUint64(0, true);
  if (stated > BigInt(MAXIMUM_HEADER)) throw damaged(`its header claims ${stated} bytes`);
  const length = Number(stated);
  if (8 + length > bytes.byteLength) throw damaged("it ends inside its header");
  const header = parseHeader(bytes.subarray(8, 8 + length));
  const body = bytes.subarray(8 + length);

  const tensors: Record<string, NamedTensor> = Object.create(null);
  const spans: [number, number][] = [];
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") {
      metadata = parseMetadata(entry);
      continue;
    }
    const { type, shape, start, end } = parseEntry(name, entry, body.byteLength);
    spans.push([start, end]);
    tensors[name] = { shape, data: TYPES[type].make(body.slice(start, end).buffer) };
  }
  checkSpans(spans, body.byteLength);
  return { tensors, metadata };
}

function typeOf(data: NamedTensor["data"]): TypeName {
  if (data instanceof Float32Array) return "F32";
  return data instanceof Int32Array ? "I32" : "U8";
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw damaged("its header is not JSON", error);
  }
  if (!isRecord(header)) throw damaged("its header is not an object");
  return header;
}

function parseMetadata(value: unknown): Record<string, string> {
  if (!isRecord(value) || Object.values(value).some((text) => typeof text !== "string")) {
    throw damaged("its metadata is not text");
  }
  return value as Record<string, string>;
}

interface Entry {
  type: TypeName;
  shape: number[];
  start: number;
  end: number;
}

function parseEntry(name: string, value: unknown, bodyLength: number): Entry {
  const quoted = JSON.stringify(name.slice(0, 80));
  if (!isRecord(value)) throw damaged(`tensor ${quoted} is not described`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== "string" || !Object.hasOwn(TYPES, dtype)) {
    throw damaged(`tensor ${quoted} has a type other than ${Object.keys(TYPES).join(", ")}`);
  }
  if (!isSizes(shape) || shape.length > MAXIMUM_RANK) throw damaged(`tensor ${quoted} has no valid shape`);
  if (!isSizes(offsets) || offsets.length !== 2) throw damaged(`tensor ${quoted} has no valid place`);
  const [start, end] = offsets as [number, number];
  if (start > end || end > bodyLength) throw damaged(`tensor ${quoted} reaches beyond the end of the file`);
  const type = dtype as TypeName;
  const size = shape.reduce((product, next) => product * next, 1) * TYPES[type].bytes;
  if (size !== end - start) throw damaged(`tensor ${quoted} has a size that does not fit its shape`);
  return { type, shape, start, end };
}

function checkSpans(spans: [number, number][], bodyLength: number): void {
  spans.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let reached = 0;
  for (const [start, end] of spans) {
    if (start < reached) throw damaged("its tensors overlap");
    if (start > reached) throw damaged("it holds bytes that belong to no tensor");
    reached = end;
  }
  if (reached !== bodyLength) throw damaged("it holds bytes that belong to no tensor");
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(fault: string, cause?: unknown): LatentboardError {
  return new LatentboardError(
    "damaged",
    `Cannot read the safetensors file: ${fault}`,
    { cause },
  );
}
