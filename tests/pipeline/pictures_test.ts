import { assertEquals } from "deno-std/assert/mod.js";
import { modelNameOf } from "../../lib/pipeline/naming.ts";
import { sheetOf, toBytes, writeMap } from "../../lib/pipeline/pictures.ts";
import { pickPictures } from "../../lib/pipeline/sources.ts";
import { binarizePictures } from "../../lib/dataset/binarize.ts";
import { memoryImageSet } from "../../lib/dataset/image_set.ts";

Deno.test("sheetOf() lays pictures out row by row and leaves the rest black", () => {
  const pixels = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
  const sheet = sheetOf(pixels, { height: 2, width: 2, channels: 1 }, 2);
  assertEquals([sheet.width, sheet.height, sheet.channels], [4, 4, 1]);
  assertEquals([...sheet.data], [1, 2, 5, 6, 3, 4, 7, 8, 9, 10, 0, 0, 11, 12, 0, 0]);
});

Deno.test("sheetOf() keeps the channels of colour pictures together", () => {
  const sheet = sheetOf(Uint8Array.of(1, 2, 3, 4, 5, 6), { height: 1, width: 1, channels: 3 }, 2);
  assertEquals([...sheet.data], [1, 2, 3, 4, 5, 6]);
});

Deno.test("toBytes() rounds", () => assertEquals([...toBytes(Float32Array.of(0, 0.5, 1, 0.002))], [0, 128, 255, 1]));

Deno.test("writeMap() writes latents as little-endian floats, then the labels", () => {
  const bytes = writeMap(Float32Array.of(1, -2), Uint8Array.of(3, 4), 1);
  assertEquals([...bytes], [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 3, 4]);
  assertEquals([...writeMap(Float32Array.of(1), undefined, 1)], [0, 0, 0x80, 0x3f, 255]);
});

Deno.test("modelNameOf() takes the configured name, else makes one of data and latents", () => {
  const name = (source: string, own?: string) =>
    modelNameOf({
      data: { source, imageSize: 28, channels: 1, validationFraction: 0, binarize: "none" },
      latentDim: 20,
      ...(own === undefined ? {} : { name: own }),
    });
  assertEquals(name("sample"), "sample-20");
  assertEquals(name("/home/me/My Cats (2024)/"), "my-cats-2024-20");
  assertEquals(name("C:\\pictures\\Ünïcode.zip"), "n-code-20");
  assertEquals(name("..."), "pictures-20");
  assertEquals(name("sample", "chosen"), "chosen");
});

Deno.test("pickPictures() spreads its picks over the set, with their labels", () => {
  const set = memoryImageSet({
    name: "made",
    images: Uint8Array.from({ length: 10 }, (_, index) => index),
    height: 1,
    width: 1,
    channels: 1,
    labels: Uint8Array.from({ length: 10 }, (_, index) => Math.floor(index / 5)),
    labelNames: ["low", "high"],
  });
  const { count, images, labels } = pickPictures(set, 4, "none", 1);
  assertEquals([count, [...images], [...labels!]], [4, [0, 2, 5, 7], [0, 0, 1, 1]]);
  assertEquals(pickPictures(set, 99, "none", 1).count, 10);
});

Deno.test("binarizePictures() draws white as often as a pixel is bright, keyed by seed, epoch and number alone", () => {
  const size = 20_000;
  const images = new Uint8Array(size * 3).fill(0, 0, size).fill(64, size, 2 * size).fill(255, 2 * size);
  const drawn = binarizePictures(images, [4, 5, 6], { seed: 1, epoch: 2 });
  const white = [0, 1, 2].map((n) => drawn.subarray(n * size, (n + 1) * size).filter((value) => value === 255).length);
  assertEquals([white[0], white[2]], [0, size]);
  assertEquals(Math.abs(white[1]! / size - 64 / 255) < 0.02, true);
  assertEquals(new Set(drawn), new Set([0, 255]));
  const alone = binarizePictures(images.subarray(size, 2 * size), [5], { seed: 1, epoch: 2 });
  assertEquals(alone, drawn.slice(size, 2 * size));
  const differs = (key: { seed: number; epoch: number }) =>
    binarizePictures(images.subarray(size, 2 * size), [5], key).some((value, i) => value !== alone[i]);
  assertEquals([differs({ seed: 2, epoch: 2 }), differs({ seed: 1, epoch: 3 })], [true, true]);
});
