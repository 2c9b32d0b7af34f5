import { assert, assertAlmostEquals, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { type Bitmap, fitBitmap } from "../../lib/imaging/mod.ts";

const plain = (width: number, height: number, pixel: readonly number[]): Bitmap => ({
  width,
  height,
  channels: pixel.length as 1 | 3 | 4,
  data: Uint8Array.from({ length: width * height * pixel.length }, (_, i) => pixel[i % pixel.length]!),
});

Deno.test("fitBitmap() keeps every pixel of a picture that fits already", async () => {
  const data = Uint8Array.from({ length: 28 * 28 }, (_, i) => (i * 31) & 0xff);
  const bitmap: Bitmap = { width: 28, height: 28, channels: 1, data };
  assertEquals(await fitBitmap(bitmap, { width: 28, height: 28, channels: 1 }), bitmap);
});

Deno.test("fitBitmap() turns grey into colour and back without loss", async () => {
  const data = Uint8Array.from({ length: 256 }, (_, i) => i);
  const grey: Bitmap = { width: 16, height: 16, channels: 1, data };
  const colour = await fitBitmap(grey, { width: 16, height: 16, channels: 3 });
  assertEquals([...colour.data.subarray(30, 36)], [10, 10, 10, 11, 11, 11]);
  assertEquals(await fitBitmap(colour, { width: 16, height: 16, channels: 1 }), grey);
});

Deno.test("fitBitmap() weighs colours as BT.601 does", async () => {
  for (const [pixel, grey] of [[[255, 0, 0], 76], [[0, 255, 0], 150], [[0, 0, 255], 29]] as const) {
    assertEquals((await fitBitmap(plain(1, 1, pixel), { width: 1, height: 1, channels: 1 })).data[0], grey);
  }
});

Deno.test("fitBitmap() lays transparency on the background", async () => {
  const half = plain(4, 4, [255, 0, 0, 51]); // a fifth red
  const onWhite = await fitBitmap(half, { width: 4, height: 4, channels: 3 });
  assertEquals([...onWhite.data.subarray(0, 3)], [255, 204, 204]);
  const onBlue = await fitBitmap(half, { width: 4, height: 4, channels: 3, background: [0, 0, 255] });
  assertEquals([...onBlue.data.subarray(0, 3)], [51, 0, 204]);
});

Deno.test("fitBitmap() with cover fills the result from the middle", async () => {
  const wide: Bitmap = {
    width: 12,
    height: 4,
    channels: 1,
    data: Uint8Array.from({ length: 48 }, (_, i) => i % 12 >= 4 && i % 12 < 8 ? 200 : 0),
  };
  const { data } = await fitBitmap(wide, { width: 4, height: 4, channels: 1 });
  assertEquals(new Set(data), new Set([200]));
});

Deno.test("fitBitmap() with contain keeps the whole picture and pads with the background", async () => {
  const { width, height, channels, data } = await fitBitmap(plain(20, 10, [10, 20, 30]), {
    width: 8,
    height: 8,
    channels: 3,
    fit: "contain",
    background: [1, 2, 3],
  });
  assertEquals([width, height, channels], [8, 8, 3]);
  const rows = Array.from({ length: 8 }, (_, y) => [...data.subarray(y * 24, y * 24 + 3)]);
  assertEquals(rows, [[1, 2, 3], [1, 2, 3], ...Array(4).fill([10, 20, 30]), [1, 2, 3], [1, 2, 3]]);
});

Deno.test("fitBitmap() shrinks a picture of one colour to that colour", async () => {
  for (const pixel of [[90], [90, 140, 210]] as const) {
    const small = await fitBitmap(plain(101, 67, pixel), { width: 9, height: 9, channels: pixel.length as 1 | 3 });
    assertEquals(small.data.length, 81 * pixel.length);
    for (const [i, value] of small.data.entries()) assertAlmostEquals(value, pixel[i % pixel.length]!, 1);
  }
});

Deno.test("fitBitmap() fits slivers", async () => {
  const sliver = await fitBitmap(plain(300, 1, [5]), { width: 8, height: 8, channels: 1, fit: "contain" });
  assert(sliver.data.includes(5));
});

Deno.test("fitBitmap() refuses data that don't fit the shape", async () => {
  const wrong: Bitmap = { width: 3, height: 3, channels: 1, data: new Uint8Array(8) };
  await assertRejects(() => fitBitmap(wrong, { width: 3, height: 3, channels: 1 }), RangeError, "9 are needed");
});
