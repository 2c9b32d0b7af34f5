import { assertEquals } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { encodeIdx, loadDataset } from "../../lib/dataset/mod.ts";
import { layoutOf } from "../../lib/dataset/pictures/layout.ts";
import { manyPngs, plainPng, writeFiles } from "./_pictures.ts";
import { inFolder } from "../fixtures/folder.ts";

const under = (folder: string, files: Record<string, Uint8Array | string>) =>
  Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
const load = (folder: string, name = "set") =>
  loadDataset(join(folder, name), { data: "data", home: join(folder, "home") });

Deno.test("layoutOf() tells labels from the folders in which paths first differ", () => {
  const labels = (...paths: string[]) => layoutOf(paths).labels;
  assertEquals(labels("a/1", "b/2", "a/3"), ["a", "b", "a"]);
  assertEquals(labels("x/y/b/1", "x/y/a/2"), ["b", "a"]);
  assertEquals(labels("x/a/deep/1", "x/a/2", "x/b/deeper/still/3"), ["a", "a", "b"]);
  assertEquals(labels("1", "2"), undefined);
  const many = Array.from({ length: 257 }, (_, i) => `${i}/x`);
  assertEquals(layoutOf(many).notes, ["There are 257 folders, more than 256 labels, so labels are left out"]);
});

Deno.test("layoutOf() takes train, valid and testing folders as splits, with labels from the next level", () => {
  const paths = ["Training/cat/1", "Training/dog/2", "valid/cat/3", "testing/dog/4", "extra/5"];
  const { splits, labels, notes } = layoutOf(paths);
  assertEquals(splits, ["train", "train", "validation", "test", undefined]);
  assertEquals(labels?.slice(0, 4), ["cat", "dog", "cat", "dog"]);
  assertEquals(notes, [
    'The folders "Training", "valid", "testing" are splits',
    "Left out extra/5, beside the folders of the splits",
  ]);
  assertEquals(layoutOf(["test/1", "spare/2"]).labels, ["test", "spare"]); // nothing to train on: a label like any other
  assertEquals(layoutOf(["train/1", "test/2"]).labels, undefined);
});

Deno.test("layoutOf() leaves out and names a stray picture, and keeps the labels", () => {
  const paths = ["cat/1", "cat/2", "dog/3", "dog/4", "stray.png"];
  const { splits, labels, notes } = layoutOf(paths);
  assertEquals(splits, ["train", "train", "train", "train", undefined]);
  assertEquals(labels?.slice(0, 4), ["cat", "cat", "dog", "dog"]);
  assertEquals(notes, ["Left out stray.png, beside the folders of labels"]);
  const above = layoutOf(["photos/cat/1", "photos/cat/2", "photos/dog/3", "logo.png"]);
  assertEquals([above.labels?.slice(0, 3), above.splits[3]], [["cat", "cat", "dog"], undefined]);
  const half = layoutOf(["cat/1", "dog/2", "3", "4"]);
  assertEquals([half.labels, half.splits.length, half.splits.includes(undefined)], [undefined, 4, false]);
  assertEquals(half.notes, ["2 pictures lie beside the folders of the others, so labels are left out"]);
});

Deno.test("layoutOf() takes composed and decomposed Unicode for one label", () => {
  assertEquals(new Set(layoutOf(["caf\u00e9/1", "cafe\u0301/2", "bar/3"]).labels).size, 2);
});

Deno.test("loadDataset() keeps test pictures out of training, and joins the labels of all splits", () =>
  inFolder(async (folder) => {
    await writeFiles(folder, {
      ...under("set/train", { ...manyPngs(8, "cat/"), ...manyPngs(7, "dog/") }),
      ...under("set/val", manyPngs(3, "dog/")),
      ...under("set/test", { ...manyPngs(2, "dog/"), ...manyPngs(2, "eel/") }),
    });
    const { train, validation, test, labelNames, notes } = await load(folder);
    assertEquals([train.count, validation.count, test!.count], [15, 3, 4]);
    assertEquals(labelNames, ["cat", "dog", "eel"]);
    assertEquals([[...validation.labels!], [...test!.labels!]], [[1, 1, 1], [1, 1, 2, 2]]);
    assertEquals(notes, ['The folders "test", "train", "val" are splits']);
  }));

Deno.test("loadDataset() finds MNIST/raw in the folder above it", () =>
  inFolder(async (folder) => {
    const images = encodeIdx({ shape: [20, 8, 8], data: new Uint8Array(20 * 64).fill(255) });
    await writeFiles(folder, { "set/MNIST/raw/train-images-idx3-ubyte": images });
    const { train, notes } = await load(folder);
    assertEquals([train.count, notes], [18, [`The pictures were found in ${join("MNIST", "raw")}`]]);
  }));

Deno.test("loadDataset() follows links to class folders once, and names links that would never end", () =>
  inFolder(async (folder) => {
    await writeFiles(folder, { ...under("set", manyPngs(6, "cat/")), ...under("elsewhere", manyPngs(6)) });
    await Deno.symlink(join(folder, "elsewhere"), join(folder, "set", "dog"));
    await Deno.symlink(join(folder, "set"), join(folder, "set", "cat", "loop"));
    await Deno.symlink(join(folder, "nowhere"), join(folder, "set", "cat", "gone.png"));
    const { train, validation, labelNames, skipped } = await load(folder);
    assertEquals([train.count + validation.count, labelNames], [12, ["cat", "dog"]]);
    assertEquals(skipped.toSorted((a, b) => a.file < b.file ? -1 : 1), [
      { file: "cat/gone.png", reason: "It is a link to nothing that can be opened" },
      { file: "cat/loop", reason: "It is a link to a folder that is read already" },
    ]);
  }));

Deno.test("loadDataset() goes on without a folder that vanishes while it is listed", () =>
  inFolder(async (folder) => {
    await writeFiles(folder, under("set", { ...manyPngs(12, "cat/"), ...manyPngs(6, "dog/") }));
    const { readDir } = Deno;
    Deno.readDir = (path) => {
      if (String(path).endsWith("dog")) Deno.removeSync(path, { recursive: true });
      return readDir(path);
    };
    try {
      const { train, validation, skipped } = await load(folder);
      assertEquals(train.count + validation.count, 12);
      assertEquals(skipped, [{ file: "dog/", reason: "Cannot open the folder" }]);
    } finally {
      Deno.readDir = readDir;
    }
  }));

Deno.test("loadDataset() reads names with signs that mean something elsewhere", () =>
  inFolder(async (folder) => {
    const names = ["100%.png", "a#b?.png", "new\nline.png", "quo'te\".png", "bell\u0007.png", " space.png"];
    await writeFiles(folder, {
      ...Object.fromEntries(names.map((name) => [`set/we%20ird#/${name}`, plainPng([9, 9, 200])])),
      ...under("set", manyPngs(8, "plain/")),
      "set/plain/bad\u001b[31m.png": "not a picture",
    });
    const { train, validation, labelNames, skipped } = await load(folder);
    assertEquals([train.count + validation.count, labelNames], [14, ["plain", "we%20ird#"]]);
    assertEquals(skipped.map(({ file }) => file), ["plain/bad\\u001b[31m.png"]);
  }));
