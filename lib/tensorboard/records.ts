/**
 * TFRecord framing and the messages of TensorBoard's event files (tensorflow/core/util/event.proto, summary.proto): the
 * few fields that are written here, by their numbers.
 */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** A summary of an event: a number, or a picture as PNG. */
export type SummaryValue =
  | { readonly tag: string; readonly scalar: number }
  | { readonly tag: string; readonly png: Uint8Array };

/** An event. */
export interface SummaryEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly values?: readonly SummaryValue[];
  /** Of the first event of a file. */
  readonly fileVersion?: string;
  /** A run goes on: what an earlier file has of later steps is void. */
  readonly sessionStart?: boolean;
}

/** An event as its protobuf bytes. */
export function encodeEvent({ wallTime, step, values, fileVersion, sessionStart }: SummaryEvent): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Bit64).double(wallTime);
  writer.tag(2, WireType.Varint).int64(step);
  if (fileVersion !== undefined) writer.tag(3, WireType.LengthDelimited).string(fileVersion);
  if (values !== undefined) {
    writer.tag(5, WireType.LengthDelimited).fork();
    for (const value of values) encodeValue(writer, value);
    writer.join();
  }
  if (sessionStart) writer.tag(7, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int32(1).join();
  return writer.finish();
}

function encodeValue(writer: BinaryWriter, value: SummaryValue): void {
  writer.tag(1, WireType.LengthDelimited).fork();
  writer.tag(1, WireType.LengthDelimited).string(value.tag);
  if ("scalar" in value) {
    writer.tag(2, WireType.Bit32).float(value.scalar);
  } else {
    const header = new DataView(value.png.buffer, value.png.byteOffset + 16, 10); // IHDR
    const colorSpace = header.getUint8(9) === 0 ? 1 : 3; // grey, or red, green and blue
    writer.tag(4, WireType.LengthDelimited).fork()
      .tag(1, WireType.Varint).int32(header.getUint32(4))
      .tag(2, WireType.Varint).int32(header.getUint32(0))
      .tag(3, WireType.Varint).int32(colorSpace)
      .tag(4, WireType.LengthDelimited).bytes(value.png)
      .join();
  }
  writer.join();
}

/** Bytes as a TFRecord: length, its checksum, the bytes, their checksum. */
export function frameRecord(bytes: Uint8Array): Uint8Array {
  const record = new Uint8Array(bytes.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(bytes, 12);
  view.setUint32(12 + bytes.length, maskedCrc(bytes), true);
  return record;
}

/** CRC-32C (Castagnoli), masked as TFRecords do. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** Castagnoli's polynomial, reversed. */
const POLYNOMIAL = 0x82f63b78;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** CRC-32C of some bytes, unsigned. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
