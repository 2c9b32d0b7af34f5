/** Models that are renamed, deleted, restored, downloaded and imported. */
import { assert, assertEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import { unzipSync, zipSync } from "fflate";
import { join } from "node:path";
import { purgeRemovedModels } from "../../lib/model/mod.ts";
import { MAX_MODEL_ZIP_BYTES } from "../../lib/protocol.ts";
import { sha256Hex } from "../../lib/system/files.ts";
import { openApp, type TestApp } from "../http/app.ts";
import { writeMapped } from "./_mapped.ts";
import { readProblem, readResponse } from "./_responses.ts";

const ORIGIN = "http://127.0.0.1:8000";

const upload = (app: TestApp, zip: Uint8Array, headers: Record<string, string> = {}) =>
  app.handler(
    new Request(`${ORIGIN}/api/models`, {
      method: "POST",
      headers: { "content-type": "application/zip", ...headers },
      body: zip as Uint8Array<ArrayBuffer>,
    }),
  );
const call = (app: TestApp, method: string, path: string, headers: Record<string, string> = {}) =>
  app.handler(new Request(ORIGIN + path, { method, headers }));
const names = async (app: TestApp) =>
  (await readResponse(await app.get("/api/models"), "Models")).map(({ name }) => name);

/** The files of a model's archive by name, to be changed and packed again. */
async function unpack(app: TestApp, model: string): Promise<Record<string, Uint8Array>> {
  const response = await app.get(`/api/models/${model}/model.zip`);
  assertEquals(response.headers.get("content-disposition"), `attachment; filename="${model}.zip"`);
  return unzipSync(await response.bytes());
}

interface EditableDocument {
  readonly files: object;
  readonly image: object;
  readonly latents: [object];
}

/** model.json with something changed. */
function edit(files: Record<string, Uint8Array>, change: (document: EditableDocument) => void): void {
  const path = Object.keys(files).find((name) => name.endsWith("model.json"))!;
  const document = JSON.parse(new TextDecoder().decode(files[path]));
  change(document);
  files[path] = new TextEncoder().encode(JSON.stringify(document));
}

Deno.test("PATCH /api/models/<name> changes the title; the rest stays, and the graphs decode as before", async () => {
  await using app = await openApp();
  const before = await (await app.send("/api/decode", { model: "tiny", z: [1, -1] })).json();
  const changed = await app.send("/api/models/tiny", { title: "  Boots & bags " }, { method: "PATCH" });
  assertEquals((await readResponse(changed, "ModelSummary")).title, "Boots & bags");
  const model = await readResponse(await app.get("/api/models/tiny"), "Model");
  assertEquals([model.name, model.title], ["tiny", "Boots & bags"]);
  assertEquals(await (await app.send("/api/decode", { model: "tiny", z: [1, -1] })).json(), before);
});

Deno.test("PATCH /api/models/<name> gives another name, which saved pictures follow", async () => {
  await using app = await openApp();
  await app.send("/api/save", { model: "tiny", z: [1, -1] });
  await readResponse(await app.send("/api/models/tiny", { name: "renamed" }, { method: "PATCH" }), "ModelSummary");
  assertEquals(await names(app), ["renamed", "tiny-colour"]);
  const { pictures } = await readResponse(await app.get("/api/gallery"), "GalleryPage");
  assertEquals(pictures.map(({ model }) => model), ["renamed"]);
  await readProblem(await app.get("/api/models/tiny"), 404);
  assertEquals((await app.send("/api/decode", { model: "renamed", z: [1, -1] })).status, 200);
});

Deno.test("PATCH /api/models/<name> refuses names that are taken or none, and titles of several lines", async () => {
  await using app = await openApp();
  const patch = (body: unknown, name = "tiny") => app.send(`/api/models/${name}`, body, { method: "PATCH" });
  await readProblem(await patch({ name: "tiny-colour" }), 409, "name");
  await readProblem(await patch({ name: "../up" }), 400, "name");
  await readProblem(await patch({ title: "" }), 400, "title");
  await readProblem(await patch({ title: "a\nb" }), 400, "title");
  await readProblem(await patch({ title: "x".repeat(81) }), 400, "title");
  await readProblem(await patch({ title: "x" }, "nope"), 404, "model");
  assertEquals(await names(app), ["tiny", "tiny-colour"]);
});

Deno.test("DELETE /api/models/<name> takes a model away, also a loaded one, and restore brings it back", async () => {
  await using app = await openApp();
  await app.send("/api/decode", { model: "tiny", z: [0, 0] });
  assertEquals((await call(app, "DELETE", "/api/models/tiny")).status, 204);
  assertEquals(await names(app), ["tiny-colour"]);
  await readProblem(await app.send("/api/decode", { model: "tiny", z: [0, 0] }), 404);
  await readProblem(await call(app, "DELETE", "/api/models/tiny"), 404);
  await readResponse(await call(app, "POST", "/api/models/tiny/restore"), "ModelSummary");
  assertEquals((await app.send("/api/decode", { model: "tiny", z: [0, 0] })).status, 200);
  await readProblem(await call(app, "POST", "/api/models/tiny/restore"), 404);
});

Deno.test("restore refuses a name that is taken again, and nothing is left of a purged model", async () => {
  await using app = await openApp();
  const zip = zipSync(await unpack(app, "tiny"));
  await call(app, "DELETE", "/api/models/tiny");
  await readResponse(await upload(app, zip), "ModelSummary", 201);
  await readProblem(await call(app, "POST", "/api/models/tiny/restore"), 409);
  assertEquals(await purgeRemovedModels(app.models, Date.now() - 60_000), 0);
  assertEquals(await purgeRemovedModels(app.models, Date.now() + 1), 1);
  await call(app, "DELETE", "/api/models/tiny");
  assertEquals(await purgeRemovedModels(app.models, Date.now() + 1), 1);
  await readProblem(await call(app, "POST", "/api/models/tiny/restore"), 404);
});

Deno.test("a model's archive is imported again, under the next free name and with every file", async () => {
  await using app = await openApp();
  await writeMapped(app.models, 2);
  const files = await unpack(app, "mapped");
  const response = await upload(app, zipSync(files));
  assertEquals(response.headers.get("location"), "/api/models/mapped-2");
  assertEquals((await readResponse(response, "ModelSummary", 201)).name, "mapped-2");
  for (const name of ["encoder.onnx", "decoder.onnx", "map.bin"]) {
    assertEquals(await Deno.readFile(join(app.models, "mapped-2", name)), files[`mapped/${name}`]);
  }
  const [first, second] = await Promise.all(
    ["mapped", "mapped-2"].map(async (model) =>
      (await (await app.send("/api/decode", { model, z: [1, 0] })).json()).images
    ),
  );
  assertEquals(first, second);
});

Deno.test("archives of models are refused before anything is written, saying why", async (test) => {
  await using app = await openApp();
  const good = await unpack(app, "tiny");
  const refuse = async (zip: Uint8Array, words: string, status = 422) => {
    const { detail } = await readProblem(await upload(app, zip), status);
    assertStringIncludes(detail, words);
  };
  const edited = (change: (files: Record<string, Uint8Array>) => void) => {
    const files = { ...good };
    change(files);
    return zipSync(files);
  };
  /** A file with other content, its SHA-256 set right. */
  const replace = (name: string, content: Uint8Array) =>
    edited((files) => {
      files[`tiny/${name}`] = content;
      edit(
        files,
        ({ files }) => Object.assign(files, { [name]: { sha256: sha256Hex(content), bytes: content.length } }),
      );
    });

  const cases: Record<string, [zip: Uint8Array, words: string, status?: number]> = {
    "no zip archive": [new TextEncoder().encode("hello"), "no zip archive"],
    "an archive cut short": [zipSync(good).subarray(0, 5000), "no zip archive"],
    "no model.json": [zipSync({ "readme.txt": new Uint8Array(3) }), "holds no model.json"],
    "a model.json that is no JSON": [zipSync({ "model.json": new Uint8Array(3) }), "not JSON"],
    "another schema": [edited((files) => edit(files, (doc) => Object.assign(doc, { image: {} }))), "image.height"],
    "a name that is a path": [
      edited((files) => edit(files, (doc) => Object.assign(doc, { name: "../up" }))),
      "name",
    ],
    "a missing file": [edited((files) => delete files["tiny/decoder.onnx"]), "decoder.onnx is missing"],
    "an altered file": [
      edited((files) => files["tiny/decoder.onnx"] = files["tiny/decoder.onnx"]!.map((byte, i) => byte ^ +(i === 999))),
      "the SHA-256 of decoder.onnx differs",
    ],
    "a file that models don't have": [replace("run.sh", new Uint8Array(3)), 'no file "run.sh"'],
    "a map of another length": [replace("map.bin", new Uint8Array(10)), "map.bin does not divide into 2 latents"],
    "a picture that is none": [replace("preview.png", new Uint8Array(10)), "preview.png is no PNG"],
    "other shapes than the graphs'": [
      edited((files) => edit(files, (doc) => Object.assign(doc.image, { width: 32 }))),
      'The encoder of "tiny"',
    ],
    "statistics of another length": [
      edited((files) => edit(files, (doc) => Object.assign(doc.latents[0], { shape: [3] }))),
      "latents.0.statistics: expected numbers of 3 latents",
    ],
    "a graph that is none": [replace("decoder.onnx", new Uint8Array(10).fill(255)), "decoder.onnx is no ONNX file"],
  };
  for (const [name, [zip, words, status]] of Object.entries(cases)) {
    await test.step(name, () => refuse(zip, words, status));
  }
  await test.step("a bomb, by its declared size", async () => {
    const bomb = zipSync({ ...good, "tiny/decoder.onnx": new Uint8Array(300 * 2 ** 20) }, { level: 1 });
    assert(bomb.length < MAX_MODEL_ZIP_BYTES);
    await refuse(bomb, "would unpack to more than 256 MiB", 413);
  });
  await test.step("another Content-Type, another site, and a body beyond the limit", async () => {
    await readProblem(await upload(app, zipSync(good), { "content-type": "text/plain" }), 415);
    await readProblem(await upload(app, zipSync(good), { origin: "http://evil.example" }), 403);
    const length = String(MAX_MODEL_ZIP_BYTES + 1);
    await readProblem(await upload(app, zipSync(good), { "content-length": length }), 413);
  });
  assertEquals(await names(app), ["tiny", "tiny-colour"]);
  assertEquals([...Deno.readDirSync(app.models)].length, 2);
});

Deno.test("other sites can't rename or delete models", async () => {
  await using app = await openApp();
  const headers = { origin: "http://evil.example" };
  await readProblem(await call(app, "DELETE", "/api/models/tiny", headers), 403);
  await readProblem(await app.send("/api/models/tiny", { title: "x" }, { method: "PATCH", headers }), 403);
  assertEquals(await names(app), ["tiny", "tiny-colour"]);
});
