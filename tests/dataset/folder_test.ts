import { assert, assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { zipSync } from "fflate";
import { LatentboardError } from "../../lib/errors.ts";
import { type Dataset, type ImageSet, loadDataset, type LoadOptions } from "../../lib/dataset/mod.ts";
import { bombHeader, manyPngs, plainAs, plainPng, writeFiles } from "./_pictures.ts";
import { inFolder } from "../fixtures/folder.ts";

/** Loads `pictures` of a folder, with a home beside them. */
const load = (folder: string, options: Partial<LoadOptions> = {}, name = "pictures"): Promise<Dataset> =>
  loadDataset(join(folder, name), { data: "data", home: join(folder, "home"), ...options });

const first = (set: ImageSet): number[] => [...set.readBatch([0]).subarray(0, 3)];
const total = ({ train, validation }: Dataset): number => train.count + validation.count;

Deno.test("loadDataset() reads a folder of PNG, JPEG and WebP; sub-folders are labels", () =>
  inFolder(async (folder) => {
    await writeFiles(folder, {
      ...Object.fromEntries(
        await Promise.all(
          Array.from({ length: 10 }, async (_, i) => [`pictures/red/${i}.JPG`, await plainAs("jpeg", [250, 0, 0])]),
        ),
      ),
      ...Object.fromEntries(
        await Promise.all(
          Array.from(
            { length: 10 },
            async (_, i) => [`pictures/blue/deep/${i}.webp`, await plainAs("webp", [0, 0, 250])],
          ),
        ),
      ),
      ...Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`pictures/green/${i}.png`, plainPng([0, 250, 0])])),
      "pictures/notes.txt": "not a picture",
      "pictures/.hidden/1.png": plainPng([1, 2, 3]),
    });
    const { train, validation, labelNames, notes, skipped } = await load(folder, { validationFraction: 0.2 });
    assertEquals([labelNames, notes, skipped], [["blue", "green", "red"], ["Left out 1 other file (.txt)"], []]);
    assertEquals([train.count, validation.count, train.width, train.height, train.channels], [24, 6, 8, 8, 3]);
    for (const set of [train, validation]) {
      for (const [i, label] of set.labels!.entries()) {
        const [red = 0, green = 0, blue = 0] = set.readBatch([i]);
        const brightest = [blue, green, red][label]!;
        assert(brightest > 200 && red + green + blue - brightest < 60, `${labelNames[label]}: ${red} ${green} ${blue}`);
      }
    }
    assertEquals([0, 1, 2].map((label) => validation.labels!.filter((found) => found === label).length), [2, 2, 2]);
  }));

Deno.test("loadDataset() lists broken files, and goes on without them", () =>
  inFolder(async (folder) => {
    await writeFiles(folder, {
      ...Object.fromEntries(Object.entries(manyPngs(12)).map(([name, png]) => [`pictures/${name}`, png])),
      "pictures/bomb.png": bombHeader(),
      "pictures/cut.png": plainPng([1, 2, 3]).subarray(0, 60),
      "pictures/empty.jpg": "",
      "pictures/text.png": "I am only called a picture",
    });
    const dataset = await load(folder);
    assertEquals(total(dataset), 12);
    assertEquals(dataset.skipped, [
      {
        file: "bomb.png",
        reason: "Cannot read a picture of 14000×14000 pixels: at most 120,000,000 are taken, so make it smaller",
      },
      { file: "cut.png", reason: "Cannot decode this PNG picture: the file is cut short or damaged" },
      { file: "empty.jpg", reason: "Cannot read an empty file: convert it to PNG or JPEG, or take it out" },
      { file: "text.png", reason: "Cannot read a text file: convert it to PNG or JPEG, or take it out" },
    ]);
  }));

Deno.test("loadDataset() refuses an empty folder, broken pictures alone, and too few", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "pictures"));
    const empty = await assertRejects(() => load(folder), LatentboardError);
    assertEquals(
      [empty.kind, empty.message],
      [
        "invalid",
        `Cannot find pictures in ${join(folder, "pictures")}: put PNG, JPEG or other pictures into it, ` +
        "in a folder for each label if they have any",
      ],
    );
    await writeFiles(folder, { "pictures/1.png": "text" });
    const broken = await assertRejects(() => load(folder), LatentboardError);
    assertEquals(broken.kind, "damaged");
    assertEquals(
      broken.message,
      `Cannot read any of the 1 pictures in ${join(folder, "pictures")}; the first, 1.png: ` +
        "Cannot read a text file: convert it to PNG or JPEG, or take it out",
    );
    await writeFiles(folder, { "pictures/1.png": plainPng([1]), "pictures/2.png": plainPng([2]) });
    await writeFiles(folder, { "pictures/3.png": plainPng([3]) });
    const few = await assertRejects(() => load(folder), LatentboardError);
    assertEquals(
      few.message,
      `Cannot train on the 3 pictures of ${join(folder, "pictures")}: at least 10 are needed, so add more`,
    );
  }));

Deno.test("loadDataset() says when one class only leaves no labels", () =>
  inFolder(async (folder) => {
    await writeFiles(join(folder, "pictures"), manyPngs(12, "cats/"));
    const { notes, labelNames, train } = await load(folder);
    assertEquals([labelNames, train.labels], [[], undefined]);
    assertEquals(notes, ['All pictures lie in the one folder "cats", so they have one class only and no labels']);
  }));

