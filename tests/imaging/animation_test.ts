import { assert, assertEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import sharp from "sharp";
import { type Bitmap, encodeGif, encodeWebpAnimation } from "../../lib/imaging/mod.ts";

const greys: Bitmap[] = [0, 1, 2].map((frame) => ({
  width: 16,
  height: 16,
  channels: 1,
  data: Uint8Array.from({ length: 256 }, (_, i) => (i + frame * 40) & 0xff),
}));
const colours: Bitmap[] = [0, 1].map((frame) => ({
  width: 8,
  height: 6,
  channels: 3,
  data: Uint8Array.from({ length: 8 * 6 * 3 }, (_, i) => (i * 7 + frame * 90) & 0xff),
}));

async function framesOf(bytes: Uint8Array): Promise<{ data: Uint8Array; delays: number[]; loop: number }> {
  const { delay = [], loop = -1 } = await sharp(bytes, { animated: true }).metadata();
  const data = await sharp(bytes, { animated: true }).removeAlpha().toColourspace("srgb").raw().toBuffer();
  return { data: new Uint8Array(data), delays: delay, loop };
}

Deno.test("encodeGif() keeps every grey of every frame, with speed and loop", async () => {
  const { data, delays, loop } = await framesOf(encodeGif(greys, { delayMs: 50 }));
  assertEquals(delays, [50, 50, 50]);
  assertEquals(loop, 0);
  assertEquals(data.filter((_, i) => i % 3 === 0), Uint8Array.from(greys.flatMap((frame) => [...frame.data])));
});

Deno.test("encodeGif() keeps colours close", async () => {
  const { data } = await framesOf(encodeGif(colours, { delayMs: 100 }));
  const wanted = colours.flatMap((frame) => [...frame.data]);
  assertEquals(data.length, wanted.length);
  const error = wanted.reduce((sum, value, i) => sum + Math.abs(value - data[i]!), 0) / wanted.length;
  assert(error < 8, `mean error ${error}`);
});

Deno.test("encodeGif() plays once when it shall not loop", async () => {
  assertEquals((await framesOf(encodeGif(greys, { delayMs: 50, loop: false }))).loop, 1);
});

Deno.test("encodeWebpAnimation() is without loss", async () => {
  for (const frames of [greys, colours]) {
    const { data, delays, loop } = await framesOf(await encodeWebpAnimation(frames, { delayMs: 40 }));
    assertEquals(delays, frames.map(() => 40));
    assertEquals(loop, 0);
    const wanted = frames.flatMap((frame) => [...frame.data]);
    assertEquals(frames[0]!.channels === 1 ? data.filter((_, i) => i % 3 === 0) : data, Uint8Array.from(wanted));
  }
});

Deno.test("encodeGif() and encodeWebpAnimation() refuse no frames, mixed shapes and impossible speeds", async () => {
  assertThrows(() => encodeGif([], { delayMs: 50 }), RangeError, "no frames");
  assertThrows(() => encodeGif([greys[0]!, colours[0]!], { delayMs: 50 }), RangeError, "different shapes");
  assertThrows(() => encodeGif(greys, { delayMs: 0 }), RangeError, "0 ms");
  await assertRejects(() => encodeWebpAnimation([], { delayMs: 50 }), RangeError, "no frames");
});
