/** A shared board's API against the server's: the same requests, the same answers. */
import { assertAlmostEquals, assertEquals } from "deno-std/assert/mod.js";
import type { SharedBoard } from "../../lib/browser/shared_board.ts";
import { readRecipe } from "../../lib/gallery/recipe.ts";
import { readPngText } from "../../lib/imaging/mod.ts";
import { readLatentMap } from "../../lib/model/mod.ts";
import type { EncodeResponse, ManifoldResponse } from "../../lib/protocol.ts";
import { LocalApi } from "../../lib/share/browser/api.ts";
import { writeMapped } from "../api/_mapped.ts";
import { openApp, type TestApp } from "../http/app.ts";

/** The API over the very runtime that the server uses, so that all that can differ is the API itself. */
async function openLocal(app: TestApp, overrides: Partial<SharedBoard> = {}): Promise<LocalApi> {
  const { models, settings } = app.services;
  const document = await models.document("mapped");
  const board: SharedBoard = { model: await models.detail("mapped"), z: [0, 0], ...overrides };
  return new LocalApi({
    board,
    model: {
      decode: (z, count) => models.use("mapped", async (runtime) => (await runtime.decode(z, count)).pixels),
      encode: (pixels) => models.use("mapped", (runtime) => runtime.encode(pixels, 1)),
    },
    sampled: { document, readMap: () => readLatentMap(settings.models, document) },
    fit: (picture) => Promise.resolve(new Uint8Array(28 * 28).fill(picture.size % 256)),
  });
}

const post = (path: string, body: unknown, accept?: string) =>
  new Request(`http://127.0.0.1:8000${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(accept === undefined ? {} : { accept }) },
    body: JSON.stringify(body),
  });

for (
  const [path, body] of [
    ["/api/decode", { z: [0.5, -1] }],
    ["/api/decode", { z: [[0.5, -1], [2, 0]] }],
    ["/api/sample", { seed: 7, count: 3, first: 2, temperature: 0.5 }],
    ["/api/sample", { seed: 7, count: 3, sampler: "gmm" }],
  ] as const
) {
  Deno.test(`a shared board answers ${path} ${JSON.stringify(body)} as the server does`, async () => {
    await using app = await openApp();
    await writeMapped(app.models, 2);
    const local = await openLocal(app);
    const request = { model: "mapped", ...body };
    const [here, there] = await Promise.all([
      (await local.answer(post(path, request))).json(),
      (await app.send(path, request)).json(),
    ]);
    assertEquals({ ...here, provider: "" }, { ...there, provider: "" });
  });
}

Deno.test("a shared board's strip has the server's frames, and its GIF the server's bytes", async () => {
  await using app = await openApp();
  await writeMapped(app.models, 2);
  const local = await openLocal(app);
  const request = { model: "mapped", keys: [[-1, 0], [1, 1], [0, 2]], frames: 5, scale: 2 };
  const stream = async (response: Promise<Response>) =>
    (await (await response).text()).replace(/"(serverMs|provider)":[^,}]+/g, "").match(/"data":"[^"]+"|event: done/g);
  const headers = { accept: "text/event-stream" };
  assertEquals(
    await stream(local.answer(post("/api/interpolate", request, headers.accept))),
    await stream(app.send("/api/interpolate", request, { headers })),
  );
  for (const accept of ["image/gif", "image/png"]) {
    const here = await (await local.answer(post("/api/interpolate", request, accept))).bytes();
    const there = await (await app.send("/api/interpolate", request, { headers: { accept } })).bytes();
    if (accept === "image/gif") assertEquals(here, there);
    assertEquals(here.subarray(0, 4), there.subarray(0, 4));
  }
  assertEquals((await local.answer(post("/api/interpolate", request, "image/webp"))).status, 406);
});

Deno.test("a shared board measures the off-manifold distance as the server does", async () => {
  await using app = await openApp();
  await writeMapped(app.models, 2);
  const there = await (await app.send("/api/manifold", { model: "mapped", z: [1, -1] })).json() as ManifoldResponse;
  const local = await openLocal(app, { testDistances: Array(100).fill(there.typical!) });
  const here = await (await local.answer(post("/api/manifold", { model: "mapped", z: [1, -1] }))).json();
  assertAlmostEquals(here.distance, there.distance, 1e-6);
  assertEquals(here.typical, there.typical);
  assertEquals(here.percentile, there.distance > there.typical! ? 1 : 0);
});

Deno.test("a picture that a shared board saves carries the recipe, which restores z when it is encoded", async () => {
  await using app = await openApp();
  await writeMapped(app.models, 2);
  const local = await openLocal(app);
  const saved = await local.answer(post("/api/decode", { model: "mapped", z: [0.25, -3] }, "image/png"));
  const png = await saved.bytes();
  assertEquals([...readRecipe(readPngText(png))!.z], [0.25, -3]);
  const request = new Request("http://127.0.0.1:8000/api/encode?model=mapped", { method: "POST", body: png });
  const encoded = await (await local.answer(request)).json() as EncodeResponse;
  assertEquals(encoded.recipe?.z, [0.25, -3]);
  assertEquals(encoded.mu.length, 2);
});

Deno.test("what needs a server is refused in words", async () => {
  await using app = await openApp();
  await writeMapped(app.models, 2);
  const response = await (await openLocal(app)).answer(post("/api/save", {}));
  assertEquals(response.status, 404);
  assertEquals((await response.json()).detail, "A shared board runs without a server, which this needs");
});
