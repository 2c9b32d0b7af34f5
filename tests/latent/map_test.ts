import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { encodeLatentMap, parseLatentMap } from "../../lib/latent/mod.ts";

Deno.test("encodeLatentMap() writes latents as little-endian floats, then the labels", () => {
  const bytes = encodeLatentMap(Float32Array.of(1, -2), Uint8Array.of(3, 4), 1);
  assertEquals([...bytes], [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 3, 4]);
  assertEquals([...encodeLatentMap(Float32Array.of(1), undefined, 1)], [0, 0, 0x80, 0x3f, 255]);
});

Deno.test("parseLatentMap() reads what encodeLatentMap() wrote, and refuses another length", () => {
  const latents = Float32Array.of(1, -2, 0.5, 3, 4, 5);
  const bytes = encodeLatentMap(latents, Uint8Array.of(7, 8, 9), 2);
  assertEquals(parseLatentMap(bytes, 2), { count: 3, latentDim: 2, latents, labels: Uint8Array.of(7, 8, 9) });
  assertThrows(() => parseLatentMap(bytes.subarray(1), 2), RangeError, "do not divide into 2 latents");
});
