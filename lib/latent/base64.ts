/** Latents as text, exactly: little-endian float32 in base64, for links and for the metadata of pictures. */
import type { LatentVector } from "./interpolate.ts";

/**
 * A latent as base64 of its float32 numbers.
 *
 * @returns 16 characters for every three dimensions, padded
 */
export function toBase64(z: LatentVector): string {
  const bytes = new DataView(new ArrayBuffer(z.length * 4));
  for (let i = 0; i < z.length; i++) bytes.setFloat32(i * 4, z[i]!, true);
  let binary = "";
  for (let i = 0; i < bytes.byteLength; i++) binary += String.fromCharCode(bytes.getUint8(i));
  return btoa(binary);
}

/**
 * Reads what {@linkcode toBase64} wrote, bit for bit.
 *
 * @throws {TypeError} when the text is not base64, holds a broken number, or one that is not finite
 */
export function fromBase64(text: string): Float32Array {
  let binary: string;
  try {
    binary = atob(text);
  } catch (cause) {
    throw new TypeError("Cannot read a latent: it is not base64", { cause });
  }
  if (binary.length % 4 !== 0) {
    throw new TypeError(`Cannot read a latent from ${binary.length} bytes: each number takes four`);
  }
  const bytes = new DataView(Uint8Array.from(binary, (character) => character.charCodeAt(0)).buffer);
  const z = Float32Array.from({ length: binary.length / 4 }, (_, i) => bytes.getFloat32(i * 4, true));
  if (!z.every(Number.isFinite)) throw new TypeError("Cannot read a latent: it holds a number that is not finite");
  return z;
}
