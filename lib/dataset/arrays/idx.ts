/** The IDX format of the MNIST family (LeCun, Cortes and Burges, 1998), as it is or gzipped. */
import { gunzipSync } from "node:zlib";
import { LatentboardError } from "../../errors.ts";

/** An array of bytes as an IDX file holds it. */
export interface IdxArray {
  /** Its size in each dimension, such as `[60000, 28, 28]`. */
  readonly shape: readonly number[];
  /** The bytes, last dimension first. */
  readonly data: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;
const GZIP = [0x1f, 0x8b] as const;
/** What a gzipped file may grow to: 4 GiB, and more than any of the family. */
const MAX_BYTES = 2 ** 32 - 1;

/**
 * Reads an IDX file of unsigned bytes.
 *
 * @param bytes the file, gzipped or not
 * @param name what the file is called in messages
 * @returns shape and bytes
 * @throws {LatentboardError} kind `damaged` when it is no IDX file, or shorter or longer than its header says;
 *   `unsupported` when it holds other numbers than unsigned bytes
 */
export function parseIdx(bytes: Uint8Array, name = "the file"): IdxArray {
  const plain = bytes[0] === GZIP[0] && bytes[1] === GZIP[1] ? gunzip(bytes, name) : bytes;
  const dimensions = plain[3] ?? 0;
  const start = 4 + dimensions * 4;
  if (plain.length < 4 || plain[0] !== 0 || plain[1] !== 0 || dimensions === 0) {
    throw new LatentboardError("damaged", `Cannot read ${name} as IDX: it doesn't begin as an IDX file does`);
  }
  if (plain[2] !== UNSIGNED_BYTE) {
    throw new LatentboardError(
      "unsupported",
      `Cannot read ${name}: it holds numbers of IDX type 0x${plain[2]!.toString(16).padStart(2, "0")}, ` +
        `and only unsigned bytes (0x08) are read`,
    );
  }
  if (plain.length < start) {
    throw new LatentboardError("damaged", `Cannot read ${name}: it ends within its header, so get it again`);
  }
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const shape = Array.from({ length: dimensions }, (_, i) => view.getUint32(4 + i * 4));
  const wanted = shape.reduce((product, size) => product * size, 1);
  const found = plain.length - start;
  if (found !== wanted) {
    const fault = found < wanted ? "is cut short" : "is longer than its header says";
    throw new LatentboardError(
      "damaged",
      `Cannot read ${name}: it ${fault}, ${found} of ${wanted} bytes (${shape.join(" × ")}), so get it again`,
    );
  }
  return { shape, data: plain.subarray(start) };
}

/**
 * Writes an IDX file of unsigned bytes.
 *
 * @param array shape and bytes
 * @returns the file, not gzipped
 * @throws {RangeError} when the bytes don't fit the shape, or it has no or more than 255 dimensions
 */
export function encodeIdx({ shape, data }: IdxArray): Uint8Array {
  if (shape.length < 1 || shape.length > 255) throw new RangeError(`Cannot write ${shape.length} dimensions as IDX`);
  if (shape.reduce((product, size) => product * size, 1) !== data.length) {
    throw new RangeError(`Cannot write ${data.length} bytes as IDX of ${shape.join(" × ")}`);
  }
  const start = 4 + shape.length * 4;
  const bytes = new Uint8Array(start + data.length);
  bytes.set([0, 0, UNSIGNED_BYTE, shape.length]);
  const view = new DataView(bytes.buffer);
  for (const [i, size] of shape.entries()) view.setUint32(4 + i * 4, size);
  bytes.set(data, start);
  return bytes;
}

function gunzip(bytes: Uint8Array, name: string): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    throw new LatentboardError("damaged", `Cannot unpack ${name}: it is cut short or damaged, so get it again`, {
      cause,
    });
  }
}
