import { assert, assertEquals, assertLess } from "deno-std/assert/mod.js";
import { openApp } from "../http/app.ts";
import { ignore } from "../tensorflow/_engine.ts";
import { readProblem, readResponse } from "./_responses.ts";
import { SMALL } from "./_runs.ts";

Deno.test("GET /api/training gives a form its schema, defaults and presets", async () => {
  await using app = await openApp({ models: false });
  const { schema, defaults, presets } = await readResponse(await app.get("/api/training"), "TrainingForm");
  const { epochs } = schema.properties as Record<string, { default: number; minimum: number; description: string }>;
  assertEquals([epochs!.default, epochs!.minimum, defaults.epochs], [10, 1, 10]);
  assert(epochs!.description.length > 10);
  assertEquals(presets.map(({ name }) => name), ["quick", "good", "best"]);
});

Deno.test("POST /api/training/config resolves either form, and names the faulty key", async () => {
  await using app = await openApp({ models: false });
  const resolve = async (body: unknown) =>
    await readResponse(await app.send("/api/training/config", body), "TrainingConfig");
  const { yaml, config } = await resolve({ config: SMALL });
  assertEquals((await resolve({ yaml })).config, config);
  await readProblem(await app.send("/api/training/config", { yaml: "epochs: many" }), 400, "epochs");
  await readProblem(await app.send("/api/training/config", { config: { latents: 3 } }), 400, "latents");
  await readProblem(await app.send("/api/training/config", {}), 400, "config");
});

Deno.test({
  name: "POST /api/training/estimate measures some steps in a process of its own, and remembers",
  ignore,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using app = await openApp({ models: false });
    const estimate = async (epochs: number) =>
      await readResponse(await app.send("/api/training/estimate", { config: { ...SMALL, epochs } }), "Estimate");
    const { seconds, secondsPerStep, steps, memory, parameters, engine, busy } = await estimate(3);
    assertEquals([steps, parameters, busy], [120, 26_004, false]);
    assert(
      secondsPerStep > 0 && secondsPerStep < 1 && seconds > steps * secondsPerStep,
      `${secondsPerStep} s per step`,
    );
    assert(memory > 100e6 && memory < 4e9, `${memory} bytes`);
    assert(engine.startsWith("TensorFlow"));
    const began = performance.now();
    assertEquals((await estimate(3)).secondsPerStep, secondsPerStep);
    assertLess(performance.now() - began, 1000);
    assertEquals([...Deno.readDirSync(`${app.home}/estimates`)], [], "nothing is left behind");
    const outside = { config: { ...SMALL, data: { source: "/etc" } } };
    await readProblem(await app.send("/api/training/estimate", outside), 403, "data.source");
    await Deno.mkdir(`${app.home}/datasets/empty`, { recursive: true });
    const empty = { config: { ...SMALL, data: { source: "empty" } } };
    const { detail } = await readProblem(await app.send("/api/training/estimate", empty), 503);
    assert(detail.includes("Cannot find pictures"), detail);
  },
});
