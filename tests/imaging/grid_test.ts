import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { type Bitmap, enlargeBitmap, splitBitmaps, tileBitmaps } from "../../lib/imaging/mod.ts";

const dot = (value: number): Bitmap => ({ width: 1, height: 1, channels: 1, data: Uint8Array.of(value) });

Deno.test("tileBitmaps() lays pictures out in rows and fills what is left", () => {
  const sheet = tileBitmaps([dot(1), dot(2), dot(3)], { columns: 2, background: [9, 9, 9] });
  assertEquals(sheet, { width: 2, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 9) });
});

Deno.test("tileBitmaps() leaves the gap between pictures, not around them", () => {
  const sheet = tileBitmaps([dot(1), dot(2)], { columns: 2, gap: 1, background: [0, 0, 0] });
  assertEquals([...sheet.data], [1, 0, 2]);
});

Deno.test("tileBitmaps() makes no empty columns", () => {
  assertEquals(tileBitmaps([dot(1), dot(2)], { columns: 10 }).width, 2);
});

Deno.test("tileBitmaps() keeps the bytes of coloured pictures together", () => {
  const pixel = (...data: number[]): Bitmap => ({ width: 1, height: 1, channels: 3, data: Uint8Array.from(data) });
  assertEquals([...tileBitmaps([pixel(1, 2, 3), pixel(4, 5, 6)], { columns: 1 }).data], [1, 2, 3, 4, 5, 6]);
});

Deno.test("tileBitmaps() refuses no pictures, mixed shapes and bad columns", () => {
  assertThrows(() => tileBitmaps([], { columns: 1 }), RangeError, "no pictures");
  assertThrows(() => tileBitmaps([dot(1)], { columns: 0 }), RangeError, "0 columns");
  assertThrows(() => tileBitmaps([dot(1)], { columns: 1, gap: -1 }), RangeError, "gap of -1");
  const wide: Bitmap = { width: 2, height: 1, channels: 1, data: Uint8Array.of(1, 2) };
  assertThrows(() => tileBitmaps([dot(1), wide], { columns: 1 }), RangeError, "picture 1 is 2×1×1, the first 1×1×1");
});

Deno.test("splitBitmaps() gives views that tileBitmaps() lays out row by row, the rest filled", () => {
  const bitmaps = splitBitmaps(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), {
    height: 2,
    width: 2,
    channels: 1,
  });
  const sheet = tileBitmaps(bitmaps, { columns: 2, background: [0, 0, 0] });
  assertEquals([sheet.width, sheet.height, sheet.channels], [4, 4, 1]);
  assertEquals([...sheet.data], [1, 2, 5, 6, 3, 4, 7, 8, 9, 10, 0, 0, 11, 12, 0, 0]);
});

Deno.test("enlargeBitmap() repeats pixels", () => {
  const pair: Bitmap = { width: 2, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
  const large = enlargeBitmap(pair, 2);
  assertEquals([large.width, large.height], [4, 2]);
  const row = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6];
  assertEquals([...large.data], [...row, ...row]);
  assertThrows(() => enlargeBitmap(pair, 1.5), RangeError, "1.5 times");
});