Deno.test("loadDataset() resizes and crops as asked, and lays alpha over a colour", () =>
  inFolder(async (folder) => {
    const wide = Object.fromEntries(
      Array.from({ length: 10 }, (_, i) => [`pictures/${i}.png`, plainPng([255, 0, 0, 0], 40, 20)]),
    );
    await writeFiles(folder, wide);
    const plain = await load(folder);
    assertEquals([plain.train.width, first(plain.train)], [20, [255, 255, 255]]);
    const blue = await load(folder, { imageSize: 16, background: [0, 0, 255] });
    assertEquals([blue.train.width, blue.train.height, first(blue.train)], [16, 16, [0, 0, 255]]);
    const grey = await load(folder, { imageSize: 16, channels: 1, background: [9, 9, 9] });
    assertEquals([grey.train.channels, grey.train.readBatch([0])[0]], [1, 9]);

    await writeFiles(folder, {
      ...Object.fromEntries(Object.keys(wide).map((path) => [path, plainPng([255, 0, 0], 40, 20)])),
    });
    const cover = await load(folder, { imageSize: 16 });
    assertEquals(new Set(cover.train.readBatch([0])), new Set([255, 0]));
    const contain = await load(folder, { imageSize: 16, fit: "contain" });
    assertEquals(first(contain.train), [255, 255, 255]); // above the picture there is white
  }));

Deno.test("loadDataset() takes small square grey pictures as they are", () =>
  inFolder(async (folder) => {
    await writeFiles(
      join(folder, "pictures"),
      Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i}.png`, plainPng([i * 20], 12)])),
    );
    const { train } = await load(folder);
    assertEquals([train.width, train.height, train.channels], [12, 12, 1]);
  }));

Deno.test("loadDataset() decodes once, and again when files or options change", () =>
  inFolder(async (folder) => {
    await writeFiles(join(folder, "pictures"), manyPngs(12));
    let decoded = 0;
    const options = { onProgress: ({ what }: { what: string }) => void (what === "decoding" && decoded++) };
    const before = await load(folder, options);
    const rounds = decoded;
    assert(rounds > 0);
    const after = await load(folder, options);
    assertEquals(decoded, rounds);
    assertEquals(after.train.readBatch([0, 3]), before.train.readBatch([0, 3]));
    await writeFiles(join(folder, "pictures"), { "one more.png": plainPng([7, 7, 7]) });
    assertEquals(total(await load(folder, options)), 13);
    assertEquals(decoded, 2 * rounds + 1); // one file more
    await load(folder, { ...options, imageSize: 16 });
    assertEquals(decoded, 3 * rounds + 2);
  }));

Deno.test("loadDataset() remakes a cache that was cut short", () =>
  inFolder(async (folder) => {
    await writeFiles(join(folder, "pictures"), manyPngs(12));
    const before = (await load(folder)).train.readBatch([1]);
    const caches = join(folder, "home", "cache", "pictures");
    for await (const { name } of Deno.readDir(caches)) await Deno.truncate(join(caches, name, "pictures.bin"), 100);
    assertEquals((await load(folder)).train.readBatch([1]), before);
  }));

Deno.test("loadDataset() goes on where it was stopped, and gives what it gives in one go", () =>
  inFolder(async (folder) => {
    await writeFiles(folder, {
      ...Object.fromEntries(Object.entries(manyPngs(60)).map(([name, png]) => [`pictures/${name}`, png])),
      "pictures/0005.png": "broken",
    });
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }) => done === 30 && controller.abort(new Error("stopped"));
    await assertRejects(() => load(folder, { signal: controller.signal, onProgress }), Error, "stopped");
    const seen: number[] = [];
    const resumed = await load(folder, { onProgress: ({ done }) => seen.push(done) });
    assert(seen[0]! >= 30, `began at ${seen[0]}`);
    await Deno.remove(join(folder, "home"), { recursive: true });
    const whole = await load(folder);
    assertEquals(resumed.skipped.map(({ file }) => file), ["0005.png"]);
    assertEquals([total(resumed), total(whole)], [59, 59]);
    for (const part of ["train", "validation"] as const) {
      const all = Uint32Array.from({ length: whole[part].count }, (_, i) => i);
      assertEquals(resumed[part].readBatch(all), whole[part].readBatch(all));
    }
  }));

Deno.test("loadDataset() reads a zip of such a folder, and never by its names", () =>
  inFolder(async (folder) => {
    const files = {
      ...manyPngs(6, "root/cats/"),
      ...manyPngs(6, "root/dogs/"),
      "root/dogs/broken.png": new TextEncoder().encode("text"),
      "__MACOSX/root/cats/._0000.png": plainPng([1]),
      "../../escaped.png": plainPng([1]),
    };
    await writeFiles(folder, { "pictures.zip": zipSync(files) });
    const dataset = await load(folder, {}, "pictures.zip");
    assertEquals(dataset.name, "pictures");
    assertEquals(total(dataset), 12);
    assertEquals(dataset.labelNames, ["cats", "dogs"]);
    assertEquals(dataset.skipped.map(({ file }) => file), ["root/dogs/broken.png"]);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["home", "pictures.zip"]);
  }));
