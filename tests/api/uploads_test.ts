import { assert, assertEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import { zipSync } from "fflate";
import { join } from "node:path";
import { closeServices, openServices } from "../../lib/http/state.ts";
import { encodePng } from "../../lib/imaging/mod.ts";
import type { UploadFileState } from "../../lib/protocol_runs.ts";
import { openApp, type TestApp } from "../http/app.ts";
import { pixelsOf, readProblem, readResponse } from "./_responses.ts";

const ORIGIN = "http://127.0.0.1:8000";

/** A picture of one colour with a stripe, so that each number gives other bytes. */
function picture(number: number, width = 24, height = 16, channels: 1 | 3 = 3): Uint8Array {
  const data = Uint8Array.from(
    { length: width * height * channels },
    (_, i) => i < 9 ? number : 40 + 20 * (i % channels),
  );
  return encodePng({ width, height, channels, data });
}

async function begin(app: TestApp, name: string): Promise<string> {
  return (await readResponse(await app.send("/api/uploads", { name }), "Upload", 201)).id;
}

function put(app: TestApp, id: string, file: number, offset: number, bytes: Uint8Array): Promise<Response> {
  return app.handler(
    new Request(`${ORIGIN}/api/uploads/${id}/files/${file}?offset=${offset}`, {
      method: "PUT",
      body: bytes as Uint8Array<ArrayBuffer>,
    }),
  );
}

/** Names files and sends them, four at a time. */
async function send(app: TestApp, id: string, files: Readonly<Record<string, Uint8Array>>): Promise<UploadFileState[]> {
  const named = Object.entries(files).map(([path, { length }]) => ({ path, size: length }));
  const { files: states } = await readResponse(
    await app.send(`/api/uploads/${id}/files`, { files: named }),
    "UploadFiles",
  );
  const waiting = [...states];
  const done: UploadFileState[] = [];
  await Promise.all(Array.from({ length: 4 }, async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      done[next.file] = await readResponse(await put(app, id, next.file, 0, files[next.path]!), "UploadFile");
    }
  }));
  return done;
}

const finish = async (app: TestApp, id: string) =>
  await readResponse(await app.send(`/api/uploads/${id}/finish`, {}), "Dataset", 201);

Deno.test("files of all kinds become a dataset: bad ones are named with their reason, the rest is kept", async () => {
  await using app = await openApp({ models: false });
  const id = await begin(app, "animals");
  const zip = zipSync({
    "dog/d1.png": picture(1),
    "dog/broken.jpg": new Uint8Array([0xff, 0xd8, 0xff, 1]),
    "__MACOSX/dog/._d1.png": new Uint8Array(9),
  });
  const states = await send(app, id, {
    "all/cat/c1.png": picture(2),
    "all/cat/c2.png": picture(2),
    "all/cat/notes.txt": new TextEncoder().encode("hello"),
    "all/bird/tall.png": picture(3, 10, 30, 1),
    "all/dogs.zip": zip,
    "all/.DS_Store": new Uint8Array(10),
  });
  assertEquals(states.map(({ pictures }) => pictures), [1, 1, 0, 1, 1, 0]);
  assertStringIncludes(states[2]!.problems![0]!.reason, "a text file");
  assertEquals(states[4]!.problems!.map(({ path }) => path), ["all/dog/broken.jpg"]);
  const dataset = await finish(app, id);
  assertEquals(dataset.labelCounts, [{ name: "bird", count: 1 }, { name: "cat", count: 2 }, { name: "dog", count: 1 }]);
  assertEquals([dataset.pictures, dataset.bad.length, dataset.duplicates.map((ids) => ids.length)], [4, 2, [2]]);
  assertEquals([dataset.sizes, dataset.shapes], [
    { smallest: 24, median: 24, largest: 30 },
    { landscape: 3, portrait: 1, square: 0 },
  ]);
  assertEquals([dataset.colours.grey, dataset.colours.colour], [1, 3]);
  await readProblem(await app.get(`/api/uploads/${id}`), 410, "id");
  await readProblem(await app.send("/api/uploads", { name: "animals" }), 409, "name");

  const { datasets, space } = await readResponse(await app.get("/api/datasets"), "Datasets");
  const listed = datasets.find(({ name }) => name === "animals")!;
  assertEquals([listed.kind, listed.source, listed.count, listed.labels], ["own", "animals", 4, 3]);
  assert(datasets.some(({ name, available }) => name === "sample" && available));
  assertEquals([space.used, space.cap, space.free > 0], [dataset.bytes!, 1e9, true]);

  const { pictures, total } = await readResponse(
    await app.get("/api/datasets/animals/pictures?label=cat"),
    "DatasetPage",
  );
  assertEquals([total, pictures.map(({ duplicate }) => duplicate)], [2, [true, true]]);
  const thumbnail = await app.get(`/api/datasets/animals/pictures/${pictures[0]!.id}/thumbnail.png?size=32`);
  assertEquals([thumbnail.status, thumbnail.headers.get("content-type")], [200, "image/png"]);
  const header = new DataView((await thumbnail.arrayBuffer()).slice(16, 24));
  assertEquals([header.getUint32(0), header.getUint32(4)], [32, 32]);

  const preview = await readResponse(
    await app.send("/api/preview", { source: "animals", imageSize: 8, channels: 1, fit: "contain" }),
    "Preview",
  );
  assertEquals(
    preview.fitted.map(({ width, height, channels }) => [width, height, channels]),
    Array(4).fill([8, 8, 1]),
  );
  assertEquals(preview.originals.map(({ width }) => width).toSorted(), [10, 24, 24, 24]);
});

