import { assert, assertAlmostEquals, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { LatentboardError } from "../../lib/errors.ts";
import { encodeIdx, type ImageSet, listDatasets, loadDataset, splitPlaces } from "../../lib/dataset/mod.ts";
import { npyBytes } from "./_npy.ts";
import { manyPngs, writeFiles } from "./_pictures.ts";
import { inFolder } from "../fixtures/folder.ts";

const all = (set: ImageSet) => set.readBatch(Uint32Array.from({ length: set.count }, (_, i) => i));
const ramp = (length: number) => Uint8Array.from({ length }, (_, i) => i & 0xff);

Deno.test("loadDataset() reads the shipped sample: balanced, held out, named and licensed", async () => {
  const dataset = await loadDataset("sample", { data: "data", home: "unused" });
  const { train, validation, test, labelNames, licence } = dataset;
  assertEquals([train.count, validation.count, test], [10_000, 1000, undefined]);
  assertEquals([train.height, train.width, train.channels], [28, 28, 1]);
  assertEquals([labelNames.length, labelNames[0], licence], [10, "T-shirt/top", "MIT, Zalando SE"]);
  for (const [set, each] of [[train, 1000], [validation, 100]] as const) {
    for (let label = 0; label < 10; label++) assertEquals(set.labels!.filter((found) => found === label).length, each);
  }
  const mean = all(train).reduce((sum, value) => sum + value, 0) / (10_000 * 784);
  assertAlmostEquals(mean, 72.94, 1.5); // the mean of all 60,000 is 72.94; 1.5 is three standard errors
});

Deno.test("the sample's parts have no picture in common", async () => {
  const { train, validation } = await loadDataset("sample", { data: "data", home: "unused" });
  const keys = (set: ImageSet) => {
    const bytes = all(set);
    return Array.from({ length: set.count }, (_, i) => bytes.subarray(i * 784, (i + 1) * 784).join());
  };
  const seen = new Set(keys(train));
  assert(seen.size > 9990, `${seen.size} different pictures`);
  assertEquals(keys(validation).filter((key) => seen.has(key)).length, 0);
});

Deno.test("loadDataset() reads a folder of IDX files, of any name in the family, and one file alone", () =>
  inFolder(async (folder) => {
    const images = encodeIdx({ shape: [20, 8, 8], data: ramp(20 * 64) });
    const labels = encodeIdx({ shape: [20], data: Uint8Array.from({ length: 20 }, (_, i) => i % 2) });
    await writeFiles(join(folder, "letters"), {
      "emnist-letters-train-images-idx3-ubyte.gz": new Uint8Array(gzipSync(images)),
      "emnist-letters-train-labels-idx1-ubyte.gz": new Uint8Array(gzipSync(labels)),
      "emnist-letters-test-images-idx3-ubyte": images,
      "emnist-letters-test-labels-idx1-ubyte": labels,
      "labels.txt": "even\nodd\n",
      "LICENSE": "Public domain\n",
    });
    const options = { data: "data", home: join(folder, "home") };
    const { name, train, validation, test, labelNames, licence, notes } = await loadDataset(
      join(folder, "letters"),
      options,
    );
    assertEquals([name, labelNames, licence], ["letters", ["even", "odd"], "Public domain"]);
    assertEquals([train.count, validation.count, test!.count, test!.labels![1]], [18, 2, 20, 1]);
    // EMNIST's files hold each picture on its side
    const upright = Uint8Array.from({ length: 64 }, (_, i) => (i % 8) * 8 + Math.floor(i / 8));
    assertEquals(test!.readBatch([0]), upright);
    assertEquals(notes, ["EMNIST's files hold each picture on its side: they were turned upright"]);
    const alone = await loadDataset(join(folder, "letters", "emnist-letters-test-images-idx3-ubyte"), options);
    assertEquals([alone.train.count + alone.validation.count, alone.labelNames], [20, ["0", "1"]]);
  }));

Deno.test("loadDataset() says what is wrong with a folder of IDX files", () =>
  inFolder(async (folder) => {
    const options = { data: "data", home: join(folder, "home") };
    const images = encodeIdx({ shape: [20, 8, 8], data: ramp(20 * 64) });
    const fault = async (files: Record<string, Uint8Array>) => {
      const set = join(folder, crypto.randomUUID());
      await writeFiles(set, files);
      return (await assertRejects(() => loadDataset(set, options), LatentboardError)).message.replaceAll(set, "SET");
    };
    assertEquals(
      await fault({ "train-images-idx3-ubyte": images.subarray(0, 500) }),
      `Cannot read ${
        join("SET", "train-images-idx3-ubyte")
      }: it is cut short, 484 of 1280 bytes (20 × 8 × 8), so get it again`,
    );
    assertEquals(
      await fault({ "t10k-images-idx3-ubyte": images }),
      "SET has no train-images-idx3-ubyte or train-images-idx3-ubyte.gz",
    );
    assertEquals(
      await fault({ "a-train-images-idx3-ubyte": images, "b-train-images-idx3-ubyte": images }),
      "SET holds several sets (a-train-images-idx3-ubyte, b-train-images-idx3-ubyte): " +
        "move the one you want into a folder of its own",
    );
  }));

Deno.test("loadDataset() reads NPY: bytes, floats from 0 to 1, channels first", () =>
  inFolder(async (folder) => {
    const options = { data: "data", home: join(folder, "home") };
    const float = new Uint8Array(Float32Array.from({ length: 10 * 4 }, (_, i) => (i % 4) / 3).buffer);
    const first = Uint8Array.from({ length: 10 * 12 }, (_, i) => Math.floor((i % 12) / 4) * 100 + (i % 4));
    await writeFiles(folder, {
      "bytes.npy": npyBytes("|u1", [10, 2, 2], ramp(40)),
      "floats.npy": npyBytes("<f4", [10, 2, 2, 1], float),
      "first.npy": npyBytes("|u1", [10, 3, 2, 2], first),
    });
    const open = async (name: string) => (await loadDataset(join(folder, name), options)).train;
    const bytes = await open("bytes.npy");
    assertEquals([bytes.count, bytes.channels, bytes.height, bytes.labels], [9, 1, 2, undefined]);
    assertEquals([...(await open("floats.npy")).readBatch([0])], [0, 85, 170, 255]);
    const colours = await open("first.npy");
    assertEquals([colours.channels, ...colours.readBatch([0]).subarray(0, 6)], [3, 0, 100, 200, 1, 101, 201]);
  }));

Deno.test("loadDataset() streams an NPY of bytes beyond the memory limit", () =>
  inFolder(async (folder) => {
    await writeFiles(folder, { "large.npy": npyBytes("|u1", [30, 4, 4, 3], ramp(30 * 48)) });
    const options = { data: "data", home: join(folder, "home") };
    const held = await loadDataset(join(folder, "large.npy"), options);
    const streamed = await loadDataset(join(folder, "large.npy"), { ...options, memoryLimit: 100 });
    assertEquals([held.notes.length, streamed.notes.length], [0, 1]);
    assertEquals(all(streamed.train), all(held.train));
    streamed.close();
  }));

Deno.test("loadDataset() reads NPZ with labels and parts of its own", () =>
  inFolder(async (folder) => {
    const options = { data: "data", home: join(folder, "home") };
    const labels = new Uint8Array(BigInt64Array.from({ length: 12 }, (_, i) => BigInt(i % 3)).buffer);
    await writeFiles(folder, {
      "medical.npz": zipSync({
        "train_images.npy": npyBytes("|u1", [12, 4, 4], ramp(192)),
        "train_labels.npy": npyBytes("<i8", [12, 1], labels),
        "val_images.npy": npyBytes("|u1", [2, 4, 4], ramp(32)),
        "val_labels.npy": npyBytes("|u1", [2, 1], Uint8Array.of(2, 0)),
        "test_images.npy": npyBytes("|u1", [3, 4, 4], ramp(48)),
      }),
      "strange.npz": zipSync({ "weights.npy": npyBytes("|u1", [12], ramp(12)) }),
      "range.npz": zipSync({
        "images.npy": npyBytes("<i2", [10, 1, 1], new Uint8Array(Int16Array.from({ length: 10 }, (_, i) => -i).buffer)),
      }),
    });
    const { train, validation, test } = await loadDataset(join(folder, "medical.npz"), options);
    assertEquals([train.count, validation.count, test!.count], [12, 2, 3]);
    assertEquals([[...train.labels!].slice(0, 4), [...validation.labels!]], [[0, 1, 2, 0], [2, 0]]);
    await assertRejects(
      () => loadDataset(join(folder, "strange.npz"), options),
      LatentboardError,
      'it holds weights, so name the array "images" (and its labels "labels")',
    );
    await assertRejects(
      () => loadDataset(join(folder, "range.npz"), options),
      LatentboardError,
      "its numbers run from -9 to 0, and 0 to 255 or 0 to 1 is needed, or --range=<black>,<white>",
    );
  }));

Deno.test("loadDataset() keeps the classes asked for, in that order", async () => {
  const options = { data: "data", home: "unused", classes: ["ankle boot", "Trouser"] };
  const { train, validation, labelNames } = await loadDataset("sample", options);
  assertEquals([train.count, validation.count, labelNames], [2000, 200, ["Ankle boot", "Trouser"]]);
  assertEquals(train.labels!.filter((label) => label === 0).length, 1000);
  const error = await assertRejects(
    () => loadDataset("sample", { ...options, classes: ["Hat"] }),
    LatentboardError,
  );
  assertEquals(error.field, "classes");
  assert(error.message.startsWith('"fashion-mnist-sample" has no class "Hat": choose from T-shirt/top, Trouser,'));
});

Deno.test("loadDataset() resizes sets that are arrays already", async () => {
  const { train } = await loadDataset("sample", {
    data: "data",
    home: "unused",
    classes: ["Bag"],
    imageSize: 16,
    channels: 3,
  });
  assertEquals([train.count, train.height, train.width, train.channels], [1000, 16, 16, 3]);
  const original = await loadDataset("sample", { data: "data", home: "unused", classes: ["Bag"] });
  const mean = (bytes: Uint8Array) => bytes.reduce((sum, value) => sum + value, 0) / bytes.length;
  assertAlmostEquals(mean(train.readBatch([3])), mean(original.train.readBatch([3])), 3);
});

Deno.test("loadDataset() refuses options and sources that make no sense, and says what would", async () => {
  const options = { data: "data", home: "unused" };
  const faults = [
    [() => loadDataset("sample", { ...options, imageSize: 4 }), "from 8 to 256: it is 4"],
    [() => loadDataset("sample", { ...options, validationFraction: 1 }), "from 0 to below 1: it is 1"],
    [
      () => loadDataset("no such thing", options),
      `Cannot find the dataset "no such thing": looked for ${
        join(Deno.cwd(), "no such thing")
      }; name sample, fashion-mnist`,
    ],
    [() => loadDataset("emoji", options), 'Cannot find the dataset "emoji": make it with "deno task data emoji"'],
    [
      () => loadDataset("deno.json", options),
      "name a folder, or a zip, tar, npy, npz, csv, parquet or idx3-ubyte file",
    ],
  ] as const;
  for (const [load, message] of faults) await assertRejects(load, LatentboardError, message);
});

Deno.test("loadDataset() refuses to hold out nothing where there is no test part", () =>
  inFolder(async (folder) => {
    await writeFiles(join(folder, "pictures"), manyPngs(12));
    await assertRejects(
      () => loadDataset(join(folder, "pictures"), { data: "data", home: join(folder, "home"), validationFraction: 0 }),
      LatentboardError,
      "The held-out share can't be 0",
    );
  }));

Deno.test("splitPlaces() is seeded, whole, and gives each label its share", () => {
  const labels = Uint8Array.from({ length: 200 }, (_, i) => i < 20 ? 1 : 0);
  const { train, validation } = splitPlaces({ count: 200, labels }, { fraction: 0.1, seed: 7 });
  assertEquals([...train, ...validation].sort((a, b) => a - b), Array.from({ length: 200 }, (_, i) => i));
  assertEquals([validation.length, validation.filter((place) => labels[place] === 1).length], [20, 2]);
  assertEquals(splitPlaces({ count: 200, labels }, { fraction: 0.1, seed: 7 }).validation, validation);
  assert(splitPlaces({ count: 200, labels }, { fraction: 0.1, seed: 8 }).validation.join() !== validation.join());
  assertEquals(splitPlaces({ count: 10 }, { fraction: 0.01, seed: 1 }).validation.length, 1);
  assertEquals(splitPlaces({ count: 10 }, { fraction: 0.99, seed: 1 }).train.length, 1);
});

Deno.test("listDatasets() and loadDataset() know what lies in the home's datasets by name", () =>
  inFolder(async (home) => {
    await writeFiles(join(home, "datasets", "mine"), manyPngs(12));
    const listed = await listDatasets({ data: "data", home });
    assertEquals(listed.slice(0, 4).map(({ name }) => name), ["sample", "fashion-mnist", "mine", "mnist"]);
    assertEquals(listed[3]!.about.slice(0, 48), 'not here: get it with "deno task data get mnist"');
    assertEquals(listed.at(-1)?.about, 'not here: make it with "deno task data emoji"');
    assertEquals((await loadDataset("mine", { data: "data", home })).train.count, 11);
  }));
