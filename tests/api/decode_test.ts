import sharp from "sharp";
import { assert, assertEquals, assertNotEquals } from "deno-std/assert/mod.js";
import { readRecipe } from "../../lib/gallery/mod.ts";
import { decodeUpload, readPngText } from "../../lib/imaging/mod.ts";
import { parseLatentMap } from "../../lib/latent/mod.ts";
import { readModelFile } from "../../lib/model/mod.ts";
import { openApp } from "../http/app.ts";
import { pixelsOf, readProblem, readResponse } from "./_responses.ts";
import { COUNT, writeMapped } from "./_mapped.ts";

const PNG = { accept: "image/png" };

Deno.test("POST /api/decode gives the model's own pixels, one picture per latent", async () => {
  await using app = await openApp();
  const z = [[0, 0], [1.5, -2]];
  const answer = await readResponse(await app.send("/api/decode", { model: "tiny", z }), "Decoded");
  const runtime = await app.services.models.get("tiny");
  const direct = await runtime.decode(Float32Array.from(z.flat()), 2);
  assertEquals(answer.images.map(pixelsOf), [direct.pixels.subarray(0, 784), direct.pixels.subarray(784)]);
  assertNotEquals(answer.images[0]!.data, answer.images[1]!.data);
  assertEquals([answer.model, answer.provider], ["tiny", "cpu"]);

  const single = await readResponse(await app.send("/api/decode", { model: "tiny", z: z[1] }), "Decoded");
  assertEquals(single.images, [answer.images[1]!]);
});

Deno.test("POST /api/decode as PNG lays several latents out edge to edge", async () => {
  await using app = await openApp();
  const z = Array.from({ length: 6 }, (_, i) => [i, -i, i / 2]);
  const { images } = await readResponse(await app.send("/api/decode", { model: "tiny-colour", z }), "Decoded");
  for (const [columns, width, height] of [[3, 48, 32], [undefined, 96, 16], [64, 96, 16]] as const) {
    const body = { model: "tiny-colour", z, ...(columns === undefined ? {} : { columns }) };
    const response = await app.send("/api/decode", body, { headers: PNG });
    assertEquals(response.headers.get("content-type"), "image/png");
    const sheet = await decodeUpload(await response.bytes());
    assertEquals([sheet.width, sheet.height, sheet.channels], [width, height, 3]);
    // The last pixel of the sheet is the last pixel of the last picture.
    assertEquals(sheet.data.slice(-3), pixelsOf(images[5]!).slice(-3));
  }
});

Deno.test("POST /api/decode of one latent as PNG carries the recipe that makes it again", async () => {
  await using app = await openApp();
  const z = [0.1, -1.7];
  const response = await app.send("/api/decode", { model: "tiny", z }, { headers: PNG });
  const recipe = readRecipe(readPngText(await response.bytes()))!;
  assertEquals(recipe.model, "tiny");
  assertEquals(recipe.z, Float32Array.from(z));
  assertEquals(recipe.decoderSha256, (await app.services.models.document("tiny")).files["decoder.onnx"]!.sha256);
});

Deno.test("POST /api/decode answers what is asked for, and 406 where there is no such form", async () => {
  await using app = await openApp();
  const body = { model: "tiny", z: [0, 0] };
  for (
    const [accept, type] of [["*/*", "application/json"], ["image/*", "image/png"], [
      "image/png, */*;q=0.1",
      "image/png",
    ]]
  ) {
    const response = await app.send("/api/decode", body, { headers: { accept: accept! } });
    assertEquals(response.headers.get("content-type"), type!, accept);
    await response.body!.cancel();
  }
  await readProblem(await app.send("/api/decode", body, { headers: { accept: "text/html" } }), 406);
});

