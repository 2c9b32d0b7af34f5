import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import sharp from "sharp";
import { writeRecipe } from "../../lib/gallery/mod.ts";
import { encodePng } from "../../lib/imaging/mod.ts";
import { openApp, type TestApp } from "../http/app.ts";
import { pixelsOf, readProblem, readResponse } from "./_responses.ts";

const SHA = "ab".repeat(32);

/** A picture that is dark on its left half and light on its right. */
function halves(width: number, height: number, text: Record<string, string> = {}): Uint8Array<ArrayBuffer> {
  const data = Uint8Array.from({ length: width * height }, (_, i) => i % width < width / 2 ? 20 : 230);
  return new Uint8Array(encodePng({ width, height, channels: 1, data }, { text }));
}

function upload(app: TestApp, body: BodyInit, query = "model=tiny", headers: Record<string, string> = {}) {
  return app.handler(
    new Request(`http://127.0.0.1:8000/api/encode?${query}`, { method: "POST", body, headers }),
  );
}

Deno.test("POST /api/encode fits the picture, encodes it and decodes its mean", async () => {
  await using app = await openApp();
  const answer = await readResponse(await upload(app, halves(28, 28)), "Encoded");
  const fitted = pixelsOf(answer.fitted);
  assertEquals([fitted[0], fitted[27]], [20, 230], "a picture of the model's size is kept as it is");

  const runtime = await app.services.models.get("tiny");
  const { mu, logvar } = await runtime.encode(fitted, 1);
  assertEquals([answer.mu, answer.logvar], [Array.from(mu), Array.from(logvar)]);
  const { images } = await readResponse(await app.send("/api/decode", { model: "tiny", z: answer.mu }), "Decoded");
  assertEquals(answer.reconstruction, images[0]!);

  const pixels = pixelsOf(answer.reconstruction);
  const mse = fitted.reduce((sum, value, i) => sum + ((value - pixels[i]!) / 255) ** 2, 0) / fitted.length;
  assertAlmostEquals(answer.mse, mse, 1e-12);
  assert(mse > 0);
  assertEquals(answer.recipe, undefined);
});

Deno.test("POST /api/encode takes PNG, JPEG and WebP of any size, in a body or a form, whatever they are called", async () => {
  await using app = await openApp();
  const large = sharp(halves(100, 60));
  const bodies = [
    halves(100, 60),
    new Uint8Array(await large.clone().jpeg().toBuffer()),
    new Uint8Array(await large.clone().webp().toBuffer()),
  ];
  for (const bytes of bodies) {
    const plain = await readResponse(
      await upload(app, bytes, "model=tiny", { "content-type": "image/gif" }),
      "Encoded",
    );
    const form = new FormData();
    form.append("picture", new Blob([bytes], { type: "text/html" }), "../../<script>.exe");
    assertEquals(await readResponse(await upload(app, form), "Encoded"), plain);
  }
});

Deno.test("POST /api/encode cuts or adds margins, as the query says", async () => {
  await using app = await openApp();
  const wide = halves(280, 28);
  const cover = await readResponse(await upload(app, wide, "model=tiny&fit=cover"), "Encoded");
  const contain = await readResponse(await upload(app, wide, "model=tiny&fit=contain"), "Encoded");
  const column = (image: typeof cover.fitted) => [0, 14, 27].map((y) => pixelsOf(image)[y * 28 + 2]!);
  assertEquals(column(cover.fitted), [20, 20, 20]);
  const [top, middle, bottom] = column(contain.fitted);
  assert(top === bottom && top !== middle, "margins above and below");
  await readProblem(await upload(app, wide, "model=tiny&fit=stretch"), 400, "fit");
});

Deno.test("POST /api/encode gives a saved picture's recipe back exactly, even of a model that is not here", async () => {
  await using app = await openApp();
  const recipe = { model: "elsewhere", decoderSha256: SHA, z: Float32Array.of(0.1, -2, 1e-7), seed: 12 };
  const answer = await readResponse(await upload(app, halves(28, 28, writeRecipe(recipe))), "Encoded");
  assertEquals(answer.recipe, { ...recipe, z: Array.from(recipe.z) });
});

Deno.test("POST /api/encode passes over a recipe that is broken, and gives no other metadata back", async () => {
  await using app = await openApp();
  const text = { Latentboard: '{"version":1,"model":"../../x"}', Comment: "<script>alert(1)</script>" };
  const response = await upload(app, halves(28, 28, text));
  const body = await response.clone().text();
  const answer = await readResponse(response, "Encoded");
  assertEquals(answer.recipe, undefined);
  assert(!body.includes("script"));
});

Deno.test("POST /api/encode refuses what is no picture, what is damaged and what would be too large", async () => {
  await using app = await openApp();
  const text = (content: string) => new TextEncoder().encode(content);
  await readProblem(await upload(app, text("<svg onload=alert(1)>")), 415);
  await readProblem(await upload(app, text("GIF89a......................")), 415);
  await readProblem(await upload(app, halves(28, 28).slice(0, 60)), 422);
  await readProblem(await upload(app, new Uint8Array()), 400, "body");
  await readProblem(await upload(app, "x", "model=tiny", { "content-type": "text/html" }), 415, "content-type");
  await readProblem(await upload(app, new Uint8Array(17 * 2 ** 20)), 413, "body");
});

Deno.test("POST /api/encode refuses a decompression bomb by its header, at once", async () => {
  await using app = await openApp();
  const bomb = halves(1, 1);
  const view = new DataView(bomb.buffer);
  view.setUint32(16, 14_000); // IHDR: width, height
  view.setUint32(20, 14_000);
  const started = performance.now();
  await readProblem(await upload(app, bomb), 413);
  assert(performance.now() - started < 500);
});

Deno.test("POST /api/encode asks for a model that is there", async () => {
  await using app = await openApp();
  await readProblem(await upload(app, halves(28, 28), ""), 400, "model");
  await readProblem(await upload(app, halves(28, 28), "model=nope"), 404, "model");
  const problem = await readProblem(await upload(app, halves(28, 28), "model=tiny&size=3"), 400, "size");
  assertStringIncludes(problem.detail, "not known");
});

Deno.test("POST /api/encode answers 503 when too many pictures wait to be read, and recovers", async () => {
  await using app = await openApp();
  const picture = halves(2000, 2000);
  const answers = await Promise.all(Array.from({ length: 30 }, () => upload(app, picture)));
  const statuses = answers.map(({ status }) => status);
  for (const answer of answers) await answer.body!.cancel();
  assert(statuses.every((status) => status === 200 || status === 503), `${statuses}`);
  assert(statuses.filter((status) => status === 200).length >= 10, "those who wait are served");
  assert(statuses.includes(503), "the rest is asked to come back");
  await readResponse(await upload(app, picture), "Encoded");
});
