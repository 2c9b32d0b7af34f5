import { assert, assertEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import { join } from "node:path";
import fc from "fast-check";
import { LatentboardError } from "../../lib/errors.ts";
import {
  batches,
  batchesAhead,
  type ImageSet,
  loadDataset,
  memoryImageSet,
  openRecordFile,
  subset,
} from "../../lib/dataset/mod.ts";
import { manyPngs, writeFiles } from "./_pictures.ts";
import { inFolder } from "../fixtures/folder.ts";

const SHAPE = { height: 5, width: 4, channels: 3 } as const;
const COUNT = 57;
const IMAGES = Uint8Array.from({ length: COUNT * 60 }, (_, i) => (i * 131) >> 3);
const LABELS = Uint8Array.from({ length: COUNT }, (_, i) => i % 4);
const IN_MEMORY = memoryImageSet({ name: "made", images: IMAGES, ...SHAPE, labels: LABELS });

async function withRecords(work: (set: ImageSet, path: string) => Promise<void> | void, offset = 0): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, "pictures.bin");
    await Deno.writeFile(path, Uint8Array.from([...new Uint8Array(offset), ...IMAGES]));
    const set = openRecordFile({ path, offset, name: "made", count: COUNT, ...SHAPE, labels: LABELS });
    try {
      await work(set, path);
    } finally {
      set.close();
    }
  });
}

Deno.test("a streamed set reads what the same set in memory reads, now and ahead", () =>
  withRecords(async (set) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(COUNT - 1), { maxLength: 40 }), async (indices) => {
        const wanted = IN_MEMORY.readBatch(indices);
        assertEquals(set.readBatch(indices), wanted);
        assertEquals(await set.readBatchAhead(indices), wanted);
      }),
      { numRuns: 60 },
    );
    const { labels, labelNames, count, height, width, channels } = set;
    assertEquals(
      { labels, labelNames, count, height, width, channels },
      { labels: LABELS, labelNames: ["0", "1", "2", "3"], count: COUNT, ...SHAPE },
    );
  }, 12));

Deno.test("batches() and batchesAhead() of a streamed set are those of the same set in memory", () =>
  withRecords(async (set) => {
    const options = { batchSize: 8, seed: 3, epoch: 2, shuffle: true, augmentation: { flip: "horizontal" } } as const;
    const wanted = [...batches(IN_MEMORY, options)];
    assertEquals([...batches(set, options)], wanted);
    const ahead = [];
    for await (const batch of batchesAhead(set, { ...options, ahead: 5 })) ahead.push(batch);
    assertEquals(ahead, wanted);
  }));

Deno.test("subset() is a view of a streamed set too", () =>
  withRecords(async (set) => {
    const part = subset(set, Uint32Array.of(5, 50, 7));
    assertEquals([part.count, [...part.labels!]], [3, [1, 2, 3]]);
    assertEquals(part.readBatch([2, 0]), IN_MEMORY.readBatch([7, 5]));
    assertEquals(await part.readBatchAhead([1]), IN_MEMORY.readBatch([50]));
    assertThrows(() => part.readBatch([3]), RangeError, "Cannot read picture 3: the set holds 0 to 2");
    assertThrows(() => subset(set, Uint32Array.of(COUNT)), RangeError, "Cannot read picture 57");
  }));

Deno.test("openRecordFile() refuses a file that is cut short", () =>
  withRecords((_, path) => {
    Deno.truncateSync(path, IMAGES.length - 1);
    const error = assertThrows(
      () => openRecordFile({ path, name: "made", count: COUNT, ...SHAPE }),
      LatentboardError,
    );
    assertEquals([error.kind, error.message], [
      "damaged",
      `Cannot read ${path}: it is cut short, so delete it or get it again`,
    ]);
  }));

Deno.test("a streamed set says when its file is cut short while it is read", () =>
  withRecords(async (set, path) => {
    Deno.truncateSync(path, 100);
    assertThrows(() => set.readBatch([40]), LatentboardError, "it was cut short");
    const error = await assertRejects(() => set.readBatchAhead([40]), LatentboardError);
    assertEquals(error.kind, "damaged");
    assertEquals(await set.readBatchAhead([0]), IN_MEMORY.readBatch([0])); // its thread lives on
  }));

Deno.test("a streamed set that is closed gives up what is being read", () =>
  withRecords(async (set) => {
    const waiting = [set.readBatchAhead([1]), set.readBatchAhead([2])];
    set.close();
    for (const read of waiting) await assertRejects(() => read, LatentboardError, "closed while it was read");
    await assertRejects(() => set.readBatchAhead([1]), LatentboardError, "that was closed");
    set.close();
  }));

Deno.test("loadDataset() streams a folder beyond the memory limit, with the same pictures", () =>
  inFolder(async (folder) => {
    await writeFiles(join(folder, "pictures"), { ...manyPngs(20, "a/"), ...manyPngs(20, "b/") });
    const options = { data: "data", home: join(folder, "home") };
    const held = await loadDataset(join(folder, "pictures"), options);
    const streamed = await loadDataset(join(folder, "pictures"), { ...options, memoryLimit: 1000 });
    assert("images" in held.train === false && held.notes.length === 0);
    assertEquals(streamed.notes, [
      "The pictures are larger than the memory limit, so they are read from their file as they are needed",
    ]);
    for (const part of ["train", "validation"] as const) {
      const all = Uint32Array.from({ length: held[part].count }, (_, i) => i);
      assertEquals(await streamed[part].readBatchAhead(all), held[part].readBatch(all));
      assertEquals(streamed[part].labels, held[part].labels);
    }
    held.close();
    streamed.close();
  }));

Deno.test("memoryImageSet() refuses parts that don't fit", () => {
  const parts = { name: "made", images: new Uint8Array(12), height: 2, width: 2, channels: 1 } as const;
  assertThrows(() => memoryImageSet({ ...parts, images: new Uint8Array(13) }), RangeError, "13 bytes");
  assertThrows(() => memoryImageSet({ ...parts, labels: Uint8Array.of(0) }), RangeError, "3 pictures with 1 labels");
  assertThrows(
    () => memoryImageSet({ ...parts, labels: Uint8Array.of(0, 1, 2), labelNames: ["a", "b"] }),
    RangeError,
    "Cannot name label 2",
  );
});
