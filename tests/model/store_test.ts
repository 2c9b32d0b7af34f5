import { assert, assertEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { LatentboardError } from "../../lib/errors.ts";
import {
  checkModelName,
  listModels,
  type ModelDocument,
  parseModelDocument,
  readModelDocument,
  readModelFile,
  writeModel,
} from "../../lib/model/mod.ts";
import { checkWritable, writeFileAtomic } from "../../lib/system/files.ts";
import { inFolder } from "../fixtures/folder.ts";

function documentOf(name: string): Omit<ModelDocument, "files"> {
  return {
    formatVersion: 1,
    name,
    title: "Test",
    createdAt: "2026-01-01T00:00:00.000Z",
    config: { epochs: 1 },
    image: { height: 2, width: 2, channels: 1 },
    opset: 17,
    dataset: { name: "test", trainCount: 1, testCount: 1 },
    metrics: { negativeElbo: 1 },
    labels: [],
    certificate: {
      engine: "test",
      samples: 1,
      imageMaxAbsolute: 0,
      logitsMaxRelative: 0,
      muMaxRelative: 0,
      limits: { image: 1e-5, relative: 1e-4 },
    },
    latents: [{ name: "z", kind: "gaussian", shape: [2], prior: { kind: "standard-normal", parameters: {} } }],
    likelihood: { kind: "bernoulli", parameters: {} },
    prior: { kind: "standard-normal", parameters: {} },
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("writeModel() publishes files that readModelFile() gives back", () =>
  inFolder(async (folder) => {
    await writeModel(folder, documentOf("a"), { "decoder.onnx": bytes("decoder") });
    assertEquals(await listModels(folder), ["a"]);
    const document = await readModelDocument(folder, "a");
    assertEquals(await readModelFile(folder, document, "decoder.onnx"), bytes("decoder"));
    assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name), ["a"]);
  }));

Deno.test("writeModel() refuses a taken name, and replaces it when forced", () =>
  inFolder(async (folder) => {
    await writeModel(folder, documentOf("a"), { "decoder.onnx": bytes("one") });
    const error = await assertRejects(() => writeModel(folder, documentOf("a"), {}), LatentboardError);
    assertEquals((error as LatentboardError).kind, "conflict");
    await writeModel(folder, documentOf("a"), { "decoder.onnx": bytes("two") }, { force: true });
    const document = await readModelDocument(folder, "a");
    assertEquals(await readModelFile(folder, document, "decoder.onnx"), bytes("two"));
    assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name), ["a"]);
  }));

