/** Animated WebP files (RFC 9649): still pictures put together as frames. */

/** How the frames are shown. */
export interface WebpAnimation {
  /** Of every frame, pixels. */
  readonly width: number;
  readonly height: number;
  readonly delayMs: number;
  /** How often it plays; 0 is without end. */
  readonly loops: number;
}

/** Flags of VP8X and of ANMF. */
const HAS_ANIMATION = 0x02;
const NO_BLENDING = 0x02;

/**
 * Puts still pictures together as an animation.
 *
 * @param stills WebP files of one frame each, without alpha or metadata
 * @throws {TypeError} when one holds anything else than its picture
 */
export function joinWebp(stills: readonly Uint8Array[], animation: WebpAnimation): Uint8Array {
  const { width, height, delayMs, loops } = animation;
  const chunks = [
    chunk("VP8X", [Uint8Array.of(HAS_ANIMATION, 0, 0, 0), uint24(width - 1), uint24(height - 1)]),
    chunk("ANIM", [Uint8Array.of(0, 0, 0, 0, loops & 0xff, loops >> 8)]), // a transparent background
    ...stills.map((still) =>
      chunk("ANMF", [
        uint24(0),
        uint24(0),
        uint24(width - 1),
        uint24(height - 1),
        uint24(delayMs),
        Uint8Array.of(NO_BLENDING),
        pictureOf(still),
      ])
    ),
  ];
  return chunk("RIFF", [ascii("WEBP"), ...chunks]);
}

/** The chunk with a still's picture. */
function pictureOf(still: Uint8Array): Uint8Array {
  const picture = still.subarray(12);
  const type = String.fromCharCode(...picture.subarray(0, 4));
  if (type !== "VP8L" && type !== "VP8 ") throw new TypeError(`Cannot animate a WebP that begins with ${type}`);
  return picture;
}

/** A chunk's type, length and content, padded to an even length. */
function chunk(type: string, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes = new Uint8Array(8 + length + length % 2);
  bytes.set(ascii(type));
  new DataView(bytes.buffer).setUint32(4, length, true);
  let at = 8;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function uint24(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >> 8) & 0xff, value >> 16);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
