import { assert, assertEquals } from "deno-std/assert/mod.js";
import { join } from "node:path";
import sharp from "sharp";
import { loadDataset, type LoadOptions } from "../../lib/dataset/mod.ts";
import { encodePng } from "../../lib/imaging/mod.ts";
import { manyPngs, plainPng, writeFiles } from "./_pictures.ts";
import { inFolder } from "../fixtures/folder.ts";

/** 64×48: the left half red above and white below, the right half blue; made by libheif's own encoder. */
const HEIC =
  "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAa1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAACAAAAEGlkYXQAAAAAAEAAMAAAADhpbG9jAQAAAERAAAIAAQAAAAAAAAHRAAEAAAAAAAAAMQACAAEAAAAAAAAAAQAAAAAAAAAIAAAAOGlpbmYAAAAAAAIAAAAVaW5mZQIAAAEAAQAAaHZjMQAAAAAVaW5mZQIAAAAAAgAAZ3JpZAAAAADYaXBycAAAALZpcGNvAAAAdmh2Y0MBA3AAAAAAAAAAAAAe8AD8/fj4AAAPAyAAAQAYQAEMAf//A3AAAAMAkAAAAwAAAwAeugJAIQABACpCAQEDcAAAAwCQAAADAAADAB6gIIEFlurkprm4EBAwIAAAAwAgAAADACEiAAEABkQBwXPAiQAAABRpc3BlAAAAAAAAAEAAAABAAAAAFGlzcGUAAAAAAAAAQAAAADAAAAAQcGl4aQAAAAADCAgIAAAAGmlwbWEAAAAAAAAAAgABAoECAAICA4QAAAAaaXJlZgAAAAAAAAAOZGltZwACAAEAAQAAADltZGF0AAAALSgBrxmA94UN/8OefBuDZGh+TgYFxxhkZ7YDWV2hN3X/9hnj+LAv/AMS4+dOeA==";
const heic = () => Uint8Array.from(atob(HEIC), (character) => character.charCodeAt(0));

const load = (folder: string, options: Partial<LoadOptions> = {}) =>
  loadDataset(join(folder, "set"), { data: "data", home: join(folder, "home"), ...options });
const colour = (r: number, g: number, b: number, side = 16) =>
  sharp({ create: { width: side, height: side, channels: 3, background: { r, g, b } } });
const bytes = async (picture: { toBuffer(): Promise<Uint8Array> }) => new Uint8Array(await picture.toBuffer());

/** The pixel in the middle of the only picture whose name is this, among others that fill the set. */
async function middleOf(folder: string, name: string, content: Uint8Array, options: Partial<LoadOptions> = {}) {
  await writeFiles(join(folder, "set"), { ...manyPngs(10, "z"), [name]: content });
  const { train, validation, skipped } = await load(folder, { imageSize: 16, channels: 3, ...options });
  assertEquals([skipped, train.count + validation.count], [[], 11]);
  const wanted =
    [...Array(train.count).keys()].map((i) => train.readBatch([i])).find((picture) => picture[2] !== 200) ??
      validation.readBatch([0]);
  return [...wanted.subarray((8 * 16 + 8) * 3, (8 * 16 + 8) * 3 + 3)];
}

function isNear(found: readonly number[], wanted: readonly number[], tolerance = 12): void {
  assert(found.every((value, i) => Math.abs(value - wanted[i]!) <= tolerance), `${found} instead of ${wanted}`);
}

const orange = [230, 120, 20] as const;
const cases: Record<string, () => Promise<Uint8Array>> = {
  "gif.gif": () => bytes(colour(...orange).gif()),
  "tiff.tiff": () => bytes(colour(...orange).tiff()),
  "tif.TIF": () => bytes(colour(...orange).tiff({ compression: "lzw" })),
  "avif.avif": () => bytes(colour(...orange).avif({ quality: 90 })),
  "jfif.jfif": () => bytes(colour(...orange).jpeg()),
  "webp.webp": () => bytes(colour(...orange).webp()),
  "cmyk.jpg": () => bytes(colour(...orange).toColourspace("cmyk").jpeg()),
  "palette.png": () => bytes(colour(...orange).png({ palette: true })),
  "interlaced.png": () => bytes(colour(...orange).png({ progressive: true })),
  "sixteen.png": () => bytes(colour(...orange).toColourspace("rgb16").png()),
  "named wrongly.jpg": () => bytes(colour(...orange).png()),
};
for (const [name, make] of Object.entries(cases)) {
  Deno.test(`loadDataset() reads ${name}`, () =>
    inFolder(async (folder) => isNear(await middleOf(folder, name, await make()), orange, 20)));
}

