import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { writeRgba } from "../../lib/browser/pixels.ts";

const toBase64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));

Deno.test("writeRgba() spreads one channel to grey and keeps three as they are", () => {
  const grey = new Uint8ClampedArray(8);
  writeRgba({ width: 2, height: 1, channels: 1, data: toBase64(new Uint8Array([0, 200])) }, grey);
  assertEquals([...grey], [0, 0, 0, 255, 200, 200, 200, 255]);
  const colour = new Uint8ClampedArray(4);
  writeRgba({ width: 1, height: 1, channels: 3, data: toBase64(new Uint8Array([1, 128, 255])) }, colour);
  assertEquals([...colour], [1, 128, 255, 255]);
});

Deno.test("writeRgba() refuses pixels that do not fit the size", () => {
  const image = { width: 2, height: 2, channels: 1 as const, data: toBase64(new Uint8Array(3)) };
  assertThrows(() => writeRgba(image, new Uint8ClampedArray(16)), RangeError, "2×2×1");
});
