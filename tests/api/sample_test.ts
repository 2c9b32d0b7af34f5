import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { openApp, type TestApp } from "../http/app.ts";
import { readProblem, readResponse } from "./_responses.ts";
import { writeMapped } from "./_mapped.ts";

const draw = async (app: TestApp, body: Record<string, unknown> = {}) =>
  await readResponse(
    await app.send("/api/sample", { model: "mapped", seed: 7, count: 200, sampler: "gmm", ...body }),
    "Samples",
  );
const shareWithin = (z: readonly (readonly number[])[], least: number, most: number) =>
  z.filter(([first]) => Math.abs(first!) >= least && Math.abs(first!) <= most).length / z.length;

Deno.test("POST /api/sample draws by the mixture where the model's pictures lie, and by the prior elsewhere too", async () => {
  await using app = await openApp();
  await writeMapped(app.models, 3);
  const { z, images } = await draw(app);
  assertEquals(shareWithin(z, 2, 4), 1);
  assert(shareWithin((await draw(app, { sampler: "prior" })).z, 0, 1) > 0.5);
  assertEquals((await draw(app, { sampler: "prior" })).z, (await draw(app, { sampler: undefined })).z);

  const few = z.slice(0, 3);
  const decoded = await readResponse(await app.send("/api/decode", { model: "mapped", z: few }), "Decoded");
  assertEquals(decoded.images, images.slice(0, 3), "z decodes to the pictures it came with");
});

Deno.test("POST /api/sample draws by the mixture what seed, number and temperature say", async () => {
  await using app = await openApp();
  await writeMapped(app.models, 3);
  const ten = (await draw(app, { count: 10 })).z;
  assertEquals((await draw(app, { count: 10 })).z, ten);
  assertEquals((await draw(app, { count: 4, first: 6 })).z, ten.slice(6));
  assertNotEquals((await draw(app, { count: 10, seed: 8 })).z, ten);
  const means = new Set((await draw(app, { temperature: 0 })).z.map((row) => row.join()));
  assert(means.size > 1 && means.size <= 10, `${means.size} means of components`);
});

Deno.test("POST /api/sample fits a model's mixture once, and again after the model was replaced", async () => {
  await using app = await openApp();
  const { models, samplers } = app.services;
  await writeMapped(app.models, 3);
  const document = await models.document("mapped");
  const [first, second] = await Promise.all([samplers.fit("gmm", document), samplers.fit("gmm", document)]);
  assertStrictEquals(first, second);
  assertEquals(shareWithin((await draw(app)).z, 2, 4), 1);

  await writeMapped(app.models, 8);
  assertEquals(shareWithin((await draw(app)).z, 7, 9), 1);
});

Deno.test("POST /api/sample names the field when there is no such sampler or no map to fit a mixture to", async () => {
  await using app = await openApp();
  const ask = async (body: unknown) => await app.send("/api/sample", body);
  await readProblem(await ask({ model: "tiny", seed: 1, sampler: "uniform" }), 400, "sampler");
  const problem = await readProblem(await ask({ model: "tiny", seed: 1, sampler: "gmm" }), 415, "sampler");
  assertEquals(problem.detail, 'The model "tiny" has no map.bin to fit a mixture to: use the prior as sampler');
  await readResponse(await ask({ model: "tiny", seed: 1, sampler: "prior" }), "Samples");
});

Deno.test("POST /api/sample refuses an altered map, and draws again when it is whole", async () => {
  await using app = await openApp();
  await writeMapped(app.models, 3);
  const path = join(app.models, "mapped", "map.bin");
  const whole = await Deno.readFile(path);
  await Deno.writeFile(path, whole.map((byte, i) => i === 5 ? byte ^ 1 : byte));
  await readProblem(await app.send("/api/sample", { model: "mapped", seed: 1, sampler: "gmm" }), 422);
  await Deno.writeFile(path, whole);
  assertEquals(shareWithin((await draw(app)).z, 2, 4), 1);
});