Deno.test("loadDataset() reads grey with alpha, 1 bit and the first frame of animations", () =>
  inFolder(async (folder) => {
    const grey = colour(90, 90, 90).toColourspace("b-w").ensureAlpha(1);
    isNear(await middleOf(folder, "greyalpha.png", await bytes(grey.png())), [90, 90, 90]);
    const bilevel = colour(255, 255, 255).toColourspace("b-w").png({ palette: true, colours: 2 });
    isNear(await middleOf(folder, "greyalpha.png", await bytes(bilevel)), [255, 255, 255]);
    const frames = new Uint8Array(2 * 16 * 16 * 3).fill(40, 0, 768).fill(240, 768);
    for (const format of ["webp", "gif"] as const) {
      const film = sharp(frames, { raw: { width: 16, height: 32, channels: 3, pageHeight: 16 } });
      const animated = format === "webp"
        ? film.webp({ lossless: true, delay: [99, 99] })
        : film.gif({ delay: [99, 99] });
      isNear(await middleOf(folder, "greyalpha.png", await bytes(animated)), [40, 40, 40]);
    }
  }));

Deno.test("loadDataset() decodes HEIC", () =>
  inFolder(async (folder) => {
    await writeFiles(
      join(folder, "set"),
      Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i}.HEIC`, heic()])),
    );
    await writeFiles(join(folder, "set"), { "cut.heic": heic().subarray(0, 400) });
    const { train, skipped, warnings } = await load(folder, { imageSize: 16 });
    const [picture, row] = [train.readBatch([0]), 16 * 3];
    isNear([...picture.subarray(2 * row + 9, 2 * row + 12)], [220, 30, 30], 25);
    isNear([...picture.subarray(13 * row + 9, 13 * row + 12)], [240, 240, 240], 25);
    isNear([...picture.subarray(8 * row + 39, 8 * row + 42)], [30, 60, 210], 25);
    assertEquals(skipped.map(({ file }) => file), ["cut.heic"]);
    assertEquals(warnings, ["All 10 pictures are the same: there is nothing to learn from them"]);
  }));

Deno.test("loadDataset() takes a folder straight from a phone with no option", () =>
  inFolder(async (folder) => {
    const portrait = await sharp(
      Uint8Array.from({ length: 120 * 90 * 3 }, (_, i) => (Math.floor(i / 3) % 120) < 60 ? 250 : 10),
      { raw: { width: 120, height: 90, channels: 3 } },
    ).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    await writeFiles(join(folder, "set"), {
      ...Object.fromEntries(
        Array.from({ length: 8 }, (_, i) => [`DCIM/100APPLE/IMG_${i}.JPG`, new Uint8Array(portrait)]),
      ),
      ...Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`DCIM/100APPLE/IMG_9${i}.HEIC`, heic()])),
      "DCIM/100APPLE/screenshot.png": plainPng([20, 90, 200], 90, 195),
      "DCIM/100APPLE/IMG_0001.MOV": "video",
      "DCIM/100APPLE/IMG_0002.MP4": "video",
      "DCIM/100APPLE/IMG_0001.AAE": "edits",
      "DCIM/100APPLE/raw.DNG": "raw",
      "DCIM/100APPLE/IMG_0007.jpg": "<!DOCTYPE html><html>not found</html>",
      "DCIM/100APPLE/.DS_Store": "hidden",
    });
    const { train, validation, notes, skipped, fit } = await load(folder);
    assertEquals([train.count + validation.count, train.width, train.height, train.channels], [13, 64, 64, 3]);
    assertEquals(fit, "cover");
    assertEquals(
      notes[0],
      "Left out 2 videos (.mov 1, .mp4 1); 1 camera raw file (.dng): export them as JPEG; 1 other file (.aae)",
    );
    assertEquals(skipped, [{
      file: "DCIM/100APPLE/IMG_0007.jpg",
      reason: "Cannot read a web page: convert it to PNG or JPEG, or take it out",
    }]);
    // the camera was turned: what was left is above
    const upright = train.readBatch([...Array(train.count).keys()]);
    assert([...Array(train.count).keys()].some((i) => {
      const picture = upright.subarray(i * 64 * 64 * 3, (i + 1) * 64 * 64 * 3);
      return picture[5 * 64 * 3]! > 200 && picture[58 * 64 * 3]! < 60;
    }));
  }));

Deno.test("loadDataset() names what it can't read in a folder, with what to do", () =>
  inFolder(async (folder) => {
    await writeFiles(join(folder, "set"), {
      ...manyPngs(12),
      ...Object.fromEntries(
        ["a.bmp", "b.bmp", "c.svg", "d.psd", "e.pkl", "f.h5", "g", "h.xmp"].map((name) => [name, "x"]),
      ),
    });
    const { notes } = await load(folder);
    assertEquals(
      notes[0],
      "Left out 2 BMP pictures (.bmp): convert them to PNG; " +
        "1 HDF5 file (.h5): convert them with numpy.savez, see docs/data.md; " +
        "1 pickle (.pkl): convert them with numpy.savez, see docs/data.md; " +
        "1 picture of another type (.psd): convert them to PNG; 1 SVG drawing (.svg): convert them to PNG; " +
        "2 other files (no ending 1, .xmp 1)",
    );
  }));

Deno.test("loadDataset() stretches 16-bit pictures that use 12 bits, by the brightest of the whole set", () =>
  inFolder(async (folder) => {
    const deep = async (value: number) => {
      const data = new Uint16Array(16 * 16).fill(value);
      const raw = sharp(data, { raw: { width: 16, height: 16, channels: 1 } });
      return await bytes(raw.toColourspace("grey16").png());
    };
    const files = await Promise.all(Array.from({ length: 11 }, (_, i) => deep(i === 7 ? 4000 : 2048)));
    await writeFiles(join(folder, "set"), Object.fromEntries(files.map((file, i) => [`${i}.png`, file])));
    const { train, validation, notes } = await load(folder);
    const all = [train, validation].flatMap((set) => [...Array(set.count).keys()].map((i) => set.readBatch([i])[0]!));
    assertEquals(new Set(all), new Set([Math.round(2048 * 255 / 4095), Math.round(4000 * 255 / 4095)]));
    assertEquals(notes, ["The 16-bit pictures use 12 of their 16 bits: 0 to 4095 became black to white"]);
  }));

Deno.test("loadDataset() lets neither one grey picture nor one in colour decide for a whole set", () =>
  inFolder(async (folder) => {
    const set = (other: (i: number) => readonly number[], odd: readonly number[]) =>
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.png`, plainPng(i === 17 ? odd : other(i))]));
    await writeFiles(join(folder, "set"), set((i) => [i * 5, 200, 30], [90]));
    const coloured = await load(folder);
    assertEquals(coloured.train.channels, 3);
    assertEquals(coloured.notes, [
      "39 of 40 pictures are in colour, the others grey: all are taken as colour, --channels 1 makes all grey",
    ]);
    await writeFiles(join(folder, "set"), set((i) => [i * 5], [255, 0, 0]));
    const grey = await load(folder);
    assertEquals(grey.train.channels, 1);
    assertEquals(grey.notes, [
      "1 of 40 pictures are in colour, the others grey: all are taken as grey, --channels 3 keeps colours",
    ]);
  }));

