import { assert, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { LatentboardError } from "../../lib/errors.ts";
import { type Dataset, encodeIdx, type ImageSet, loadDataset, type LoadOptions } from "../../lib/dataset/mod.ts";
import { npyBytes } from "./_npy.ts";
import { writeFiles } from "./_pictures.ts";
import { inFolder } from "../fixtures/folder.ts";

const all = (set: ImageSet) => set.readBatch(Uint32Array.from({ length: set.count }, (_, i) => i));
const load = (folder: string, name: string, options: Partial<LoadOptions> = {}): Promise<Dataset> =>
  loadDataset(join(folder, name), { data: "data", home: join(folder, "home"), ...options });
const bytesOf = (array: { buffer: ArrayBufferLike }) => new Uint8Array(array.buffer.slice(0) as ArrayBuffer);
const levels = ({ train, validation }: Dataset) =>
  [...new Set([...all(train), ...all(validation)])].sort((a, b) => a - b);

Deno.test("loadDataset() takes 1 as white in arrays of 0 and 1, and says so", () =>
  inFolder(async (folder) => {
    const bits = Uint8Array.from({ length: 12 * 16 }, (_, i) => i % 2);
    await writeFiles(folder, {
      "bytes.npy": npyBytes("|u1", [12, 4, 4], bits),
      "bools.npy": npyBytes("|b1", [12, 4, 4], bits),
      "raw/train-images-idx3-ubyte": encodeIdx({ shape: [12, 4, 4], data: bits }),
    });
    const note = "The pixels are 0 and 1 alone: 1 was taken as white";
    for (const [name, notes] of [["bytes.npy", [note]], ["bools.npy", []], ["raw", [note]]] as const) {
      const dataset = await load(folder, name);
      assertEquals([levels(dataset), dataset.notes], [[0, 255], notes], name);
    }
  }));

Deno.test("loadDataset() looks at the range of all parts together", () =>
  inFolder(async (folder) => {
    const part = (max: number, count = 12) =>
      npyBytes("|u1", [count, 4, 4], Uint8Array.from({ length: count * 16 }, (_, i) => i % (max + 1)));
    await writeFiles(folder, {
      "digits.npz": zipSync({ "x_train.npy": part(16), "x_test.npy": part(8) }),
      "bright.npz": zipSync({ "x_train.npy": part(16), "x_test.npy": part(200, 20) }),
    });
    const digits = await load(folder, "digits.npz");
    assertEquals([Math.max(...levels(digits)), Math.max(...all(digits.test!))], [255, 128]);
    assertEquals(digits.notes, ["The pixels run up to 16 only: 0 to 16 became black to white"]);
    assertEquals(Math.max(...levels(await load(folder, "bright.npz"))), 16);
  }));

Deno.test("loadDataset() stretches arrays of 12 bits, and takes another range when asked", () =>
  inFolder(async (folder) => {
    const twelve = Uint16Array.from({ length: 12 * 16 }, (_, i) => i % 2 === 0 ? 0 : 4095);
    const signed = Float32Array.from({ length: 12 * 16 }, (_, i) => i % 3 - 1);
    await writeFiles(folder, {
      "twelve.npy": npyBytes("<u2", [12, 4, 4], bytesOf(twelve)),
      "signed.npy": npyBytes("<f4", [12, 4, 4], bytesOf(signed)),
    });
    const dataset = await load(folder, "twelve.npy");
    assertEquals([levels(dataset), dataset.notes], [[0, 255], [
      "The pixels run up to 4095: 0 to 4095 became black to white",
    ]]);
    const error = await assertRejects(() => load(folder, "signed.npy"), LatentboardError);
    assert(
      error.message.endsWith("its numbers run from -1 to 1, and add --range=-1,1 if -1 is black and 1 is white"),
      error.message,
    );
    assertEquals(levels(await load(folder, "signed.npy", { range: [-1, 1] })), [0, 128, 255]);
    assertEquals(levels(await load(folder, "signed.npy", { range: [1, -1] })), [0, 128, 255]);
    await assertRejects(() => load(folder, "signed.npy", { range: [1, 1] }), LatentboardError, "two different numbers");
  }));

Deno.test("loadDataset() reads flat arrays of any square length, grey and in colour", () =>
  inFolder(async (folder) => {
    await writeFiles(folder, {
      "quickdraw.npy": npyBytes("|u1", [10, 784], new Uint8Array(7840).fill(255)),
      "colour.npy": npyBytes(
        "|u1",
        [10, 48],
        Uint8Array.from({ length: 480 }, (_, i) => Math.floor(i % 48 / 16) * 100),
      ),
      "odd.npy": npyBytes("|u1", [10, 50], new Uint8Array(500)),
    });
    const { train } = await load(folder, "quickdraw.npy");
    assertEquals([train.width, train.height, train.channels], [28, 28, 1]);
    const colour = (await load(folder, "colour.npy")).train;
    assertEquals([colour.width, colour.channels, ...colour.readBatch([0]).subarray(0, 3)], [4, 3, 0, 100, 200]);
    await assertRejects(() => load(folder, "odd.npy"), LatentboardError, "its shape is (10, 50), and");
  }));

for (const key of ["imgs", "images", "X", "x_train", "data", "arr_0", "train_images", "X_train"]) {
  Deno.test(`loadDataset() finds pictures under ${key}`, () =>
    inFolder(async (folder) => {
      await writeFiles(folder, {
        "set.npz": zipSync({ [`${key}.npy`]: npyBytes("|u1", [10, 4, 4], new Uint8Array(160).fill(99)) }),
      });
      assertEquals((await load(folder, "set.npz")).train.count, 9);
    }));
}

Deno.test("loadDataset() reads KMNIST's family of NPZ files, by folder or by one of them", () =>
  inFolder(async (folder) => {
    const images = (count: number) =>
      zipSync({ "arr_0.npy": npyBytes("|u1", [count, 4, 4], new Uint8Array(count * 16).fill(200)) });
    const labels = (count: number) =>
      zipSync({ "arr_0.npy": npyBytes("|u1", [count], Uint8Array.from({ length: count }, (_, i) => i % 2)) });
    await writeFiles(folder, {
      "kmnist/kmnist-train-imgs.npz": images(12),
      "kmnist/kmnist-train-labels.npz": labels(12),
      "kmnist/kmnist-test-imgs.npz": images(4),
      "kmnist/kmnist-test-labels.npz": labels(4),
    });
    for (const name of ["kmnist", "kmnist/kmnist-train-imgs.npz"]) {
      const { train, test, labelNames } = await load(folder, name);
      assertEquals([train.count, test!.count, [...test!.labels!], labelNames], [11, 4, [0, 1, 0, 1], ["0", "1"]]);
    }
  }));

Deno.test("loadDataset() reads dSprites with its factors as labels, in memory and beyond it", () =>
  inFolder(async (folder) => {
    const count = 30;
    const classes = BigInt64Array.from(
      { length: count * 6 },
      (_, i) => BigInt([0, i % 3, Math.floor(i / 6) % 5, 0, 0, 0][i % 6]!),
    );
    for (let i = 0; i < count; i++) classes[i * 6 + 1] = BigInt(i % 3);
    await writeFiles(folder, {
      "dsprites.npz": zipSync({
        "imgs.npy": npyBytes(
          "|u1",
          [count, 8, 8],
          Uint8Array.from({ length: count * 64 }, (_, i) => Number(i % 64 < i / 64)),
        ),
        "latents_classes.npy": npyBytes("<i8", [count, 6], bytesOf(classes)),
        "metadata.npy": npyBytes("|O", [1], new Uint8Array(8)),
      }),
    });
    const held = await load(folder, "dsprites.npz");
    assertEquals([held.labelNames, levels(held)], [["square", "ellipse", "heart"], [0, 255]]);
    const streamed = await load(folder, "dsprites.npz", { memoryLimit: 1000 });
    assertEquals([all(streamed.train), streamed.train.labels], [all(held.train), held.train.labels]);
    streamed.close();
    const again = await load(folder, "dsprites.npz", {
      memoryLimit: 1000,
      onProgress: () => assert(false, "it was kept"),
    });
    again.close();
    assertEquals((await load(folder, "dsprites.npz", { labels: "scale" })).labelNames.length, 5);
    await assertRejects(
      () => load(folder, "dsprites.npz", { labels: "hue" }),
      LatentboardError,
      "choose from color, shape",
    );
  }));

Deno.test("loadDataset() leaves out labels that don't fit, and keeps the pictures", () =>
  inFolder(async (folder) => {
    const images = npyBytes("|u1", [10, 4, 4], new Uint8Array(160).fill(200));
    const set = (labels: Uint8Array) => zipSync({ "images.npy": images, "labels.npy": labels });
    const hot = Uint8Array.from({ length: 30 }, (_, i) => Number(i % 3 === Math.floor(i / 3) % 3));
    const text = Array.from({ length: 10 }, (_, i) => i % 2 === 0 ? "cat" : "dog").join("");
    const wide = bytesOf(Uint32Array.from([...text], (character) => character.charCodeAt(0)));
    const cases = [
      [
        "one-hot",
        npyBytes("|u1", [10, 3], hot),
        ["0", "1", "2"],
        "The labels of set.npz are one-hot: the place of the 1 was taken",
      ],
      ["text", npyBytes("<U3", [10], wide), ["cat", "dog"], undefined],
      ["several", npyBytes("|u1", [10, 2], new Uint8Array(20).fill(1)), [], "each picture has 2, and one is needed"],
      [
        "negative",
        npyBytes("|i1", [10], new Uint8Array(10).fill(255)),
        [],
        "some are negative, which often stands for no label",
      ],
      ["fractions", npyBytes("<f4", [10], bytesOf(new Float32Array(10).fill(0.5))), [], "they are no whole numbers"],
      ["too few", npyBytes("|u1", [9], new Uint8Array(9)), [], "there are 9 for 10 pictures"],
      [
        "large",
        npyBytes(
          "<u2",
          [10],
          bytesOf(new Uint16Array(10).map((_, i) => 1000 + i % 2)),
        ),
        ["1000", "1001"],
        undefined,
      ],
    ] as const;
    for (const [what, labels, names, note] of cases) {
      await writeFiles(folder, { "set.npz": set(labels) });
      const { train, labelNames, notes } = await load(folder, "set.npz");
      assertEquals([train.count, labelNames], [9, names], what);
      assertEquals(
        notes.map((line) => line.includes(note ?? "nothing is said")),
        note === undefined ? [] : [true],
        what,
      );
    }
  }));

Deno.test("loadDataset() reads CSV of pixels, with and without a header, gzipped, and its test part", () =>
  inFolder(async (folder) => {
    const row = (i: number) => [i % 3, ...Array.from({ length: 16 }, (_, pixel) => (i * pixel) % 256)].join(",");
    const rows = (count: number) => Array.from({ length: count }, (_, i) => row(i)).join("\n");
    const header = ["label", ...Array.from({ length: 16 }, (_, i) => `pixel${i}`)].join(",");
    const spaced = Array.from(
      { length: 12 },
      (_, i) => `${i % 2},${Array.from({ length: 16 }, () => i * 20).join(" ")},Training`,
    );
    await writeFiles(folder, {
      "mnist/train.csv": `${header}\n${rows(40)}\n`,
      "mnist/test.csv": `${header}\r\n${rows(5)}\r\n`,
      "plain.csv.gz": new Uint8Array(gzipSync(rows(40))),
      "fer.csv": `emotion,pixels,Usage\n${spaced.join("\n")}\n`,
      "broken.csv": `${header}\n${rows(12)}\n1,2,3\n`,
    });
    const { train, validation, test, labelNames } = await load(folder, "mnist");
    assertEquals([train.count + validation.count, test!.count, labelNames], [40, 5, ["0", "1", "2"]]);
    assertEquals([...test!.readBatch([3])].slice(0, 4), [0, 3, 6, 9]);
    const plain = await load(folder, "plain.csv.gz");
    assertEquals([plain.name, plain.train.width, plain.labelNames], ["plain.csv", 4, ["0", "1", "2"]]);
    assertEquals((await load(folder, "fer.csv")).labelNames, ["0", "1"]);
    await assertRejects(() => load(folder, "broken.csv"), LatentboardError, "row 13 has 3 values");
  }));

Deno.test("loadDataset() reads CIFAR-10, CIFAR-100 and STL-10 as they come", () =>
  inFolder(async (folder) => {
    const record = (
      labels: number[],
    ) => [...labels, ...Array(1024).fill(10), ...Array(1024).fill(20), ...Array(1024).fill(30)];
    const records = (count: number, labels: (i: number) => number[]) =>
      Uint8Array.from(Array.from({ length: count }, (_, i) => record(labels(i))).flat());
    const stl = Uint8Array.from({ length: 12 * 3 * 96 * 96 }, (_, i) => Math.floor(i % (96 * 96) / 96));
    await writeFiles(folder, {
      "ten/data_batch_1.bin": records(12, (i) => [i % 2]),
      "ten/test_batch.bin": records(2, () => [1]),
      "ten/batches.meta.txt": "airplane\nautomobile\n",
      "hundred/train.bin": records(12, (i) => [i % 2, i % 3]),
      "hundred/test.bin": records(2, () => [1, 2]),
      "hundred/fine_label_names.txt": "apple\nbear\nbee\n",
      "hundred/coarse_label_names.txt": "fruit\nanimal\n",
      "stl/train_X.bin": stl,
      "stl/train_y.bin": Uint8Array.from({ length: 12 }, (_, i) => 1 + i % 2),
      "stl/test_X.bin": stl,
      "stl/class_names.txt": "airplane\nbird\n",
    });
    const ten = await load(folder, "ten");
    assertEquals([ten.labelNames, ten.train.count + ten.validation.count, ten.test!.count], [
      ["airplane", "automobile"],
      12,
      2,
    ]);
    assertEquals([...ten.train.readBatch([0]).subarray(0, 6)], [10, 20, 30, 10, 20, 30]);
    assertEquals((await load(folder, "hundred")).labelNames, ["apple", "bear", "bee"]);
    assertEquals((await load(folder, "hundred", { labels: "coarse" })).labelNames, ["fruit", "animal"]);
    const stlSet = await load(folder, "stl");
    assertEquals([stlSet.train.width, stlSet.labelNames, [...stlSet.train.readBatch([0]).subarray(0, 9)]], [
      96,
      ["airplane", "bird"],
      [0, 0, 0, 1, 1, 1, 2, 2, 2], // columns in the file, rows here
    ]);
  }));

Deno.test("loadDataset() refuses pickles and HDF5 with the line that converts them", () =>
  inFolder(async (folder) => {
    await writeFiles(folder, {
      "set.pkl": "x",
      "set.h5": "x",
      "set.pt": "x",
      "set.mat": "x",
      "cifar-10-batches-py/data_batch_1": "x",
    });
    for (
      const [name, words] of [
        ["set.pkl", "it is a Python pickle, which can run programs; convert it with python3 -c"],
        ["set.pt", "it is a PyTorch file, which can run programs; convert it with python3 -c"],
        ["set.h5", "it is an HDF5 file; convert it with python3 -c"],
        ["set.mat", "it is a MATLAB file; convert it with python3 -c"],
        ["cifar-10-batches-py", "it is a Python pickle"],
      ] as const
    ) await assertRejects(() => load(folder, name), LatentboardError, words);
  }));

Deno.test("loadDataset() goes on without a part or labels that can't be read, and says so", () =>
  inFolder(async (folder) => {
    const images = encodeIdx({ shape: [20, 8, 8], data: new Uint8Array(1280).fill(200) });
    const pixels = (count: number) => npyBytes("|u1", [count, 4, 4], new Uint8Array(count * 16).fill(200));
    await writeFiles(folder, {
      "idx/train-images-idx3-ubyte": images,
      "idx/train-labels-idx1-ubyte": encodeIdx({ shape: [19], data: new Uint8Array(19) }),
      "idx/t10k-images-idx3-ubyte": images.subarray(0, 100),
      "set.npz": zipSync({
        "x_train.npy": pixels(12),
        "x_test.npy": pixels(5).subarray(0, 100),
        "y_train.npy": npyBytes("|O", [12], new Uint8Array(96)),
      }),
    });
    const idx = await load(folder, "idx");
    assertEquals([idx.train.count, idx.test, idx.labelNames], [18, undefined, []]);
    assertEquals(idx.notes, [
      "The labels of train-images-idx3-ubyte are left out: there are 19 for 20 pictures, so get both files again",
    ]);
    assertEquals(idx.skipped.map(({ file }) => file), ["t10k-images-idx3-ubyte"]);
    const npz = await load(folder, "set.npz");
    assertEquals([npz.train.count, npz.test, npz.labelNames, npz.notes.length], [11, undefined, [], 1]);
    assertEquals(npz.skipped.map(({ file }) => file), ["set.npz: x_test"]);
  }));
