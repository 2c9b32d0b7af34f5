import { assert, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { zipSync } from "fflate";
import sharp from "sharp";
import { checkDataset, type CheckedDataset } from "../../lib/dataset/check.ts";
import { safeName, writeCleanCopy } from "../../lib/dataset/clean_copy.ts";
import { LatentboardError } from "../../lib/errors.ts";
import { encodePng } from "../../lib/imaging/mod.ts";
import { npyBytes } from "./_npy.ts";
import { plainPng, writeFiles } from "./_pictures.ts";
import { inFolder } from "../fixtures/folder.ts";

/** A picture of noise, the same for the same seed. */
function noise(seed: number, side = 32): Uint8Array {
  let state = seed * 2654435761 >>> 0;
  const data = Uint8Array.from(
    { length: side * side * 3 },
    () => (state = (state * 1664525 + 1013904223) >>> 0) >>> 24,
  );
  return encodePng({ width: side, height: side, channels: 3, data });
}
/** A picture with a few large shapes, as photos have, in a quality of its own. */
const photo = async (quality: number) =>
  new Uint8Array(
    await sharp(noise(99, 6)).resize(48, 48, { kernel: "cubic" }).jpeg({ quality }).toBuffer(),
  );

async function check(folder: string, work: (checked: CheckedDataset) => Promise<void>, name = "set"): Promise<void> {
  const checked = await checkDataset(join(folder, name), { data: "data", home: join(folder, "home") });
  try {
    await work(checked);
  } finally {
    checked.close();
  }
}

Deno.test("checkDataset() finds broken files, duplicates within and across splits, and counts types, sizes and labels", () =>
  inFolder(async (folder) => {
    const cats = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`set/train/cat/${i}.png`, noise(i + 1)]));
    const dogs = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [`set/train/dog/${i}.png`, noise(i + 50, 48)]),
    );
    await writeFiles(folder, {
      ...cats,
      ...dogs,
      "set/train/cat/again.png": noise(3),
      "set/train/cat/alike.jpg": await photo(95),
      "set/train/dog/alike.jpg": await photo(75),
      "set/train/dog/broken.png": "not a picture",
      "set/test/cat/leaked.png": noise(5),
      "set/test/dog/own.png": noise(200),
      "set/test/film.mp4": "film",
    });
    await check(folder, (checked) => {
      const { report } = checked;
      assertEquals(report.counts, { train: 27, test: 2 });
      assertEquals(report.types, { png: 27, jpg: 2 });
      assertEquals(report.labels, [
        { name: "cat", counts: { train: 14, test: 1 } },
        { name: "dog", counts: { train: 13, test: 1 } },
      ]);
      assertEquals(report.sizes, [{ range: "32 to 64", count: 29 }]);
      assertEquals(report.aspects, [{ range: "below 1.01", count: 29 }]);
      assertEquals(report.skipped.map(({ file }) => file), ["train/dog/broken.png"]);
      assertEquals(report.duplicates.map((group) => group.toSorted()), [
        ["train/cat/2.png", "train/cat/again.png"],
        ["test/cat/leaked.png", "train/cat/4.png"],
      ]);
      assertEquals(report.nearDuplicates, [["train/cat/alike.jpg", "train/dog/alike.jpg"]]);
      assertEquals(report.acrossSplits, 1);
      assert(report.notes.some((note) => note.includes("1 video (.mp4)")));
      return Promise.resolve();
    });
  }));

Deno.test("writeCleanCopy() leaves out what is broken or there twice, and keeps files, splits and labels", () =>
  inFolder(async (folder) => {
    await writeFiles(folder, {
      ...Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`set/train/a%20#?/${i}.png`, noise(i + 1)])),
      "set/train/dog/named.jpg": noise(70),
      "set/train/dog/again.png": noise(4),
      "set/train/dog/broken.png": "not a picture",
      "set/test/dog/leaked.png": noise(5),
    });
    await check(folder, async (checked) => {
      const count = await writeCleanCopy(checked, join(folder, "copy"));
      assertEquals(count, 13);
      const names = (path: string) => [...Deno.readDirSync(join(folder, "copy", path))].map(({ name }) => name).sort();
      assertEquals([names(""), names("train"), names("test")], [["test", "train"], ["a_20__", "dog"], ["dog"]]);
      // the first of a pair in training stays; of a pair with a test picture, that one does
      const kept = names("train/a_20__");
      assertEquals([kept.length, kept.includes("4.png"), names("test/dog"), names("train/dog")], [11, false, [
        "leaked.png",
      ], ["named.png"]]);
      assertEquals(await Deno.readFile(join(folder, "copy", "train", "dog", "named.png")), noise(70));
      const error = await assertRejects(() => writeCleanCopy(checked, join(folder, "copy")), LatentboardError);
      assertEquals(error.kind, "conflict");
    });
  }));

Deno.test("checkDataset() looks through arrays too, and a clean copy of them is pictures", () =>
  inFolder(async (folder) => {
    const data = Uint8Array.from(
      { length: 12 * 64 },
      (_, i) => (Math.floor(i / 64) % 11 * 37 + (i % 64) ** 2 * 7) & 255,
    );
    await writeFiles(folder, {
      "set.npz": zipSync({
        "images.npy": npyBytes("|u1", [12, 8, 8], data),
        "labels.npy": npyBytes("|u1", [12], Uint8Array.from({ length: 12 }, (_, i) => Number(i > 0))),
      }),
    });
    await check(folder, async (checked) => {
      const { report } = checked;
      assertEquals([report.counts, report.types, report.sizes], [{ train: 12 }, {}, []]);
      assertEquals(report.duplicates, [["train 0", "train 11"]]);
      assertEquals(report.warnings, ["Fewer than 10 training pictures of 0"]);
      assertEquals(await writeCleanCopy(checked, join(folder, "copy")), 11);
    }, "set.npz");
  }));

Deno.test("safeName() gives names that every system takes", () => {
  assertEquals(
    ["a/b", "..", "con", "caf\u00e9 1", "x\n\u001b[31m", "%#?'\"", " dots. "].map(safeName),
    ["a_b", "_", "_con", "café 1", "x__[31m".replace("[", "_"), "_____", "dots"],
  );
});

Deno.test("checkDataset() warns of empty pictures", () =>
  inFolder(async (folder) => {
    await writeFiles(
      folder,
      Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`set/${i}.png`, plainPng([0, 0, 0, 0])])),
    );
    await check(folder, ({ report }) => {
      assertEquals(report.warnings, ["All 12 pictures are the same: there is nothing to learn from them"]);
      return Promise.resolve();
    });
  }));
