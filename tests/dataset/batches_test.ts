import { assert, assertEquals, assertNotEquals, assertThrows } from "deno-std/assert/mod.js";
import fc from "fast-check";
import { type Batch, batchCount, batches, batchesAhead, epochOrder, memoryImageSet } from "../../lib/dataset/mod.ts";
import { RandomStream } from "../../lib/dataset/random.ts";

/** 2×2 pictures whose pixels all tell their place. */
const numbered = (count: number) =>
  memoryImageSet({
    name: "numbered",
    images: Uint8Array.from({ length: count * 4 }, (_, i) => Math.floor(i / 4)),
    height: 2,
    width: 2,
    channels: 1,
    labels: Uint8Array.from({ length: count }, (_, i) => i % 3),
  });

Deno.test("epochOrder() is a permutation that follows from count, seed and epoch alone", () => {
  fc.assert(fc.property(fc.nat(300), fc.maxSafeNat(), fc.nat(1000), (count, seed, epoch) => {
    const order = epochOrder(count, seed, epoch);
    assertEquals(order, epochOrder(count, seed, epoch));
    assertEquals([...order].sort((a, b) => a - b), Array.from({ length: count }, (_, i) => i));
  }));
  assertNotEquals(epochOrder(100, 1, 1), epochOrder(100, 1, 2));
  assertNotEquals(epochOrder(100, 1, 1), epochOrder(100, 2, 1));
  assertNotEquals(epochOrder(100, 1, 1), epochOrder(100, 1 + 2 ** 40, 1));
});

Deno.test("epochOrder() stays what it is from version to version, so that old runs can be repeated", () => {
  assertEquals([...epochOrder(10, 1, 1)], [9, 8, 1, 4, 3, 2, 6, 7, 0, 5]);
});

Deno.test("epochOrder() puts every picture everywhere equally often", () => {
  const counts = Array.from({ length: 5 }, () => new Array<number>(5).fill(0));
  for (let epoch = 0; epoch < 5000; epoch++) {
    for (const [place, picture] of epochOrder(5, 3, epoch).entries()) counts[place]![picture]!++;
  }
  const chiSquared = counts.flat().reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  assert(chiSquared < 39.3, `chi-squared ${chiSquared} with 16 degrees of freedom`); // p = 0.001
});

Deno.test("RandomStream.below() is even for bounds that don't divide 2^32", () => {
  const random = new RandomStream(1, 0);
  const bound = 3 * 2 ** 30; // a plain remainder would give the lower third twice as often
  let low = 0;
  for (let i = 0; i < 9000; i++) if (random.below(bound) < 2 ** 30) low++;
  assert(Math.abs(low - 3000) < 200, `${low} of 9000`);
});

Deno.test("RandomStream refuses seeds that are no whole numbers", () => {
  for (const seed of [-1, 1.5, NaN, 2 ** 53]) {
    assertThrows(() => new RandomStream(seed, 0), RangeError, `Cannot use the seed ${seed}`);
  }
});

Deno.test("batches() gives every picture once, with its own pixels and label", () => {
  const set = numbered(50);
  for (const shuffle of [true, false]) {
    const seen: number[] = [];
    for (const { indices, images, labels } of batches(set, { batchSize: 8, seed: 1, epoch: 2, shuffle })) {
      for (const [i, index] of indices.entries()) {
        assertEquals([...images.subarray(i * 4, i * 4 + 4)], [index, index, index, index]);
        assertEquals(labels![i], index % 3);
        seen.push(index);
      }
    }
    const sorted = [...seen].sort((a, b) => a - b);
    assertEquals(sorted, Array.from({ length: 50 }, (_, i) => i));
    assertEquals(shuffle, seen.some((index, i) => index !== i));
  }
});

Deno.test("batches() from any start are those of the whole epoch", () => {
  const set = numbered(29);
  fc.assert(fc.property(fc.nat(12), fc.integer({ min: 1, max: 10 }), (start, batchSize) => {
    const options = { batchSize, seed: 5, epoch: 1, shuffle: true, augmentation: { flip: "both", shift: 1 } } as const;
    assertEquals([...batches(set, { ...options, start })], [...batches(set, options)].slice(start));
  }));
});

Deno.test("batches() keeps or drops a last batch that is not full", () => {
  const sizes = (dropLast: boolean) =>
    [...batches(numbered(10), { batchSize: 4, seed: 1, epoch: 0, shuffle: false, dropLast })]
      .map(({ indices }) => indices.length);
  assertEquals(sizes(false), [4, 4, 2]);
  assertEquals(sizes(true), [4, 4]);
  assertEquals([batchCount({ count: 10 }, 4), batchCount({ count: 10 }, 4, true)], [3, 2]);
});

Deno.test("batches() refuses sizes, epochs and starts that are no whole numbers", () => {
  const options = { batchSize: 4, seed: 1, epoch: 0, shuffle: false };
  for (const change of [{ batchSize: 0 }, { batchSize: 1.5 }, { epoch: -1 }, { start: -1 }]) {
    assertThrows(() => batches(numbered(10), { ...options, ...change }).next(), RangeError, "whole number from");
  }
});

Deno.test("batchesAhead() gives the batches of batches()", async () => {
  const set = numbered(29);
  const options = { batchSize: 4, seed: 5, epoch: 1, shuffle: true, start: 2 };
  for (const ahead of [0, 1, 3, 100]) {
    const read: Batch[] = [];
    for await (const batch of batchesAhead(set, { ...options, ahead })) read.push(batch);
    assertEquals(read, [...batches(set, options)]);
  }
});

Deno.test("batchesAhead() reads no more than it was told, and stops with its reader", async () => {
  const set = numbered(100);
  let reads = 0;
  const counted = { ...set, readBatchAhead: (indices: ArrayLike<number>) => (reads++, set.readBatchAhead(indices)) };
  for await (const { index } of batchesAhead(counted, { batchSize: 1, seed: 1, epoch: 0, shuffle: false, ahead: 3 })) {
    assert(reads <= index + 4, `${reads} reads at batch ${index}`);
    if (index === 10) break;
  }
  assertEquals(reads, 14);
});

Deno.test("batchesAhead() hands a reading fault on", async () => {
  const set = { ...numbered(10), readBatchAhead: () => Promise.reject(new Error("disk gone")) };
  let fault: unknown;
  try {
    for await (const _ of batchesAhead(set, { batchSize: 2, seed: 1, epoch: 0, shuffle: false }));
  } catch (error) {
    fault = error;
  }
  assertEquals((fault as Error).message, "disk gone");
});
