/** What a file is and how large its picture would be, from its first bytes alone: nothing is decoded. */
import { LatentboardError } from "../errors.ts";

/** A picture's type and size as its header states them. */
export interface PictureHeader {
  /** The file's type, told from its bytes. */
  readonly type: "png" | "jpeg" | "webp";
  readonly width: number;
  readonly height: number;
}

/**
 * Reads a picture's type and size from its header.
 *
 * @param bytes the file; its name and declared type play no part
 * @returns type and size
 * @throws {LatentboardError} kind `unsupported` when it is no PNG, JPEG or WebP, `damaged` when its header is cut short
 */
export function sniffPicture(bytes: Uint8Array): PictureHeader {
  const type = typeOf(bytes);
  if (type === undefined) {
    throw new LatentboardError("unsupported", `Cannot read ${describe(bytes)}: choose a PNG, JPEG or WebP picture`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let size: Size | undefined;
  try {
    size = READERS[type](view);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // a DataView throws RangeError at the end of the bytes
  }
  if (size === undefined || size.width < 1 || size.height < 1) {
    throw new LatentboardError("damaged", `Cannot read this ${NAMES[type]} file: its header is cut short or damaged`);
  }
  return { type, ...size };
}

type Size = Pick<PictureHeader, "width" | "height">;
type PictureType = PictureHeader["type"];

const NAMES = { png: "PNG", jpeg: "JPEG", webp: "WebP" } as const;
const READERS = { png: pngSize, jpeg: jpegSize, webp: webpSize } as const;

function typeOf(bytes: Uint8Array): PictureType | undefined {
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return "png";
  if (startsWith(bytes, [0xff, 0xd8, 0xff])) return "jpeg";
  const riff = startsWith(bytes, [0x52, 0x49, 0x46, 0x46]) && startsWith(bytes.subarray(8), [0x57, 0x45, 0x42, 0x50]);
  return riff ? "webp" : undefined;
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

function describe(bytes: Uint8Array): string {
  if (bytes.length === 0) return "an empty file";
  const known: readonly (readonly [name: string, start: string])[] = [
    ["a GIF file", "GIF8"],
    ["a BMP file", "BM"],
    ["a PDF file", "%PDF"],
    ["an SVG file", "<svg"],
    ["a TIFF file", "II*\0"],
    ["a TIFF file", "MM\0*"],
  ];
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  const named = known.find(([, signature]) => start.startsWith(signature))?.[0];
  if (named !== undefined) return named;
  const isText = bytes.subarray(0, 64).every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13);
  return isText ? "a text file" : "a file of this type";
}

function pngSize(view: DataView): Size | undefined {
  if (view.getUint32(8) !== 13 || view.getUint32(12) !== 0x49484452) return undefined; // IHDR comes first
  return { width: view.getUint32(16), height: view.getUint32(20) };
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