Deno.test("POST /api/decode refuses bad input, names the field, and runs nothing", async () => {
  await using app = await openApp();
  let runs = 0;
  const runtime = await app.services.models.get("tiny");
  const decode = runtime.decode.bind(runtime);
  runtime.decode = (...args) => (runs++, decode(...args));
  const cases: [unknown, number, string][] = [
    [{ model: "tiny", z: [1] }, 400, "z"],
    [{ model: "tiny", z: [1, 2, 3] }, 400, "z"],
    [{ model: "tiny", z: [[1, 2], [3]] }, 400, "z[1]"],
    [{ model: "tiny", z: [1, null] }, 400, "z[1]"],
    ['{"model":"tiny","z":[1,NaN]}', 400, "z[1]"],
    ['{"model":"tiny","z":[1,1e999]}', 400, "z[1]"],
    [{ model: "tiny", z: [1, 1e39] }, 400, "z[1]"],
    [{ model: "tiny", z: Array(257).fill([0, 0]) }, 400, "z"],
    [{ model: "nope", z: [1, 2] }, 404, "model"],
    [{ model: "../tiny", z: [1, 2] }, 400, "model"],
    [{ z: [1, 2] }, 400, "model"],
    ["not json", 400, "body"],
    ["", 400, "body"],
  ];
  for (const [body, status, field] of cases) {
    await readProblem(await app.send("/api/decode", body), status, field);
  }
  assertEquals(runs, 0);
  await readResponse(await app.send("/api/decode", { model: "tiny", z: [1, 2] }), "Decoded");
  assertEquals(runs, 1);
});

Deno.test("POST /api/decode caps the body and takes JSON alone", async () => {
  await using app = await openApp();
  await readProblem(await app.send("/api/decode", `{"z":[${"0,".repeat(3_000_000)}0]}`), 413, "body");
  await readProblem(await app.send("/api/decode", "{}", { headers: { "content-type": "text/plain" } }), 415);
});

Deno.test("the API answers an unknown path by 404 and a wrong method by 405, both as problems", async () => {
  await using app = await openApp();
  await readProblem(await app.get("/api/nothing"), 404);
  for (
    const [path, allow] of [["/api/decode", "POST"], ["/api/gallery/x/restore", "POST"], ["/v2/models/m/infer", "POST"]]
  ) {
    const response = await app.get(path!);
    await readProblem(response, 405);
    assertEquals(response.headers.get("allow"), allow!);
  }
  const response = await app.send("/api/gallery/x", {}, { method: "PUT" });
  await readProblem(response, 405);
  assertEquals(response.headers.get("allow"), "GET, PATCH, DELETE");
  const { error, detail } = await (await app.get("/v2/models/m/infer")).json();
  assertEquals(error, detail, "which clients of the Open Inference Protocol look for");
});

Deno.test("POST /api/sample draws the same pictures for the same seed, and any part of them", async () => {
  await using app = await openApp();
  const ask = async (body: Record<string, unknown>) =>
    await readResponse(await app.send("/api/sample", { model: "tiny", seed: 7, ...body }), "Samples");
  const four = await ask({ count: 4 });
  assertEquals(four.images.length, 4);
  assertEquals((await ask({ count: 4 })).images, four.images);
  assertEquals((await ask({ count: 2, first: 2 })).z, four.z.slice(2));
  assertNotEquals((await ask({ count: 4, seed: 8 })).z, four.z);
  assert((await ask({ count: 4, temperature: 0 })).z.flat().every((value) => value === 0));

  const { images } = await readResponse(await app.send("/api/decode", { model: "tiny", z: four.z }), "Decoded");
  assertEquals(images, four.images, "z decodes to the pictures it came with");

  const sheet = await app.send("/api/sample", { model: "tiny", seed: 7, count: 4, columns: 2 }, { headers: PNG });
  const { width, height } = await decodeUpload(await sheet.bytes());
  assertEquals([width, height], [56, 56]);
});

Deno.test("POST /api/sample refuses seeds and counts out of range", async () => {
  await using app = await openApp();
  for (
    const [field, value] of [["seed", -1], ["seed", 0.5], ["seed", 2 ** 53], ["count", 0], ["count", 257], [
      "temperature",
      -1,
    ]] as const
  ) {
    await readProblem(await app.send("/api/sample", { model: "tiny", seed: 1, [field]: value }), 400, field);
  }
});

