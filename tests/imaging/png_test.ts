import { assert, assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { crc32, deflateSync } from "node:zlib";
import fc from "fast-check";
import sharp from "sharp";
import { type Bitmap, encodePng, readPngText } from "../../lib/imaging/mod.ts";

const bitmaps = fc.record({
  width: fc.integer({ min: 1, max: 20 }),
  height: fc.integer({ min: 1, max: 20 }),
  channels: fc.constantFrom(1 as const, 3 as const, 4 as const),
}).chain((shape) =>
  fc.uint8Array({
    minLength: shape.width * shape.height * shape.channels,
    maxLength: shape.width * shape.height * shape.channels,
  }).map((data): Bitmap => ({ ...shape, data }))
);

Deno.test("encodePng() is read back exactly by another decoder, at every level", async () => {
  await fc.assert(
    fc.asyncProperty(bitmaps, fc.integer({ min: 0, max: 9 }), async (bitmap, level) => {
      const png = sharp(encodePng(bitmap, { level }));
      const space = bitmap.channels === 1 ? "b-w" : "srgb";
      const { data, info } = await png.toColourspace(space).raw().toBuffer({ resolveWithObject: true });
      assertEquals([info.width, info.height, info.channels], [bitmap.width, bitmap.height, bitmap.channels]);
      assertEquals(new Uint8Array(data), new Uint8Array(bitmap.data));
    }),
    { numRuns: 60 },
  );
});

Deno.test("encodePng() filters rows from level 6 on, which makes smooth pictures smaller", () => {
  const data = Uint8Array.from({ length: 64 * 64 }, (_, i) => (i % 64) * 2 + Math.floor(i / 64));
  const smooth: Bitmap = { width: 64, height: 64, channels: 1, data };
  assert(encodePng(smooth, { level: 9 }).length * 4 < encodePng(smooth, { level: 1 }).length);
});

Deno.test("readPngText() returns what encodePng() was given, beyond Latin-1 too", () => {
  const picture: Bitmap = { width: 1, height: 1, channels: 1, data: Uint8Array.of(7) };
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[A-Za-z][A-Za-z0-9:_-]{0,40}$/), fc.string({ unit: "binary", maxLength: 60 })),
      (text) => {
        const clean = Object.fromEntries(
          Object.entries(text).map(([key, value]) => [key, value.replaceAll("\0", "")]),
        );
        assertEquals({ ...readPngText(encodePng(picture, { text: clean })) }, clean);
      },
    ),
  );
});

Deno.test("encodePng() refuses a key that PNG does not allow", () => {
  const picture: Bitmap = { width: 1, height: 1, channels: 1, data: Uint8Array.of(7) };
  for (const key of ["", " a", "a\0b", "日本", "x".repeat(80)]) {
    assertThrows(() => encodePng(picture, { text: { [key]: "value" } }), RangeError, "Cannot write PNG text");
  }
});

Deno.test("encodePng() refuses data that don't fit the shape", () => {
  assertThrows(
    () => encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(11) }),
    RangeError,
    "Cannot use a picture of 2×2×3 with 11 bytes: 12 are needed",
  );
});

Deno.test("readPngText() never throws on hostile bytes", () => {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, signed) => {
      const text = readPngText(signed ? Uint8Array.from([...signature, ...bytes]) : bytes);
      assertEquals(Object.getPrototypeOf(text), null);
    }),
    { numRuns: 500 },
  );
});

Deno.test("readPngText() passes over altered bytes of a real file without throwing", () => {
  const png = encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.of(7) }, {
    text: { model: "fashion", note: "größer → 日本" },
  });
  fc.assert(
    fc.property(fc.nat(png.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(png.length), (at, mask, cut) => {
      const altered = png.slice(0, cut);
      if (at < cut) altered[at]! ^= mask;
      for (const [key, value] of Object.entries(readPngText(altered))) {
        assertEquals(value, { model: "fashion", note: "größer → 日本" }[key]);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("readPngText() does not inflate a text bomb", () => {
  const bomb = deflateSync(new Uint8Array(200 << 20), { level: 9 }); // 200 kB that would be 200 MB
  const before = Deno.memoryUsage().external;
  const text = readPngText(withChunk("zTXt", Uint8Array.from([...new TextEncoder().encode("Comment\0\0"), ...bomb])));
  assertEquals(Object.keys(text), []);
  assert(Deno.memoryUsage().external - before < 32 << 20);
});

Deno.test("readPngText() reads keys that objects know already", () => {
  const text = readPngText(withChunk("tEXt", new TextEncoder().encode("__proto__\0polluted")));
  assertEquals(Object.entries(text), [["__proto__", "polluted"]]);
  assertEquals(({} as Record<string, unknown>).polluted, undefined);
});

Deno.test("readPngText() reads compressed text", () => {
  const value = deflateSync(new TextEncoder().encode("grüße"));
  const head = new TextEncoder().encode("Comment\0\x01\0\0\0");
  assertEquals({ ...readPngText(withChunk("iTXt", Uint8Array.from([...head, ...value]))) }, { Comment: "grüße" });
});

function withChunk(type: string, data: Uint8Array): Uint8Array {
  const png = encodePng({ width: 1, height: 1, channels: 1, data: Uint8Array.of(0) });
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(0, data.length);
  head.set(new TextEncoder().encode(type), 4);
  const tail = new Uint8Array(4);
  new DataView(tail.buffer).setUint32(0, crc32(data, crc32(type)));
  const afterHeader = 8 + 25;
  return Uint8Array.from([...png.subarray(0, afterHeader), ...head, ...data, ...tail, ...png.subarray(afterHeader)]);
}
