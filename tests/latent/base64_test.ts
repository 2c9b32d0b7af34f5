import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import fc from "fast-check";
import { fromBase64, toBase64 } from "../../lib/latent/mod.ts";

Deno.test("toBase64() writes little-endian float32", () => {
  assertEquals(toBase64([1, -2]), "AACAPwAAAMA=");
});

Deno.test("fromBase64() gives back what toBase64() wrote, bit for bit", () => {
  fc.assert(fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true, maxLength: 64 }), (z) => {
    assertEquals(new Uint8Array(fromBase64(toBase64(z)).buffer), new Uint8Array(z.slice().buffer));
  }));
});

Deno.test("fromBase64() refuses damaged text", () => {
  assertThrows(() => fromBase64("§"), TypeError, "not base64");
  assertThrows(() => fromBase64("AAAA"), TypeError, "3 bytes");
  assertThrows(() => fromBase64("AADAfw=="), TypeError, "not finite");
});

Deno.test("fromBase64() never lets anything but finite numbers through", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    let z: Float32Array;
    try {
      z = fromBase64(text);
    } catch (error) {
      assertEquals(error instanceof TypeError, true);
      return;
    }
    assertEquals(z.every(Number.isFinite), true);
  }));
});