Deno.test("POST /api/traverse moves one dimension at a time over its slider's range", async () => {
  await using app = await openApp();
  const { rows } = await readResponse(await app.send("/api/traverse", { model: "tiny" }), "Traversals");
  const { dimensions } = await app.services.models.detail("tiny");
  assertEquals(rows.map(({ dimension }) => dimension), [0, 1]);
  for (const [i, { values, images }] of rows.entries()) {
    assertEquals([values.length, images.length], [7, 7]);
    assertEquals([values[0], values[6]], [dimensions[i]!.minimum, dimensions[i]!.maximum]);
  }

  const body = { model: "tiny", z: [0.5, 0.25], dimensions: [1], values: [-1, 0, 2] };
  const chosen = await readResponse(await app.send("/api/traverse", body), "Traversals");
  const direct = await readResponse(
    await app.send("/api/decode", { model: "tiny", z: [[0.5, -1], [0.5, 0], [0.5, 2]] }),
    "Decoded",
  );
  assertEquals(chosen.rows, [{ dimension: 1, values: [-1, 0, 2], images: direct.images }]);

  const sheet = await decodeUpload(
    await (await app.send("/api/traverse", { model: "tiny", steps: 5 }, { headers: PNG })).bytes(),
  );
  assertEquals([sheet.width, sheet.height], [5 * 28, 2 * 28]);
});

Deno.test("POST /api/traverse names the dimension that there is not, and bounds the pictures", async () => {
  await using app = await openApp();
  await readProblem(await app.send("/api/traverse", { model: "tiny", dimensions: [0, 2] }), 400, "dimensions[1]");
  await readProblem(await app.send("/api/traverse", { model: "tiny", z: [0] }), 400, "z");
  const many = { model: "tiny", dimensions: Array(5).fill(0), steps: 64 };
  await readProblem(await app.send("/api/traverse", many), 400, "steps");
});

Deno.test("POST /api/manifold gives the scale of a model with a map: what nearly all its pictures stay below", async () => {
  await using app = await openApp();
  const ask = async (z: number[], model = "mapped") =>
    await readResponse(await app.send("/api/manifold", { model, z }), "Manifold");
  assertEquals((await ask([0, 0], "tiny")).typical, undefined);
  const typicals: number[] = [];
  for (const distance of [1, 4]) {
    await writeMapped(app.models, distance); // replaced, so measured again
    const document = await app.services.models.document("mapped");
    const { latents } = parseLatentMap(await readModelFile(app.models, document, "map.bin"), 2);
    let below = 0;
    for (let i = 0; i < COUNT; i++) {
      const { distance, typical } = await ask([...latents.subarray(2 * i, 2 * i + 2)]);
      if (distance <= typical!) below++;
      typicals.push(typical!);
    }
    assert(below >= 0.95 * COUNT && below < COUNT, `${below} of ${COUNT}`);
  }
  assertEquals(new Set(typicals).size, 2);
});

Deno.test("POST /api/manifold gives the distance that decode and encode leave", async () => {
  await using app = await openApp();
  const { distance, mu } = await readResponse(
    await app.send("/api/manifold", { model: "tiny", z: [3, -3] }),
    "Manifold",
  );
  assert(distance > 0);
  assertEquals(mu.length, 2);
  await readProblem(await app.send("/api/manifold", { model: "tiny", z: [3] }), 400, "z");
});

Deno.test("POST /api/decode gives a sheet as lossy WebP, like the pictures, which are noise here, and smaller than the PNG", async () => {
  await using app = await openApp();
  const z = Array.from({ length: 12 }, (_, index) => [index / 4 - 1, 1 - index / 6, 0]);
  const ask = async (accept: string) => {
    const body = { model: "tiny-colour", z, columns: 4 };
    const response = await app.send("/api/decode", body, { headers: { accept } });
    assertEquals(response.headers.get("content-type"), accept);
    return await response.bytes();
  };
  const [webp, png] = [await ask("image/webp"), await ask("image/png")];
  assert(webp.length < png.length, `${webp.length} bytes of WebP, ${png.length} of PNG`);
  const raw = async (file: Uint8Array) => await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const [lossy, exact] = [await raw(webp), await raw(png)];
  assertEquals([lossy.info.width, lossy.info.height], [4 * 16, 3 * 16]);
  const error = exact.data.reduce((sum, value, index) => sum + Math.abs(value - lossy.data[index]!), 0) /
    exact.data.length;
  assert(error < 32, `mean difference ${error}`);
});
