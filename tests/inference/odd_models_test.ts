/** A folder of models holds whatever people put there: each model is judged alone. */
import { assert, assertEquals, assertLess, assertRejects, assertStringIncludes } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { LatentboardError } from "../../lib/errors.ts";
import { ModelPool } from "../../lib/inference/mod.ts";
import { configureLog } from "../../lib/log.ts";
import { writeModel } from "../../lib/model/mod.ts";
import type { FaultyModel } from "../../lib/protocol.ts";
import { inFolder } from "../fixtures/folder.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

configureLog({ level: "error" }); // each is warned about

type Spoil = (folder: string) => Promise<unknown> | void;

const edit = (change: (document: Record<string, unknown>) => void): Spoil => async (folder) => {
  const path = join(folder, "model.json");
  const document = JSON.parse(await Deno.readTextFile(path));
  change(document);
  await Deno.writeTextFile(path, JSON.stringify(document));
};

const replace = (file: string, put: (path: string) => Promise<unknown>): Spoil => async (folder) => {
  await Deno.remove(join(folder, file));
  await put(join(folder, file));
};

const fifo = async (path: string) => {
  assert((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
};

const ODD: readonly [what: string, spoil: Spoil, reason: string][] = [
  ["a copied folder with another name", () => {}, 'holds the model "original"'],
  ["a model.json that links to itself", replace("model.json", (path) => Deno.symlink(path, path)), "link to itself"],
  ["a model.json that is a pipe", replace("model.json", fifo), "pipe or device"],
  ["a model.json that is a folder", replace("model.json", (path) => Deno.mkdir(path)), "folder"],
  ["a model.json without end", replace("model.json", (path) => Deno.symlink("/dev/zero", path)), "pipe or device"],
  [
    "a model.json of 32 MiB",
    replace("model.json", async (path) => {
      await Deno.writeTextFile(path, "");
      await Deno.truncate(path, 32 * 2 ** 20);
    }),
    "bytes",
  ],
  [
    "a model.json that is nested deeply",
    replace("model.json", (path) => Deno.writeTextFile(path, '{"a":'.repeat(200_000))),
    "nested deeper",
  ],
  ["a decoder that is a pipe", replace("decoder.onnx", fifo), "decoder.onnx"],
  ["a decoder that is missing", (folder) => Deno.remove(join(folder, "decoder.onnx")), "decoder.onnx"],
  [
    "a billion latents",
    edit((document) => {
      document.latents = [{ ...(document.latents as object[])[0], shape: [1e9], statistics: undefined }];
    }),
    "latents.0.shape",
  ],
  [
    "pictures of a billion pixels a side",
    edit((document) => document.image = { width: 1e9, height: 1e9, channels: 3 }),
    "image.height",
  ],
  [
    "statistics of other latents",
    edit((document) => {
      document.latents = [{ ...(document.latents as object[])[0], shape: [3] }];
    }),
    "latents.0.statistics",
  ],
];

async function spoiled(models: string, spoil: Spoil, name = "odd"): Promise<void> {
  const folder = join(models, name);
  await writeTinyModel(models, { name: "original", size: 8 });
  await Deno.rename(join(models, "original"), folder);
  await edit((document) => document.name = name)(folder);
  await spoil(folder);
}

Deno.test({
  name: "ModelPool.survey() shows sound models and names what is wrong with each odd one",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (models) => {
      await writeTinyModel(models, { name: "sound", size: 8 });
      for (const [i, [, spoil]] of ODD.entries()) await spoiled(models, spoil, `odd-${i}`);
      await edit((document) => document.name = "original")(join(models, "odd-0"));
      await spoiled(models, (folder) => Deno.rename(folder, join(models, "Odd One")));
      await Deno.mkdir(join(models, "no-model"));
      await Deno.symlink(join(models, "loop"), join(models, "loop"));

      const pool = new ModelPool({ models, providers: ["cpu"], checkEveryMs: 0 });
      try {
        const started = performance.now();
        const { models: usable, faulty } = await pool.survey();
        assertLess(performance.now() - started, 5000);
        assertEquals(usable.map(({ name }) => name), ["sound"]);
        const reasons = new Map(faulty.map(({ name, reason }: FaultyModel) => [name, reason]));
        assertStringIncludes(reasons.get("Odd One") ?? "", "lower-case");
        for (const [i, [what, , reason]] of ODD.entries()) {
          assertStringIncludes(reasons.get(`odd-${i}`) ?? `${what} is not listed`, reason);
        }
        assertEquals(reasons.has("no-model"), false);
        await (await pool.get("sound")).decode([0, 0], 1);
      } finally {
        await pool.dispose();
      }
    }),
});

Deno.test("ModelPool forgets a rejection once its cause is gone, with model.json the same", () =>
  inFolder(async (models) => {
    await writeTinyModel(models, { name: "a", size: 8 });
    const pool = new ModelPool({ models, providers: ["cpu"], checkEveryMs: 0 });
    const stat = Deno.stat;
    const readFile = Deno.readFile;
    try {
      // What a right that is missing for a while looks like, for a user who has every right too.
      Deno.readFile = () => Promise.reject(new Deno.errors.PermissionDenied("denied"));
      const { faulty } = await pool.survey();
      assertStringIncludes(faulty[0]!.reason, "no right to read it");
      Deno.readFile = readFile;
      assertEquals((await pool.survey()).models.map(({ name }) => name), ["a"]);

      Deno.stat = () => Promise.reject(new Deno.errors.PermissionDenied("denied"));
      assertEquals((await pool.survey()).faulty.map(({ name }) => name), ["a"]);
      Deno.stat = stat;
      assertEquals((await pool.survey()).faulty, []);
    } finally {
      Deno.stat = stat;
      Deno.readFile = readFile;
      await pool.dispose();
    }
  }));

Deno.test("ModelPool opens no graph that holds what Latentboard's models don't, whoever put it there", () =>
  inFolder(async (models) => {
    const { files: _, ...document } = await writeTinyModel(models, { name: "a", size: 8 });
    const [decoder, encoder] = await Promise.all(
      ["decoder.onnx", "encoder.onnx"].map((file) => Deno.readFile(join(models, "a", file))),
    );
    // Protocol buffers add up: a graph after the graph is part of it.
    const node = [1 * 8 + 2, 6, 4 * 8 + 2, 4, ...new TextEncoder().encode("Tile")];
    const graph = [7 * 8 + 2, node.length, ...node];
    const altered = Uint8Array.from([...decoder!, ...graph]);
    await writeModel(models, document, { "decoder.onnx": altered, "encoder.onnx": encoder! }, { force: true });
    const pool = new ModelPool({ models, providers: ["cpu"], checkEveryMs: 0 });
    const error = await assertRejects(() => pool.get("a"), LatentboardError, "the operator Tile");
    assertEquals(error.kind, "damaged");
    await pool.dispose();
  }));
