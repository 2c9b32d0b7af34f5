import { assert, assertEquals, assertMatch, assertNotEquals } from "deno-std/assert/mod.js";
import { unzipSync } from "fflate";
import { readRecipe } from "../../lib/gallery/mod.ts";
import { decodeUpload, readPngText } from "../../lib/imaging/mod.ts";
import type { SavedPicture } from "../../lib/protocol.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";
import { openApp, type TestApp } from "../http/app.ts";
import { pixelsOf, readProblem, readResponse } from "./_responses.ts";

async function save(app: TestApp, body: Record<string, unknown> = {}): Promise<SavedPicture> {
  return await readResponse(await app.send("/api/save", { model: "tiny", z: [0.1, 2], ...body }), "SavedPicture", 201);
}

async function page(app: TestApp, query = "") {
  return await readResponse(await app.get(`/api/gallery${query}`), "GalleryPage");
}

Deno.test("POST /api/save keeps the decoded picture with its recipe", async () => {
  await using app = await openApp();
  const response = await app.send("/api/save", { model: "tiny", z: [0.1, 2], seed: 4, tags: ["shoe"] });
  const location = response.headers.get("location");
  const saved = await readResponse(response, "SavedPicture", 201);
  assertEquals(location, `/api/gallery/${saved.id}`);
  assertEquals([saved.model, saved.seed, saved.tags, saved.width, saved.height], ["tiny", 4, ["shoe"], 28, 28]);
  assertEquals(saved.z, Array.from(Float32Array.of(0.1, 2)));

  const picture = await app.get(saved.url);
  assertEquals(picture.headers.get("content-type"), "image/png");
  const png = await picture.bytes();
  const { images } = await readResponse(await app.send("/api/decode", { model: "tiny", z: [0.1, 2] }), "Decoded");
  assertEquals((await decodeUpload(png)).data, pixelsOf(images[0]!));
  const recipe = readRecipe(readPngText(png))!;
  assertEquals([recipe.model, recipe.seed, recipe.z], ["tiny", 4, Float32Array.of(0.1, 2)]);

  const again = await app.get(saved.url, { "if-none-match": picture.headers.get("etag")! });
  assertEquals([again.status, again.body], [304, null]);
});

Deno.test("POST /api/save names the decoder that made the picture, also when its model is replaced meanwhile", async () => {
  await using app = await openApp();
  const before = await app.services.models.get("tiny");
  const decode = before.decode.bind(before);
  before.decode = async (...args) => {
    const batch = await decode(...args);
    await writeTinyModel(app.models, { name: "tiny", latentDim: 2, seed: 8 });
    return batch;
  };
  const { id, decoderSha256 } = await save(app);
  const after = await app.services.models.document("tiny");
  const made = before.document.files["decoder.onnx"]!.sha256;
  assertNotEquals(after.files["decoder.onnx"]!.sha256, made);
  assertEquals(decoderSha256, made);
  const png = await (await app.get(`/api/gallery/${id}/picture.png`)).bytes();
  assertEquals(readRecipe(readPngText(png))!.decoderSha256, made);
});

Deno.test("POST /api/save refuses what decode refuses, and keeps nothing", async () => {
  await using app = await openApp();
  await readProblem(await app.send("/api/save", { model: "tiny", z: [0] }), 400, "z");
  await readProblem(await app.send("/api/save", { model: "nope", z: [0, 0] }), 404, "model");
  await readProblem(await app.send("/api/save", { model: "tiny", z: [0, 0], tags: ["a\u0000"] }), 400, "tags[0]");
  assertEquals((await page(app)).total, 0);
});

Deno.test("GET /api/gallery lists by pages, and by model, tag and star", async () => {
  await using app = await openApp();
  const saved: SavedPicture[] = [];
  for (let i = 0; i < 7; i++) saved.push(await save(app, { z: [i, 0], tags: i % 2 ? ["odd"] : [] }));
  const colour = await save(app, { model: "tiny-colour", z: [0, 0, 0] });
  await app.send(`/api/gallery/${saved[3]!.id}`, { starred: true }, { method: "PATCH" });

  const ids: string[] = [];
  let query = "?limit=3&model=tiny";
  for (let pages = 0; pages < 5; pages++) {
    const { pictures, total, next } = await page(app, query);
    assertEquals(total, 7);
    ids.push(...pictures.map(({ id }) => id));
    if (next === undefined) break;
    query = `?limit=3&model=tiny&cursor=${encodeURIComponent(next)}`;
  }
  assertEquals(ids, saved.map(({ id }) => id).reverse());
  assertEquals((await page(app, "?tag=odd")).total, 3);
  assertEquals((await page(app, "?starred=true")).pictures.map(({ id }) => id), [saved[3]!.id]);
  assertEquals((await page(app, "?order=oldest&limit=1")).pictures[0]!.id, saved[0]!.id);
  assertEquals((await page(app)).pictures[0]!.id, colour.id);
  await readProblem(await app.get("/api/gallery?limit=1000"), 400, "limit");
  await readProblem(await app.get("/api/gallery?cursor=%00broken"), 400, "cursor");
});

