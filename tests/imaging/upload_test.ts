import { assert, assertEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import { crc32, createDeflate } from "node:zlib";
import { once } from "node:events";
import fc from "fast-check";
import sharp from "sharp";
import { LatentboardError } from "../../lib/errors.ts";
import { decodeUpload, encodePng, sniffPicture } from "../../lib/imaging/mod.ts";

const photo = () => sharp({ create: { width: 40, height: 30, channels: 3, background: { r: 200, g: 100, b: 50 } } });

Deno.test("decodeUpload() decodes PNG, JPEG and WebP by their bytes", async () => {
  for (const type of ["png", "jpeg", "webp"] as const) {
    const bitmap = await decodeUpload(new Uint8Array(await photo().toFormat(type).toBuffer()));
    assertEquals([bitmap.width, bitmap.height, bitmap.channels], [40, 30, 3]);
    for (const [i, colour] of [200, 100, 50].entries()) assert(Math.abs(bitmap.data[i]! - colour) <= 6, type);
  }
});

Deno.test("decodeUpload() returns the very pixels of our own PNGs", async () => {
  for (const channels of [1, 3, 4] as const) {
    const data = Uint8Array.from({ length: 13 * 7 * channels }, (_, i) => (i * 37) & 0xff);
    const bitmap = { width: 13, height: 7, channels, data };
    assertEquals(await decodeUpload(encodePng(bitmap)), bitmap);
  }
});

Deno.test("decodeUpload() turns 16-bit, palette, CMYK and grey-alpha pictures into 8-bit grey or colour", async () => {
  const grey = photo().greyscale().toColourspace("b-w");
  const cases = {
    palette: [await photo().png({ palette: true }).toBuffer(), 3],
    "16 bits": [await photo().toColourspace("rgb16").png().toBuffer(), 3],
    CMYK: [await photo().toColourspace("cmyk").jpeg().toBuffer(), 3],
    grey: [await grey.clone().png().toBuffer(), 1],
    "grey JPEG": [await grey.clone().jpeg().toBuffer(), 1],
    "grey with alpha": [await grey.clone().ensureAlpha(0.5).png().toBuffer(), 4],
  } as const;
  for (const [name, [bytes, channels]] of Object.entries(cases)) {
    const bitmap = await decodeUpload(new Uint8Array(bytes));
    assertEquals([bitmap.width, bitmap.height, bitmap.channels, bitmap.data.length], [
      40,
      30,
      channels,
      40 * 30 * channels,
    ], name);
  }
});

Deno.test("decodeUpload() applies the orientation that a camera noted", async () => {
  const upright = await sharp({ create: { width: 2, height: 1, channels: 3, background: "black" } })
    .composite([{
      input: { create: { width: 1, height: 1, channels: 3, background: "white" } },
      left: 1,
      top: 0,
    }]).png().toBuffer();
  const turned = await sharp(upright).withMetadata({ orientation: 6 }).png().toBuffer(); // a quarter turn clockwise
  const bitmap = await decodeUpload(new Uint8Array(turned));
  assertEquals([bitmap.width, bitmap.height], [1, 2]);
  assertEquals([bitmap.data[0], bitmap.data[3]], [0, 255]);
});

Deno.test("decodeUpload() takes the first frame of an animation", async () => {
  const frames = new Uint8Array(2 * 4 * 4 * 3).fill(10, 0, 48).fill(240, 48);
  const animated = await sharp(frames, { raw: { width: 4, height: 8, channels: 3, pageHeight: 4 } })
    .webp({ lossless: true, delay: [100, 100] }).toBuffer();
  const bitmap = await decodeUpload(new Uint8Array(animated));
  assertEquals([bitmap.width, bitmap.height, bitmap.data[0]], [4, 4, 10]);
});

Deno.test("decodeUpload() shrinks to the longest side asked for, and never enlarges", async () => {
  const bytes = new Uint8Array(await photo().png().toBuffer());
  const small = await decodeUpload(bytes, { maxSide: 20 });
  assertEquals([small.width, small.height], [20, 15]);
  const same = await decodeUpload(bytes, { maxSide: 100 });
  assertEquals([same.width, same.height], [40, 30]);
});

Deno.test("decodeUpload() refuses too many pixels by the header alone", async () => {
  const bytes = new Uint8Array(await photo().png().toBuffer());
  const error = await assertRejects(() => decodeUpload(bytes, { maxPixels: 1199 }), LatentboardError);
  assertEquals(error.kind, "too-large");
  assertEquals(
    error.message,
    "Cannot read a picture of 40×30 pixels: at most 1,199 are taken, so make it smaller",
  );
});

Deno.test("decodeUpload() refuses a bomb of 14,000×14,000 pixels within 500 ms and 50 MB", async () => {
  const bomb = await pngBomb(14_000);
  assert(bomb.length < 700_000, `${bomb.length} bytes`);
  await assertRejects(() => decodeUpload(Uint8Array.of(0))); // what is loaded once is not counted
  const memory = Deno.memoryUsage().rss;
  const started = performance.now();
  const error = await assertRejects(() => decodeUpload(bomb), LatentboardError);
  assertEquals(error.kind, "too-large");
  assert(performance.now() - started < 500);
  assert(Deno.memoryUsage().rss - memory < 50 << 20);
});

Deno.test("decodeUpload() names a text file, and others, for what they are", async () => {
  for (
    const [bytes, words] of [
      ["hello, I am a picture", "a text file"],
      ["GIF89a\x01\x00", "a GIF file"],
      ["<svg xmlns='a'/>", "an SVG file"],
      ["%PDF-1.7", "a PDF file"],
      ["", "an empty file"],
    ] as const
  ) {
    const error = await assertRejects(() => decodeUpload(new TextEncoder().encode(bytes)), LatentboardError);
    assertEquals(error.kind, "unsupported");
    assertEquals(error.message, `Cannot read ${words}: choose a PNG, JPEG or WebP picture`);
  }
});

Deno.test("decodeUpload() calls a file that is cut short damaged, wherever the cut is", async () => {
  for (const type of ["png", "jpeg", "webp"] as const) {
    const whole = new Uint8Array(await photo().toFormat(type).toBuffer());
    for (const part of [0.1, 0.3, 0.6, 0.8]) {
      const cut = whole.subarray(0, Math.max(13, Math.floor(whole.length * part)));
      const error = await assertRejects(() => decodeUpload(cut), LatentboardError, undefined, `${type} ${part}`);
      assertEquals(error.kind, "damaged");
    }
  }
});

Deno.test("decodeUpload() only ever fails with an error made for people, whatever is altered", async () => {
  const files = await Promise.all((["png", "jpeg", "webp"] as const).map((type) => photo().toFormat(type).toBuffer()));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files),
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      async (file, changes) => {
        const bytes = new Uint8Array(file);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        try {
          const bitmap = await decodeUpload(bytes, { maxPixels: 100_000 });
          assertEquals(bitmap.data.length, bitmap.width * bitmap.height * bitmap.channels);
        } catch (error) {
          assert(error instanceof LatentboardError, String(error));
        }
      },
    ),
    { numRuns: 150 },
  );
});

