import { assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { LatentboardError } from "../../lib/errors.ts";
import { loadDataset } from "../../lib/dataset/mod.ts";
import { manyPngs, writeFiles } from "./_pictures.ts";
import { inFolder } from "../fixtures/folder.ts";

const names = Object.keys(manyPngs(12));
const lines = (label: (i: number) => string) => names.map((name, i) => `${name}${label(i)}`).join("\n");

async function loadWith(folder: string, files: Record<string, string>, labels?: string) {
  await writeFiles(join(folder, "set"), { ...manyPngs(12), ...files });
  const dataset = await loadDataset(join(folder, "set"), { data: "data", home: join(folder, "home"), labels });
  const counts = dataset.labelNames.map((_, label) =>
    [...dataset.train.labels!, ...dataset.validation.labels!].filter((found) => found === label).length
  );
  return { ...dataset, counts };
}

for (
  const [what, files] of [
    ["metadata.csv", { "metadata.csv": `file_name,label\n${lines((i) => `,${i < 6 ? "cat" : "dog"}`)}\n` }],
    ["metadata.jsonl", {
      "metadata.jsonl": names.map((name, i) => JSON.stringify({ file_name: name, class: i < 6 ? "cat" : "dog" })).join(
        "\n",
      ),
    }],
    ["a CSV without a header", { "list.csv": lines((i) => `,${i < 6 ? "cat" : "dog"}`) }],
    ["a CSV of ids with tabs", {
      "labels.tsv": `id\tbreed\n${lines((i) => `\t${i < 6 ? "cat" : "dog"}`).replaceAll(".png", "")}`,
    }],
    ["labels.json", {
      "labels.json": JSON.stringify(Object.fromEntries(names.map((name, i) => [name, i < 6 ? "cat" : "dog"]))),
    }],
  ] as const
) {
  Deno.test(`loadDataset() takes labels from ${what}`, () =>
    inFolder(async (folder) => {
      const { labelNames, counts, notes } = await loadWith(folder, files);
      assertEquals([labelNames, counts], [["cat", "dog"], [6, 6]]);
      assertEquals(notes.length, 1);
    }));
}

Deno.test("loadDataset() takes StyleGAN's dataset.json, and sorts numbers as numbers", () =>
  inFolder(async (folder) => {
    const { labelNames } = await loadWith(folder, {
      "dataset.json": JSON.stringify({ labels: names.map((name, i) => [name, i]) }),
    });
    assertEquals(labelNames, Array.from({ length: 12 }, (_, i) => String(i)));
  }));

Deno.test("loadDataset() asks to choose among CelebA's attributes, and takes the one asked for", () =>
  inFolder(async (folder) => {
    const list = `12\nSmiling Male\n${lines((i) => ` ${i < 4 ? " 1" : "-1"}  1`)}\n`;
    const { labelNames, notes } = await loadWith(folder, { "list_attr_celeba.txt": list });
    assertEquals(labelNames, []);
    assertEquals(notes, [
      "list_attr_celeba.txt has several columns: choose one with --labels list_attr_celeba.txt:<column> (Smiling, Male)",
    ]);
    const smiling = await loadWith(folder, {}, "list_attr_celeba.txt:Smiling");
    assertEquals([smiling.labelNames, smiling.counts], [["not Smiling", "Smiling"], [8, 4]]);
    const error = await assertRejects(() => loadWith(folder, {}, "list_attr_celeba.txt:Hat"), LatentboardError);
    assertEquals(
      error.message,
      'Cannot take labels from "list_attr_celeba.txt:Hat": list_attr_celeba.txt has no such column, ' +
        "choose from Smiling, Male",
    );
    const missing = await assertRejects(() => loadWith(folder, {}, "other.csv:Hat"), LatentboardError);
    assertEquals(
      missing.message,
      "Cannot find the labels' file other.csv: beside the pictures there are list_attr_celeba.txt",
    );
  }));

Deno.test("loadDataset() leaves out and names pictures that a table says nothing of", () =>
  inFolder(async (folder) => {
    const table = `file_name,label\n${lines((i) => `,${i < 6 ? "cat" : "dog"}`).split("\n").slice(1).join("\n")}`;
    const { counts, notes } = await loadWith(folder, { "metadata.csv": table });
    assertEquals(counts, [5, 6]);
    assertEquals(notes[1], "Left out 0000.png, which have no label");
  }));

Deno.test("loadDataset() takes a table of each split", () =>
  inFolder(async (folder) => {
    const table = `file_name,label\n${lines((i) => `,${i % 2 === 0 ? "even" : "odd"}`)}`;
    await writeFiles(join(folder, "set"), {
      ...manyPngs(12, "train/"),
      ...manyPngs(12, "test/"),
      "train/metadata.csv": table,
      "test/metadata.csv": table,
    });
    const { train, test, labelNames } = await loadDataset(join(folder, "set"), {
      data: "data",
      home: join(folder, "home"),
    });
    assertEquals([labelNames, train.count, [...test!.labels!].slice(0, 3)], [["even", "odd"], 11, [0, 1, 0]]);
  }));

Deno.test("loadDataset() ignores CSV and JSON that name none of the pictures", () =>
  inFolder(async (folder) => {
    const { labelNames, notes } = await loadWith(folder, { "notes.csv": "a,b\n1,2\n", "settings.json": "{broken" });
    assertEquals([labelNames, notes], [[], []]);
  }));