Deno.test("loadDataset() warns of empty pictures and says that small ones are enlarged", () =>
  inFolder(async (folder) => {
    await writeFiles(
      join(folder, "set"),
      Object.fromEntries(Array.from({ length: 12 }, (_, i) => [
        `${i}.png`,
        i < 4 ? plainPng([i, i, i, 0], 16) : encodePng({
          width: i === 11 ? 1 : 16,
          height: i === 11 ? 1 : 16,
          channels: 1,
          data: Uint8Array.from({ length: i === 11 ? 1 : 256 }, (_, at) => (at * i) & 255),
        }),
      ])),
    );
    const { warnings, notes } = await load(folder);
    assertEquals(warnings, [
      "5 of 12 pictures are of one colour throughout, empty or fully transparent: look at them before training",
    ]);
    assertEquals(notes, ["1 of 12 pictures are smaller than half of 16×16: they are enlarged"]);
  }));

Deno.test("loadDataset() takes size and fit from the pictures", () =>
  inFolder(async (folder) => {
    const set = (width: number, height: number) =>
      Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i}.png`, plainPng([i * 20], width, height)]));
    for (
      const [width, height, size, fit] of [[40, 30, 30, "cover"], [300, 200, 64, "cover"], [90, 20, 20, "contain"], [
        4,
        4,
        8,
        "cover",
      ]] as const
    ) {
      await writeFiles(join(folder, "set"), set(width, height));
      const dataset = await load(folder);
      assertEquals([dataset.train.width, dataset.train.height, dataset.fit], [size, size, fit], `${width}×${height}`);
    }
  }));
