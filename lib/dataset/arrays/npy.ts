/** NumPy's NPY format, versions 1 to 3. */
import { LatentboardError } from "../../errors.ts";

/** What the header of an NPY file says. */
export interface NpyHeader {
  /** The type of its numbers as NumPy writes it, such as `|u1` or `<f4`. */
  readonly type: string;
  /** Its size in each dimension. */
  readonly shape: readonly number[];
  /** Where the numbers begin, bytes. */
  readonly offset: number;
  /** Bytes that the numbers take. */
  readonly bytes: number;
}

/** The numbers of an NPY file, or its text. */
export interface NpyArray {
  /** Its size in each dimension. */
  readonly shape: readonly number[];
  /** Whether the file holds floating-point numbers or booleans, in which 1 may be white. */
  readonly fromUnit: boolean;
  /** The numbers, last dimension first. */
  readonly data: Uint8Array | Float64Array;
  /** The text, where it holds text; there are no numbers then. */
  readonly text?: readonly string[];
}

/** As much of a file's start as its header can take. */
export const NPY_HEADER_BYTES = 65_536 + 12;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;

type NumberReader = (view: DataView, at: number, little: boolean) => number;
const READERS: Readonly<Record<string, NumberReader>> = {
  b1: (view, at) => view.getUint8(at),
  u1: (view, at) => view.getUint8(at),
  i1: (view, at) => view.getInt8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  i2: (view, at, little) => view.getInt16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  f2: (view, at, little) => halfToNumber(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
};

/**
 * Reads the header of an NPY file.
 *
 * @param bytes the file, or its first {@linkcode NPY_HEADER_BYTES}
 * @param name what the file is called in messages
 * @throws {LatentboardError} kind `damaged` when it is no NPY file or its header is cut short, `unsupported` for Fortran
 *   order and for types that are no plain numbers
 */
export function parseNpyHeader(bytes: Uint8Array, name = "the file"): NpyHeader {
  const damaged = (what: string) => new LatentboardError("damaged", `Cannot read ${name} as NPY: ${what}`);
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) throw damaged("it doesn't begin as an NPY file does");
  const version = bytes[6] ?? 0;
  const start = version === 1 ? 10 : 12;
  if (version < 1 || version > 3) throw damaged(`its version is ${version}, and 1 to 3 are read`);
  if (bytes.length < start) throw damaged("it ends within its header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offset = start + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (offset > bytes.length) throw damaged("it ends within its header");
  const text = new TextDecoder().decode(bytes.subarray(start, offset));
  const type = /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (sizes === undefined || order === undefined) throw damaged("its header can't be understood");
  const element = type === undefined ? undefined : /^[<>|=]([biuf][1248]|[US]\d{1,4})$/.exec(type)?.[1];
  if (type === undefined || element === undefined || !(element in READERS || /^[US]/.test(element))) {
    const advice = type === "|O"
      ? 'it holds Python objects, which are never run; save it from Python with array.astype("uint8")'
      : `its type is ${type ?? "structured"}; save it as uint8, e.g. with array.astype("uint8")`;
    throw new LatentboardError("unsupported", `Cannot read ${name}: ${advice}`);
  }
  if (order === "True") {
    throw new LatentboardError(
      "unsupported",
      `Cannot read ${name}: it is in Fortran order; save numpy.ascontiguousarray(array)`,
    );
  }
  const shape = sizes.split(",").map((size) => size.trim()).filter((size) => size !== "").map(Number);
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count)) throw damaged("its header can't be understood");
  return { type, shape, offset, bytes: count * Number(element.slice(1)) * (element[0] === "U" ? 4 : 1) };
}

/**
 * Reads an NPY file.
 *
 * @param bytes the file
 * @param name what the file is called in messages
 * @returns unsigned bytes as they are, other numbers as float64
 * @throws {LatentboardError} kind `damaged` or `unsupported`, as {@linkcode parseNpyHeader}, and when numbers are missing
 */
export function parseNpy(bytes: Uint8Array, name = "the file"): NpyArray {
  const { type, shape, offset, bytes: wanted } = parseNpyHeader(bytes, name);
  const found = bytes.length - offset;
  if (found < wanted) {
    throw new LatentboardError("damaged", `Cannot read ${name}: it is cut short, ${found} of ${wanted} bytes`);
  }
  const element = type.slice(1);
  const data = bytes.subarray(offset, offset + wanted);
  if (element === "u1") return { shape, fromUnit: false, data };
  const size = Number(element.slice(1)) * (element[0] === "U" ? 4 : 1);
  if (element[0] === "U" || element[0] === "S") {
    const text = Array.from({ length: size === 0 ? 0 : wanted / size }, (_, i) => {
      return decodeText(data.subarray(i * size, (i + 1) * size), element[0] === "U", type[0] !== ">");
    });
    return { shape, fromUnit: false, data: new Uint8Array(), text };
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const read = READERS[element]!;
  const little = type[0] !== ">";
  const numbers = Float64Array.from({ length: wanted / size }, (_, i) => read(view, i * size, little));
  return { shape, fromUnit: element[0] === "f" || element[0] === "b", data: numbers };
}

/** Text padded with zeros: four bytes per character, or one. */
function decodeText(bytes: Uint8Array, wide: boolean, little: boolean): string {
  if (!wide) return new TextDecoder().decode(bytes).replace(/\0+$/, "");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    const code = view.getUint32(at, little);
    text += code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  }
  return text.replace(/\0+$/, "");
}

/** IEEE 754 half precision. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
