import { assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetWriteBuffer } from "hyparquet-writer";
import { packTar } from "modern-tar";
import { LatentboardError } from "../../lib/errors.ts";
import { loadDataset, type LoadOptions } from "../../lib/dataset/mod.ts";
import { manyPngs, plainPng, writeFiles } from "./_pictures.ts";
import { inFolder } from "../fixtures/folder.ts";

const load = (folder: string, name: string, options: Partial<LoadOptions> = {}) =>
  loadDataset(join(folder, name), { data: "data", home: join(folder, "home"), ...options });
const tar = (files: Record<string, Uint8Array | string>) =>
  packTar(
    Object.entries(files).map(([name, body]) => ({
      header: { name, size: body.length, type: "file" as const },
      body,
    })),
  );

Deno.test("loadDataset() reads tar and tar.gz, unpacks nothing beside them, and reads them once", () =>
  inFolder(async (folder) => {
    const files = {
      ...manyPngs(6, "root/cats/"),
      ...manyPngs(6, "root/dogs/"),
      [`root/dogs/${"long".repeat(40)}.png`]: plainPng([1, 2, 200]),
      "../../escaped.png": plainPng([1, 1, 200]),
      "root/film.mp4": "video",
    };
    const archive = await tar(files);
    await writeFiles(folder, {
      "set.tar": archive,
      "set.tar.gz": new Uint8Array(gzipSync(archive)),
      "cut.tar.gz": gzipSync(archive).subarray(0, -200),
    });
    for (const name of ["set.tar", "set.tar.gz"]) {
      const { train, validation, labelNames, notes } = await load(folder, name);
      assertEquals([train.count + validation.count, labelNames], [13, ["cats", "dogs"]], name);
      assertEquals(notes, ["Left out 1 video (.mp4)"]);
      let read = 0;
      await load(folder, name, { onProgress: ({ what }) => void (what.startsWith("reading") && read++) });
      assertEquals(read, 0);
    }
    await assertRejects(
      () => load(folder, "cut.tar.gz"),
      LatentboardError,
      "as a tar archive: it is none, cut short or damaged",
    );
    assertEquals([...Deno.readDirSync(join(folder, "home", "cache", "spool"))], []);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "cut.tar.gz",
      "home",
      "set.tar",
      "set.tar.gz",
    ]);
  }));

Deno.test("loadDataset() reads WebDataset's shards with their sidecars", () =>
  inFolder(async (folder) => {
    const shard = (from: number, sidecar: (i: number) => Record<string, string>) =>
      tar(Object.assign(
        {},
        ...Array.from({ length: 6 }, (_, i) => {
          const key = String(from + i).padStart(6, "0");
          return {
            [`${key}.png`]: plainPng([i, from, 200]),
            ...Object.fromEntries(Object.entries(sidecar(i)).map(([ending, text]) => [`${key}.${ending}`, text])),
          };
        }),
      ));
    await writeFiles(folder, {
      "shards/train-000000.tar": await shard(0, (i) => ({ cls: String(i % 2) })),
      "shards/train-000001.tar": await shard(
        6,
        (i) => ({ json: JSON.stringify({ label: i % 2, caption: "a picture" }) }),
      ),
    });
    const { train, validation, labelNames } = await load(folder, "shards");
    assertEquals([train.count + validation.count, labelNames], [12, ["0", "1"]]);
  }));

Deno.test("loadDataset() reads Hugging Face's Parquet, with splits and the names of its classes", () =>
  inFolder(async (folder) => {
    const features = { info: { features: { label: { names: ["cat", "dog"], _type: "ClassLabel" } } } };
    const file = (count: number) =>
      new Uint8Array(parquetWriteBuffer({
        columnData: [
          { name: "image", data: Array.from({ length: count }, (_, i) => plainPng([i, 5, 200])), type: "BYTE_ARRAY" },
          { name: "label", data: Array.from({ length: count }, (_, i) => i % 2), type: "INT32" },
          { name: "kind", data: Array.from({ length: count }, (_, i) => `kind ${i % 3}`), type: "STRING" },
        ],
        kvMetadata: [{ key: "huggingface", value: JSON.stringify(features) }],
      }));
    await writeFiles(folder, {
      "hub/data/train-00000-of-00002.parquet": file(8),
      "hub/data/train-00001-of-00002.parquet": file(8),
      "hub/data/test-00000-of-00001.parquet": file(4),
      "none.parquet": new Uint8Array(
        parquetWriteBuffer({ columnData: [{ name: "text", data: ["a"], type: "STRING" }] }),
      ),
      "cut.parquet": file(8).subarray(0, 300),
    });
    const { train, validation, test, labelNames } = await load(folder, "hub");
    assertEquals([train.count + validation.count, test!.count, labelNames], [16, 4, ["cat", "dog"]]);
    assertEquals([...test!.labels!], [0, 1, 0, 1]);
    assertEquals((await load(folder, "hub", { labels: "kind" })).labelNames, ["kind 0", "kind 1", "kind 2"]);
    await assertRejects(
      () => load(folder, "hub", { labels: "hue" }),
      LatentboardError,
      "choose from image, label, kind",
    );
    await assertRejects(() => load(folder, "none.parquet"), LatentboardError, "its columns are text");
    await assertRejects(
      () => load(folder, "cut.parquet"),
      LatentboardError,
      "as Parquet: it is none, cut short or damaged",
    );
  }));