Deno.test("labels are renamed, pictures moved and taken out; a dataset is deleted and restored", async () => {
  await using app = await openApp({ models: false });
  const id = await begin(app, "letters");
  await send(app, id, { "a/1.png": picture(1), "a/2.png": picture(2), "b/1.png": picture(3) });
  await finish(app, id);
  const change = async (body: unknown) =>
    await readResponse(await app.send("/api/datasets/letters", body, { method: "PATCH" }), "Dataset");
  assertEquals((await change({ rename: [{ from: "a", to: "b" }] })).labelCounts, [{ name: "b", count: 3 }]);
  const files = [...Deno.readDirSync(join(app.home, "datasets", "letters", "b"))].map(({ name }) => name).sort();
  assertEquals(files, ["1-2.png", "1.png", "2.png"], "two files of one name stay two");
  const { pictures } = await readResponse(await app.get("/api/datasets/letters/pictures"), "DatasetPage");
  const [first, second] = pictures;
  assertEquals((await change({ move: [{ ids: [first!.id], to: "c" }], remove: [second!.id] })).labelCounts, [
    { name: "b", count: 1 },
    { name: "c", count: 1 },
  ]);
  for (const to of ["../x", "a/b", ".hidden"]) {
    const refused = await app.send("/api/datasets/letters", { rename: [{ from: "b", to }] }, { method: "PATCH" });
    await readProblem(refused, 400, "rename[0].to");
  }
  await readProblem(await app.send("/api/datasets/letters", { remove: ["none"] }, { method: "PATCH" }), 400, "ids");
  assertEquals((await app.handler(new Request(`${ORIGIN}/api/datasets/letters`, { method: "DELETE" }))).status, 204);
  await readProblem(await app.get("/api/datasets/letters"), 404, "name");
  assertEquals((await readResponse(await app.send("/api/datasets/letters/restore", {}), "Dataset")).pictures, 2);
  await readProblem(await app.get("/api/datasets/sample"), 404, "name");
});

