import { assertEquals } from "deno-std/assert/mod.js";
import { binarizePictures, binarizeSeed } from "../../lib/dataset/binarize.ts";

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

Deno.test("binarizeSeed() follows the run's seed, but for test pictures, which are the same for all runs", () => {
  assertEquals(["train", "validation", "test"].map((split) => binarizeSeed(7, split as "train")), [7, 8, 3]);
  assertEquals(binarizeSeed(1, "test"), binarizeSeed(9, "test"));
});
