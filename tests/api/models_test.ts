import { assert, assertEquals } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { type ModelDocument, readModelFile, writeModel } from "../../lib/model/mod.ts";
import { sha256Hex } from "../../lib/system/files.ts";
import { openApp, type TestApp } from "../http/app.ts";
import { readProblem, readResponse } from "./_responses.ts";

Deno.test("GET /api/models lists the models, none where there are none", async () => {
  await using app = await openApp();
  const models = await readResponse(await app.get("/api/models"), "Models");
  assertEquals(models.map(({ name, latentDim }) => [name, latentDim]), [["tiny", 2], ["tiny-colour", 3]]);
});

Deno.test("GET /api/models answers an empty list where there is no model", async () => {
  await using app = await openApp({ models: false });
  assertEquals(await readResponse(await app.get("/api/models"), "Models"), []);
  await readProblem(await app.get("/v2/health/ready"), 503);
});

Deno.test("GET /api/models/<name> gives what the board needs", async () => {
  await using app = await openApp();
  const model = await readResponse(await app.get("/api/models/tiny-colour"), "Model");
  assertEquals(model.image, { height: 16, width: 16, channels: 3 });
  assertEquals(model.dimensions.map(({ index }) => index), [0, 1, 2]);
  assertEquals(model.provider, "cpu");
  assertEquals(model.decoderSha256, sha256Hex(await Deno.readFile(join(app.models, "tiny-colour", "decoder.onnx"))));
});

Deno.test("GET /api/models/<name> refuses names that are none before they touch a path", async () => {
  await using app = await openApp();
  await readProblem(await app.get("/api/models/nope"), 404, "model");
  for (
    const name of ["..%2f..%2fetc", "tiny%00", "Tiny", "a%0d%0aSet-Cookie:x", "%f0%9f%92%a9", "<script>"]
  ) {
    await readProblem(await app.get(`/api/models/${name}`), 400, "model");
  }
});

Deno.test("GET /api/models/<name> answers 422 for a model whose decoder was altered", async () => {
  await using app = await openApp();
  const path = join(app.models, "tiny", "decoder.onnx");
  const bytes = await Deno.readFile(path);
  bytes[bytes.length >> 1]! ^= 1;
  await Deno.writeFile(path, bytes);
  const problem = await readProblem(await app.get("/api/models/tiny"), 422, "model");
  assert(!problem.detail.includes(app.models), "no path of this machine is shown");
});

/** The tiny model again, with the files that a trained one has beside its graphs. */
async function addMap(app: TestApp): Promise<ModelDocument> {
  const document = await app.services.models.document("tiny");
  const read = (file: string) => readModelFile(app.models, document, file);
  const map = { "map.bin": Uint8Array.of(1, 2, 3, 4), "map.png": Uint8Array.of(5), "preview.png": Uint8Array.of(6) };
  const files = { "encoder.onnx": await read("encoder.onnx"), "decoder.onnx": await read("decoder.onnx"), ...map };
  return await writeModel(app.models, document, files, { force: true });
}

Deno.test("GET /api/models/<name>/<file> serves map and preview by their SHA-256", async () => {
  await using app = await openApp();
  const { files } = await addMap(app);
  for (
    const [file, type] of [["map.bin", "application/octet-stream"], ["map.png", "image/png"], [
      "preview.png",
      "image/png",
    ]]
  ) {
    const sha256 = files[file!]!.sha256;
    const response = await app.get(`/api/models/tiny/${file}`);
    assertEquals(response.status, 200, file);
    assertEquals(response.headers.get("content-type"), type!);
    assertEquals(response.headers.get("cache-control"), "no-cache");
    assertEquals(sha256Hex(await response.bytes()), sha256);
    assertEquals(response.headers.get("etag"), `"${sha256}"`);

    const again = await app.get(`/api/models/tiny/${file}`, { "if-none-match": `"${sha256}"` });
    assertEquals([again.status, (await again.bytes()).length], [304, 0]);

    const named = await app.get(`/api/models/tiny/${file}?v=${sha256}`);
    assert(named.headers.get("cache-control")!.includes("immutable"));
    await named.body!.cancel();
    const stale = await app.get(`/api/models/tiny/${file}?v=${"0".repeat(64)}`);
    assertEquals(stale.headers.get("cache-control"), "no-cache");
    await stale.body!.cancel();
  }
});

Deno.test("GET /api/models/<name>/<file> serves nothing else", async () => {
  await using app = await openApp();
  for (const file of ["model.json", "run.json", "constructor", "..%2ftiny%2fmodel.json", "map.bin%00"]) {
    await readProblem(await app.get(`/api/models/tiny/${file}`), 404, "file");
  }
  await readProblem(await app.get("/api/models/nope/map.bin"), 404, "model");
});

Deno.test("GET /api/status reports provider, loaded models and open streams", async () => {
  await using app = await openApp();
  await readResponse(await app.get("/api/models/tiny"), "Model");
  const stream = await app.get("/api/stream");
  const status = await readResponse(await app.get("/api/status"), "Status");
  assertEquals([status.provider, status.loaded, status.streams], ["cpu", ["tiny"], 1]);
  assert(status.decodeMs! > 0);
  await stream.body!.cancel();
  assertEquals((await readResponse(await app.get("/api/status"), "Status")).streams, 0);
  await readResponse(await app.get("/api/health"), "Health");
});
