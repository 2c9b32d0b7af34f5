/** The part of `node:zlib` that PNG files need, for the browser; the bundler puts it in place of the module. */
import { unzlibSync, zlibSync } from "fflate/browser";

/** Compresses as zlib does. */
export function deflateSync(data: Uint8Array, { level }: { level: number }): Uint8Array {
  return zlibSync(data, { level: level as 6 });
}

/**
 * Decompresses a zlib stream.
 *
 * @throws {RangeError} when there is more than `maxOutputLength`
 */
export function inflateSync(data: Uint8Array, { maxOutputLength }: { maxOutputLength: number }): Uint8Array {
  const inflated = unzlibSync(data);
  if (inflated.length > maxOutputLength) throw new RangeError("The text of this picture is too long");
  return inflated;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32 (ISO/IEC 15948, annex D), continued from `before`. */
export function crc32(data: Uint8Array | string, before = 0): number {
  let crc = ~before;
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
