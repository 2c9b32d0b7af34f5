/** PNG files (ISO/IEC 15948): encoding without a detour through native code, and the text they carry. */
import { crc32, deflateSync, inflateSync } from "node:zlib";
import { type Bitmap, checkBitmap } from "./bitmap.ts";

/** Options of {@linkcode encodePng}. */
export interface PngOptions {
  /** Keys (1 to 79 Latin-1 characters) and values that are written into the file. */
  readonly text?: Readonly<Record<string, string>>;
  /** Effort, 0 (stored) to 9 (smallest); 1 by default, which suits frames. From 6 on rows are filtered too. */
  readonly level?: number;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const COLOUR_TYPES = { 1: 0, 3: 2, 4: 6 } as const;
const FILTERING_FROM_LEVEL = 6;
const LATIN1_TEXT = /^[\x20-\x7e\xa0-\xff\n]*$/;
const KEYWORD = /^[\x21-\x7e\xa1-\xff](?:[\x20-\x7e\xa1-\xff]{0,77}[\x21-\x7e\xa1-\xff])?$/;

/** Text of a file beyond this many characters is not read. */
const MAX_TEXT = 1 << 20;
/** Chunks beyond these are not looked at: a file of 16 MiB may consist of a million, each with its cost. */
const MAX_CHUNKS = 4096;
const MAX_TEXT_CHUNKS = 64;

/**
 * Encodes a picture as PNG.
 *
 * @param bitmap the picture
 * @param options its text and how hard to compress
 * @returns the bytes of the file
 * @throws {RangeError} when the data don't fit the shape, the level is not 0 to 9 or a key is not 1 to 79 Latin-1
 *   characters without spaces at its ends
 */
export function encodePng(bitmap: Bitmap, options: PngOptions = {}): Uint8Array {
  checkBitmap(bitmap);
  const { level = 1, text = {} } = options;
  if (!Number.isInteger(level) || level < 0 || level > 9) {
    throw new RangeError(`Cannot encode a PNG at level ${level}: it must be a whole number from 0 to 9`);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, bitmap.width);
  view.setUint32(4, bitmap.height);
  header.set([8, COLOUR_TYPES[bitmap.channels], 0, 0, 0], 8);
  const rows = level >= FILTERING_FROM_LEVEL ? filteredRows(bitmap) : plainRows(bitmap);
  return concat([
    SIGNATURE,
    chunk("IHDR", header),
    ...Object.entries(text).map(([key, value]) => textChunk(key, value)),
    chunk("IDAT", deflateSync(rows, { level })),
    chunk("IEND", new Uint8Array()),
  ]);
}

/**
 * Reads the text of a PNG. Safe on hostile bytes: nothing is trusted, chunks that are cut short, altered or too long are
 * passed over, and whatever is no PNG has no text.
 *
 * @param bytes a file, of whatever kind
 * @returns what stands in its tEXt, zTXt and iTXt chunks by key, the first of each key; an object without a prototype
 */
export function readPngText(bytes: Uint8Array): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  let room = MAX_TEXT;
  let texts = 0;
  for (const { type, data, crc } of chunksOf(bytes)) {
    if (type !== "tEXt" && type !== "zTXt" && type !== "iTXt") continue;
    if (++texts > MAX_TEXT_CHUNKS) break;
    if (data.length > room || crc32(data, crc32(type)) !== crc) continue;
    const entry = readText(type, data, room);
    if (entry === undefined || entry.key in found) continue;
    room -= entry.key.length + entry.value.length;
    found[entry.key] = entry.value;
  }
  return found;
}

function* chunksOf(bytes: Uint8Array): Generator<{ type: string; data: Uint8Array; crc: number }> {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length, count = 0; at + 12 <= bytes.length && count < MAX_CHUNKS; count++) {
    const length = view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) return;
    const type = latin1(bytes.subarray(at + 4, at + 8));
    if (type === "IEND") return;
    yield { type, data: bytes.subarray(at + 8, end), crc: view.getUint32(end) };
    at = end + 4;
  }
}

function readText(type: string, data: Uint8Array, room: number): { key: string; value: string } | undefined {
  const keyEnd = data.indexOf(0);
  const key = latin1(data.subarray(0, Math.max(keyEnd, 0)));
  if (!KEYWORD.test(key)) return undefined;
  const rest = data.subarray(keyEnd + 1);
  try {
    if (type === "tEXt") return { key, value: latin1(rest) };
    if (type === "zTXt") return rest[0] === 0 ? { key, value: latin1(inflate(rest.subarray(1), room)) } : undefined;
    const [compressed, method] = rest;
    const languageEnd = rest.indexOf(0, 2);
    const translationEnd = languageEnd < 0 ? -1 : rest.indexOf(0, languageEnd + 1);
    if (translationEnd < 0 || method !== 0 || compressed === undefined || compressed > 1) return undefined;
    const value = rest.subarray(translationEnd + 1);
    const plain = compressed === 1 ? inflate(value, room) : value;
    return { key, value: new TextDecoder("utf-8", { fatal: true }).decode(plain) };
  } catch {
    return undefined; // text that can't be inflated or decoded, or grows too long, is passed over like any other damage
  }
}

function inflate(bytes: Uint8Array, room: number): Uint8Array {
  return inflateSync(bytes, { maxOutputLength: Math.max(room, 1) });
}

function textChunk(key: string, value: string): Uint8Array {
  if (!KEYWORD.test(key)) {
    throw new RangeError(
      `Cannot write PNG text under "${key}": a key is 1 to 79 Latin-1 characters, no space at an end`,
    );
  }
  if (LATIN1_TEXT.test(value)) return chunk("tEXt", fromLatin1(`${key}\0${value}`));
  const utf8 = new TextEncoder().encode(value.replaceAll("\0", ""));
  return chunk("iTXt", concat([fromLatin1(`${key}\0\0\0\0\0`), utf8]));
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(fromLatin1(type), 4);
  bytes.set(data, 8);
  view.setUint32(data.length + 8, crc32(bytes.subarray(4, data.length + 8)));
  return bytes;
}

function plainRows({ width, height, channels, data }: Bitmap): Uint8Array {
  const stride = width * channels;
  const rows = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) rows.set(data.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  return rows;
}

/** Each row under the filter whose result has the smallest sum of absolute differences, as the standard suggests. */
function filteredRows({ width, height, channels, data }: Bitmap): Uint8Array {
  const stride = width * channels;
  const rows = new Uint8Array((stride + 1) * height);
  const candidates = Array.from({ length: 5 }, () => new Uint8Array(stride));
  const sums = new Uint32Array(5);
  for (let y = 0; y < height; y++) {
    sums.fill(0);
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const value = data[at]!;
      const left = x < channels ? 0 : data[at - channels]!;
      const up = y === 0 ? 0 : data[at - stride]!;
      const corner = x < channels || y === 0 ? 0 : data[at - stride - channels]!;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
      for (let filter = 0; filter < 5; filter++) {
        const difference = (value - predicted[filter]!) & 0xff;
        candidates[filter]![x] = difference;
        sums[filter]! += difference < 128 ? difference : 256 - difference;
      }
    }
    const best = sums.indexOf(Math.min(...sums));
    rows[y * (stride + 1)] = best;
    rows.set(candidates[best]!, y * (stride + 1) + 1);
  }
  return rows;
}

function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

function fromLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