Deno.test("sniffPicture() agrees with another decoder about sizes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 300 }),
      async (width, height) => {
        const made = () => sharp({ create: { width, height, channels: 4, background: "#33669980" } });
        const files = {
          png: await made().png().toBuffer(),
          jpeg: await made().jpeg({ progressive: width % 2 === 0 }).withMetadata().toBuffer(),
          webp: await made().webp({ lossless: height % 2 === 0 }).toBuffer(),
        };
        for (const [type, bytes] of Object.entries(files)) {
          assertEquals(sniffPicture(new Uint8Array(bytes)), {
            type: type as "png" | "jpeg" | "webp",
            width,
            height,
            depth: 8,
          });
        }
        const opaque = await made().removeAlpha().webp().toBuffer(); // the plain lossy form
        assertEquals(sniffPicture(new Uint8Array(opaque)), { type: "webp", width, height, depth: 8 });
      },
    ),
    { numRuns: 15 },
  );
});

Deno.test("sniffPicture() never throws anything but its own error", () => {
  const starts = [[], [0xff, 0xd8, 0xff], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], [
    ...new TextEncoder().encode("RIFF0000WEBPVP8 "),
  ], [...new TextEncoder().encode("RIFF0000WEBPVP8X")]];
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 60 }), (start, rest) => {
      try {
        const { width, height } = sniffPicture(Uint8Array.from([...start, ...rest]));
        assert(width >= 1 && height >= 1);
      } catch (error) {
        assert(error instanceof LatentboardError);
      }
    }),
    { numRuns: 1000 },
  );
  assertThrows(() => sniffPicture(new Uint8Array()), LatentboardError, "an empty file");
});

/** A valid PNG of white pixels, made without ever holding them. */
async function pngBomb(side: number): Promise<Uint8Array> {
  const deflate = createDeflate({ level: 9 });
  const parts: Uint8Array[] = [];
  deflate.on("data", (part: Uint8Array) => parts.push(new Uint8Array(part)));
  const rows = new Uint8Array((side * 3 + 1) * 100); // white is 0 after the row filter "up", which is 2
  for (let y = 0; y < 100; y++) rows[y * (side * 3 + 1)] = 2;
  for (let y = 0; y < side; y += 100) if (!deflate.write(rows)) await once(deflate, "drain");
  deflate.end();
  await once(deflate, "end");
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, side);
  new DataView(header.buffer).setUint32(4, side);
  header.set([8, 2, 0, 0, 0], 8);
  const data = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
  const chunks = ([["IHDR", header], ["IDAT", data], ["IEND", new Uint8Array()]] as const).map(([type, body]) => {
    const chunk = new Uint8Array(body.length + 12);
    const view = new DataView(chunk.buffer);
    view.setUint32(0, body.length);
    chunk.set(new TextEncoder().encode(type), 4);
    chunk.set(body, 8);
    view.setUint32(body.length + 8, crc32(chunk.subarray(4, body.length + 8)));
    return chunk;
  });
  const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
  return new Uint8Array(await new Blob([signature, ...chunks] as BlobPart[]).arrayBuffer());
}