Deno.test("a saved picture can be starred, tagged, deleted and restored", async () => {
  await using app = await openApp();
  const { id } = await save(app, { tags: ["one"] });
  const path = `/api/gallery/${id}`;
  const change = (body: unknown) => app.send(path, body, { method: "PATCH" });
  const starred = await readResponse(await change({ starred: true }), "SavedPicture");
  assertEquals([starred.starred, starred.tags], [true, ["one"]]);
  const hostile = '<img src=x onerror="alert(1)">';
  const tagged = await readResponse(await change({ tags: [hostile] }), "SavedPicture");
  assertEquals([tagged.starred, tagged.tags], [true, [hostile]]);
  assertEquals(await readResponse(await app.get(path), "SavedPicture"), tagged);
  await readProblem(await change({ starred: 1 }), 400, "starred");
  await readProblem(await change({ z: [1, 1] }), 400, "z");

  const remove = () => app.handler(new Request(`http://127.0.0.1:8000${path}`, { method: "DELETE" }));
  const removed = await remove();
  assertEquals([removed.status, removed.body], [204, null]);
  await readProblem(await app.get(path), 410);
  await readProblem(await app.get(`${path}/picture.png`), 410);
  await readProblem(await change({ starred: false }), 410);
  assertEquals((await page(app)).total, 0);

  assertEquals(await readResponse(await app.send(`${path}/restore`, {}), "SavedPicture"), tagged);
  assertEquals((await page(app)).total, 1);
});

Deno.test("the gallery knows nothing by hostile ids", async () => {
  await using app = await openApp();
  await save(app);
  for (const id of ["nope", "..%2f..%2fetc%2fpasswd", "%00", "1%20OR%201=1", "'--", "<script>"]) {
    await readProblem(await app.get(`/api/gallery/${id}`), 404);
    await readProblem(await app.get(`/api/gallery/${id}/picture.png`), 404);
    await readProblem(await app.send(`/api/gallery/${id}/restore`, {}), 404);
  }
});

Deno.test("POST /api/gallery/zip packs the PNG files under names of checked parts", async () => {
  await using app = await openApp();
  const saved = [await save(app, { tags: ["../../x"] }), await save(app, { model: "tiny-colour", z: [1, 1, 1] })];
  const ids = saved.map(({ id }) => id);
  const response = await app.send("/api/gallery/zip", { ids: [...ids, ids[0]] });
  assertEquals(response.headers.get("content-type"), "application/zip");
  assertMatch(response.headers.get("content-disposition")!, /^attachment; filename="[\w.]+"$/);
  const files = unzipSync(await response.bytes());
  assertEquals(Object.keys(files).length, 2);
  for (const [i, [name, bytes]] of Object.entries(files).entries()) {
    assertMatch(name, /^tiny(-colour)?-\d{14}-[\w-]+\.png$/);
    assertEquals(bytes, await (await app.get(saved[i]!.url)).bytes());
  }
});

Deno.test("POST /api/gallery/zip refuses a missing picture before the first byte, and reads as it is read", async () => {
  await using app = await openApp();
  const ids: string[] = [];
  for (let i = 0; i < 5; i++) ids.push((await save(app, { z: [i, i] })).id);
  await readProblem(await app.send("/api/gallery/zip", { ids: [ids[0], "nope"] }), 404);
  await readProblem(await app.send("/api/gallery/zip", { ids: ["../x"] }), 400, "ids[0]");

  let read = 0;
  const png = app.services.gallery.png.bind(app.services.gallery);
  app.services.gallery.png = (id) => (read++, png(id));
  const response = await app.send("/api/gallery/zip", { ids });
  const reader = response.body!.getReader();
  await reader.read();
  await reader.cancel();
  assert(read < ids.length, `${read} pictures read for one chunk`);
});

Deno.test("POST /api/gallery/change changes many pictures, and refuses what it can't do to all", async () => {
  await using app = await openApp();
  const saved = [await save(app), await save(app)];
  const ids = saved.map(({ id }) => id);
  const change = (body: unknown, headers = {}) => app.send("/api/gallery/change", body, { headers });
  assertEquals(await readResponse(await change({ ids, addTags: ["red"] }), "GalleryBulkChanged"), { changed: 2 });
  assertEquals((await page(app, "?q=tag:red&order=model")).total, 2);
  await readProblem(await change({ ids: [...ids, "f".repeat(32)], deleted: true }), 404, "id");
  await readProblem(await change({ ids: [] }), 400, "ids");
  await readProblem(await change({ ids, addTags: ["a\nb"] }), 400, "addTags[0]");
  await readProblem(await change({ ids, deleted: true }, { origin: "http://evil.example" }), 403);
  assertEquals((await page(app)).total, 2);
  await readResponse(await change({ ids, deleted: true }), "GalleryBulkChanged");
  assertEquals((await page(app)).total, 0);
  await readProblem(await app.get("/api/gallery?order=best"), 400, "order");
});
