/** Latents as text, exactly: little-endian float32 in base64, for links and for the metadata of pictures. */
import { bytesToFloat32, float32ToBytes } from "./float32.ts";
import type { LatentVector } from "./interpolate.ts";

/**
 * A latent as base64 of its float32 numbers.
 *
 * @returns 16 characters for every three dimensions, padded
 */
export function toBase64(z: LatentVector): string {
  let binary = "";
  for (const byte of float32ToBytes(z)) binary += String.fromCharCode(byte);
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
  const z = bytesToFloat32(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  if (!z.every(Number.isFinite)) throw new TypeError("Cannot read a latent: it holds a number that is not finite");
  return z;
}
