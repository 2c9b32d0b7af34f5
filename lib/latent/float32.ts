/** Latents as bytes: little-endian float32, whatever the machine's own order. */
import type { LatentVector } from "./interpolate.ts";

/** Four bytes per number. */
export function float32ToBytes(values: LatentVector): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i]!, true);
  return new Uint8Array(view.buffer);
}

/**
 * Reads what {@linkcode float32ToBytes} wrote.
 *
 * @throws {TypeError} when the length is not a multiple of four
 */
export function bytesToFloat32(bytes: Uint8Array): Float32Array {
  if (bytes.length % 4 !== 0) {
    throw new TypeError(`Cannot read a latent from ${bytes.length} bytes: each number takes four`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}
