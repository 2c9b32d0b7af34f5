/** What a file is and how large its picture would be, from its first bytes alone: nothing is decoded. */
import { LatentboardError } from "../errors.ts";

/** The types that are told apart; uploads are held to fewer. */
export type PictureType = "png" | "jpeg" | "webp" | "gif" | "tiff" | "avif" | "heic";

/** A picture's type and size as its header states them. */
export interface PictureHeader {
  readonly type: PictureType;
  readonly width: number;
  readonly height: number;
  /** Bits per channel, where the header says so at a glance; 8 otherwise. */
  readonly depth: number;
}

/** What each type is called in messages. */
export const PICTURE_TYPE_NAMES: Readonly<Record<PictureType, string>> = {
  png: "PNG",
  jpeg: "JPEG",
  webp: "WebP",
  gif: "GIF",
  tiff: "TIFF",
  avif: "AVIF",
  heic: "HEIC",
};

const UPLOAD_TYPES: readonly PictureType[] = ["png", "jpeg", "webp"];

/**
 * Reads a picture's type and size from its header.
 *
 * @param bytes the file; its name and declared type play no part
 * @param types the types that are taken; PNG, JPEG and WebP by default
 * @throws {LatentboardError} kind `unsupported` when it is of another type, `damaged` when its header is cut short
 */
export function sniffPicture(bytes: Uint8Array, types: readonly PictureType[] = UPLOAD_TYPES): PictureHeader {
  const type = pictureTypeOf(bytes);
  if (type === undefined || !types.includes(type)) {
    const advice = types === UPLOAD_TYPES
      ? "choose a PNG, JPEG or WebP picture"
      : "convert it to PNG or JPEG, or take it out";
    throw new LatentboardError("unsupported", `Cannot read ${describeBytes(bytes)}: ${advice}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let size: Size | undefined;
  try {
    size = READERS[type](view);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // a DataView throws RangeError at the end of the bytes
  }
  if (size === undefined || size.width < 1 || size.height < 1) {
    throw new LatentboardError(
      "damaged",
      `Cannot read this ${PICTURE_TYPE_NAMES[type]} file: its header is cut short or damaged`,
    );
  }
  return { depth: 8, ...size, type };
}

/** The type that a file's first bytes show; undefined for any that is not read. */
export function pictureTypeOf(bytes: Uint8Array): PictureType | undefined {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "png";
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return "jpeg";
  const text = String.fromCharCode(...bytes.subarray(0, 32));
  if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) return "webp";
  if (text.startsWith("GIF8")) return "gif";
  if (text.startsWith("II*\0") || text.startsWith("MM\0*")) return "tiff";
  if (!text.startsWith("ftyp", 4)) return undefined;
  if (/avi[fs]/.test(text.slice(8))) return "avif";
  return /hei[cxms]|hev[cxms]|mif1|msf1/.test(text.slice(8)) ? "heic" : undefined;
}

interface Size {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
}

const READERS: Readonly<Record<PictureType, (view: DataView) => Size | undefined>> = {
  png: pngSize,
  jpeg: jpegSize,
  webp: webpSize,
  gif: (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  tiff: tiffSize,
  avif: heifSize,
  heic: heifSize,
};

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function describeBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  const type = pictureTypeOf(bytes);
  if (type !== undefined) {
    return `${/^[AH]/.test(PICTURE_TYPE_NAMES[type]) ? "an" : "a"} ${PICTURE_TYPE_NAMES[type]} file`;
  }
  const known: readonly (readonly [name: string, start: RegExp])[] = [
    ["a BMP file", /^BM/],
    ["a PDF file", /^%PDF/],
    ["an SVG file", /^<svg/],
    ["a video", /^....ftyp/s],
    ["a web page", /^\s*<(!doctype html|html)/i],
  ];
  const start = String.fromCharCode(...bytes.subarray(0, 16));
  const named = known.find(([, signature]) => signature.test(start))?.[0];
  if (named !== undefined) return named;
  const isText = bytes.subarray(0, 64).every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);
  return isText ? "a text file" : "a file of this type";
}

function pngSize(view: DataView): Size | undefined {
  if (view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452) return undefined; // IHDR comes first
  return { width: view.getUint32(16), height: view.getUint32(20), depth: view.getUint8(24) };
}

function jpegSize(view: DataView): Size | undefined {
  for (let at = 2;;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) { // fill bytes may stand before a marker
      at++;
    } else if (marker === 0xd8 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) { // markers without a length
      at += 2;
    } else if (isStartOfFrame(marker)) {
      return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    } else if (marker === 0xd9 || marker === 0xda) { // the picture's data, with no frame before it
      return undefined;
    } else {
      const length = view.getUint16(at + 2);
      if (length < 2) return undefined;
      at += 2 + length;
    }
  }
}

function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function webpSize(view: DataView): Size | undefined {
  switch (view.getUint32(12)) {
    case 0x56503820: // "VP8 ", a lossy key frame
      if (view.getUint8(23) !== 0x9d || view.getUint8(24) !== 0x01 || view.getUint8(25) !== 0x2a) return undefined;
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
    case 0x5650384c: { // "VP8L", lossless
      if (view.getUint8(20) !== 0x2f) return undefined;
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case 0x56503858: // "VP8X", the extended form: the canvas
      return { width: 1 + uint24(view, 24), height: 1 + uint24(view, 27) };
    default:
      return undefined;
  }
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}

/** Width, height and bits per sample of the first directory (TIFF 6.0). */
function tiffSize(view: DataView): Size | undefined {
  const little = view.getUint8(0) === 0x49;
  const directory = view.getUint32(4, little);
  const found = new Map<number, number>();
  for (let i = 0; i < view.getUint16(directory, little); i++) {
    const entry = directory + 2 + i * 12;
    const isShort = view.getUint16(entry + 2, little) === 3;
    const fits = view.getUint32(entry + 4, little) * (isShort ? 2 : 4) <= 4; // larger values stand elsewhere
    const at = fits ? entry + 8 : view.getUint32(entry + 8, little);
    const tag = view.getUint16(entry, little);
    if (tag >= 256 && tag <= 258) found.set(tag, isShort ? view.getUint16(at, little) : view.getUint32(at, little));
  }
  const [width, height, depth = 8] = [found.get(256), found.get(257), found.get(258)];
  return width === undefined || height === undefined ? undefined : { width, height, depth };
}

/** The largest `ispe` box: the picture among its tiles and thumbnails (ISO/IEC 23008-12). */
function heifSize(view: DataView): Size | undefined {
  let largest: Size | undefined;
  const visit = (start: number, end: number): void => {
    for (let at = start; at + 8 <= end;) {
      const size = view.getUint32(at);
      const type = view.getUint32(at + 4);
      if (size < 8 || at + size > end) return;
      if (type === 0x6d657461) visit(at + 12, at + size); // meta, a full box
      else if (type === 0x69707270 || type === 0x6970636f) visit(at + 8, at + size); // iprp, ipco
      else if (type === 0x69737065) { // ispe
        const [width, height] = [view.getUint32(at + 12), view.getUint32(at + 16)];
        if (largest === undefined || width * height > largest.width * largest.height) largest = { width, height };
      }
      at += size;
    }
  };
  visit(0, view.byteLength);
  return largest;
}