Deno.test("an upload goes on where it was after a lost connection, and after a restart of the server", async () => {
  await using app = await openApp({ models: false });
  const id = await begin(app, "resumed");
  const bytes = picture(7, 300, 300);
  const files = [{ path: "one.png", size: bytes.length }];
  await app.send(`/api/uploads/${id}/files`, { files });
  const half = Math.floor(bytes.length / 2);
  let read = 0;
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (read++ === 0) controller.enqueue(bytes.subarray(0, half));
      else controller.error(new Error("The connection was lost"));
    },
  });
  const lost = await app.handler(
    new Request(`${ORIGIN}/api/uploads/${id}/files/0?offset=0`, { method: "PUT", body: broken }),
  ).catch(() => undefined);
  assert(lost === undefined || lost.status >= 400);
  await lost?.body?.cancel();

  await closeServices();
  await openServices(app.services.settings);
  const { files: [state] } = await readResponse(await app.send(`/api/uploads/${id}/files`, { files }), "UploadFiles");
  assertEquals([state!.file, state!.received], [0, half]);
  await readProblem(await put(app, id, 0, 0, bytes), 409, "offset");
  await readProblem(await put(app, id, 0, half, new Uint8Array(bytes.length)), 413, "body");
  const { received } = (await readResponse(await app.get(`/api/uploads/${id}?files=true`), "Upload")).states![0]!;
  const whole = await readResponse(await put(app, id, 0, received, bytes.subarray(received)), "UploadFile");
  assertEquals([whole.pictures, whole.problems], [1, undefined]);
  assertEquals((await finish(app, id)).pictures, 1);
});

Deno.test("an upload over the cap, of paths that lead elsewhere, or from another origin is refused", async () => {
  await using app = await openApp({ models: false, uploadLimit: 1000 });
  const id = await begin(app, "large");
  await readProblem(
    await app.send(`/api/uploads/${id}/files`, { files: [{ path: "a.png", size: 2000 }] }),
    413,
    "files",
  );
  for (const path of ["../a.png", "/etc/passwd", "a/../../b.png", "a\\b.png", ""]) {
    await readProblem(await app.send(`/api/uploads/${id}/files`, { files: [{ path, size: 1 }] }), 400, "files[0].path");
  }
  for (const name of ["../x", ".hidden", "a..b", "a/b", ""]) {
    await readProblem(await app.send("/api/uploads", { name }), 400, "name");
  }
  await readProblem(await app.send("/api/uploads", { name: "x" }, { headers: { origin: "http://evil.example" } }), 403);
  await readProblem(await app.send(`/api/uploads/${id}/finish`, {}), 400);
  assertEquals((await app.handler(new Request(`${ORIGIN}/api/uploads/${id}`, { method: "DELETE" }))).status, 204);
});

Deno.test("folders under the roots are listed and previewed, and nothing outside", async () => {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(root, "in", "cats"), { recursive: true });
    await Deno.writeFile(join(root, "in", "cats", "1.png"), picture(1));
    await Deno.symlink("/etc", join(root, "in", "out"));
    await using app = await openApp({ models: false, dataRoots: [join(root, "in")] });
    const roots = await readResponse(await app.get("/api/folders"), "Folders");
    assertEquals(roots.folders, [{ path: join(root, "in"), name: "in" }]);
    const inside = await readResponse(await app.get(`/api/folders?path=${join(root, "in", "cats")}`), "Folders");
    assertEquals([inside.folders, inside.pictures], [[], 1]);
    for (const path of [root, "/etc", join(root, "in", ".."), join(root, "in", "out")]) {
      await readProblem(await app.get(`/api/folders?path=${path}`), 403, "data.source");
    }
    const request = { source: join(root, "in", "cats"), imageSize: 8, channels: 3 };
    const { fitted } = await readResponse(await app.send("/api/preview", request), "Preview");
    assertEquals(pixelsOf(fitted[0]!).length, 192);
    await readProblem(await app.send("/api/preview", { ...request, source: "/etc" }), 403, "data.source");
    const sample = await app.send("/api/preview", { source: "sample", imageSize: 16, channels: 3, count: 3 });
    const { originals, fitted: small } = await readResponse(sample, "Preview");
    assertEquals([originals.length, originals[0]!.width, small[0]!.width, small[0]!.channels], [3, 28, 16, 3]);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