Deno.test("writeModel() leaves nothing behind when the document is not valid", () =>
  inFolder(async (folder) => {
    await assertRejects(() => writeModel(folder, { ...documentOf("a"), latents: [] }, {}), TypeError, "latents");
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

Deno.test("readModelFile() refuses bytes that were altered, and a file that is gone", () =>
  inFolder(async (folder) => {
    await writeModel(folder, documentOf("a"), { "decoder.onnx": bytes("decoder") });
    const document = await readModelDocument(folder, "a");
    const path = join(folder, "a", "decoder.onnx");
    await Deno.writeFile(path, bytes("decodeR"));
    const altered = await assertRejects(() => readModelFile(folder, document, "decoder.onnx"), LatentboardError);
    assertEquals((altered as LatentboardError).kind, "damaged");
    await Deno.remove(path);
    await assertRejects(() => readModelFile(folder, document, "decoder.onnx"), LatentboardError, "it is missing");
    await assertRejects(() => readModelFile(folder, document, "../secret"), LatentboardError, "has no");
  }));

Deno.test("readModelDocument() tells a missing model from a damaged one", () =>
  inFolder(async (folder) => {
    const missing = await assertRejects(() => readModelDocument(folder, "none"), LatentboardError);
    assertEquals((missing as LatentboardError).kind, "not-found");
    await Deno.mkdir(join(folder, "broken"));
    await Deno.writeTextFile(join(folder, "broken", "model.json"), '{"formatVersion": 1');
    const damaged = await assertRejects(() => readModelDocument(folder, "broken"), LatentboardError);
    assertEquals((damaged as LatentboardError).kind, "damaged");
  }));

Deno.test("readModelDocument() waits for a model that is being replaced", () =>
  inFolder(async (folder) => {
    await writeModel(folder, documentOf("a"), { "decoder.onnx": bytes("decoder") });
    await Deno.rename(join(folder, "a"), join(folder, ".a-1234-old")); // as between the two renames of writeModel()
    const reading = readModelDocument(folder, "a");
    await new Promise((resolve) => setTimeout(resolve, 50));
    await Deno.rename(join(folder, ".a-1234-old"), join(folder, "a"));
    assertEquals((await reading).name, "a");
  }));

Deno.test("a model that was moved aside by a process that died then is found again, by name and in the list", () =>
  inFolder(async (folder) => {
    for (const find of [() => listModels(folder), async () => [(await readModelDocument(folder, "a-b")).name]]) {
      await writeModel(folder, documentOf("a-b"), { "decoder.onnx": bytes("decoder") }, { force: true });
      await Deno.rename(join(folder, "a-b"), join(folder, ".a-b-1234abcd-old"));
      await Deno.mkdir(join(folder, ".a-b-1234abcd")); // the new one, not whole yet
      assertEquals(await find(), ["a-b"]);
      await Deno.remove(join(folder, ".a-b-1234abcd"), { recursive: true });
    }
    assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name), ["a-b"]);
  }));

Deno.test("checkWritable() makes the folder and leaves nothing in it, or says that it can't", () =>
  inFolder(async (folder) => {
    const models = join(folder, "new", "models");
    await checkWritable(models);
    assertEquals([...Deno.readDirSync(models)], []);
    await Deno.writeTextFile(join(folder, "file"), "");
    const error = await assertRejects(() => checkWritable(join(folder, "file", "models")), LatentboardError);
    assertEquals((error as LatentboardError).kind, "unavailable");
  }));

Deno.test("listModels() is empty where there is no folder", async () => {
  assertEquals(await listModels(join(await Deno.makeTempDir(), "none")), []);
});

Deno.test("checkModelName() refuses names that could be paths or markup", () => {
  for (const name of ["", ".", "..", "a/b", "../a", "A", "<b>", "a b", "-a", "a".repeat(65), "a\0", "é"]) {
    assertThrows(() => checkModelName(name), LatentboardError, undefined, name);
  }
  for (const name of ["a", "fashion-mnist-2d", "0.1_x"]) assertEquals(checkModelName(name), name);
});

Deno.test("parseModelDocument() names the path of the first fault", () => {
  const whole = { ...documentOf("a"), files: {} };
  assertEquals(parseModelDocument(whole).name, "a");
  assertThrows(
    () => parseModelDocument({ ...whole, image: { height: 0, width: 2, channels: 1 } }),
    TypeError,
    "image.height",
  );
  assertThrows(() => parseModelDocument({ ...whole, formatVersion: 2 }), TypeError, "formatVersion");
  assertThrows(() => parseModelDocument(null), TypeError, "document");
});

Deno.test("writeFileAtomic() replaces a file and leaves no temporary one", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a.json");
    await writeFileAtomic(path, "one");
    await writeFileAtomic(path, bytes("two"));
    assertEquals(await Deno.readTextFile(path), "two");
    assert([...Deno.readDirSync(folder)].length === 1);
  }));

Deno.test("parseModelDocument() bounds every shape, so that no document makes its reader allocate without end", () => {
  const whole = { ...documentOf("a"), files: {} };
  const latent = whole.latents[0]!;
  const faults: [Partial<ModelDocument>, string][] = [
    [{ image: { height: 2, width: 1e9, channels: 1 } }, "image.width"],
    [{ latents: [{ ...latent, shape: [1e9] }] }, "latents.0.shape"],
    [{ latents: [{ ...latent, shape: [4096, 4096] }] }, "latents.0.shape"],
    [{ latents: Array.from({ length: 5 }, () => ({ ...latent, shape: [1000] })) }, "latents.4.shape"],
    [{ labels: [{ name: "cat", mean: [1, 2, 3] }] }, "labels.0.mean"],
    [{ title: "x".repeat(1000) }, "title"],
  ];
  for (const [part, path] of faults) {
    assertThrows(() => parseModelDocument({ ...whole, ...part }), TypeError, path);
  }
});
