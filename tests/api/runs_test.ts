/** Real trainings over the API: small ones, on the shipped sample. */
import { assert, assertAlmostEquals, assertEquals, assertLess, assertStringIncludes } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { closeServices, openServices } from "../../lib/http/state.ts";
import type { RunEvent, RunMetrics } from "../../lib/protocol_runs.ts";
import type { TestApp } from "../http/app.ts";
import { ignore } from "../tensorflow/_engine.ts";
import { pixelsOf, readEvents, readProblem, readResponse } from "./_responses.ts";
import { ENDLESS, follow, kill, pause, SMALL, start, stateOf, until, withRuns } from "./_runs.ts";

const isType = (type: RunEvent["type"]) => (event: RunEvent) => event.type === type;
const metricsOf = async (app: TestApp, id: string): Promise<RunMetrics> =>
  await readResponse(await app.get(`/api/runs/${id}/metrics`), "RunMetrics");

function runTest(name: string, test: (app: TestApp) => Promise<void>): void {
  Deno.test({
    name,
    ignore: ignore || Deno.build.os === "windows",
    sanitizeOps: false, // processes that were started outlive their test by a moment
    sanitizeResources: false,
    fn: () => withRuns(test),
  });
}

runTest(
  "a run started over the API is followed from its first step to a model that is offered without a restart",
  async (app) => {
    const began = performance.now();
    const run = await start(app, { config: { ...SMALL, name: "first" } });
    assert(["queued", "starting"].includes(run.state));
    const events = await follow(app, run.id);
    const early = await events.upTo(isType("snapshot"));
    assertLess(performance.now() - began, 20_000, "milliseconds to the first picture (10 s on two idle cores)");
    const [snapshot] = early.filter((event) => event.type === "snapshot");
    for (const file of ["samples.png", "reconstructions.png", "map.bin", "decoder.onnx"]) {
      const response = await app.get(`/api/runs/${run.id}/snapshots/${snapshot!.step}/${file}`);
      assertEquals(response.status, 200);
      assert((await response.bytes()).length > 100);
    }
    const sheet = await app.get(`/api/runs/${run.id}/map.png`);
    assertEquals([sheet.status, sheet.headers.get("content-type")], [200, "image/png"]);
    await sheet.body!.cancel();

    const rest = await events.upTo((event) => event.type === "state" && event.state === "finished");
    await events.leave();
    const all = [...early, ...rest];
    const first = all.find((event) => event.type === "start")!;
    assertEquals([first.step, first.totalSteps, first.epochs], [0, 120, 3]);
    assertEquals(
      all.flatMap((event) => event.type === "metrics" ? event.step : []),
      Array.from({ length: 120 }, (_, i) => i + 1),
    );
    const epochs = all.filter((event) => event.type === "epoch");
    assertEquals(epochs.map(({ epoch, klPerLatent }) => [epoch, klPerLatent.length]), [[1, 2], [2, 2], [3, 2]]);
    assertEquals(all.filter((event) => event.type === "model").map(({ model }) => model), ["first"]);

    const models = await readResponse(await app.get("/api/models"), "Models");
    assertEquals(models.map(({ name }) => name), ["first"]);
    await readResponse(await app.send("/api/decode", { model: "first", z: [0, 0] }), "Decoded");
    const detail = await readResponse(await app.get(`/api/runs/${run.id}`), "RunDetail");
    assertEquals([detail.state, detail.epoch, detail.model, detail.lastEvent], ["finished", 3, "first", all.length]);
    assertStringIncludes(detail.yaml, "latentDim: 2");

    const { steps, epochs: curve, lastEvent } = await metricsOf(app, run.id);
    assertEquals([steps.step.length, steps.loss.length, curve.epoch, lastEvent], [120, 120, [1, 2, 3], all.length]);
    assertAlmostEquals(curve.validation.at(-1)!, epochs.at(-1)!.validation.loss);
    assertLess(steps.loss.at(-1)!, steps.loss[0]!);
    const few = await readResponse(await app.get(`/api/runs/${run.id}/metrics?points=30`), "RunMetrics");
    assertEquals(few.steps.step.length, 30);
  },
);

runTest("one latent goes through every kept snapshot, and a board's moves go through the newest", async (app) => {
  const run = await start(app, { config: { ...SMALL, name: "film" } });
  await until(app, run.id, "finished");
  const z = [0.5, -0.5];
  const replay = await readResponse(await app.send(`/api/runs/${run.id}/replay`, { z }), "Replay");
  const { snapshots } = await readResponse(await app.get(`/api/runs/${run.id}`), "RunDetail");
  assertEquals(replay.steps, snapshots.map(({ step }) => step));
  assertEquals([replay.steps[0], replay.steps.at(-1)], [1, 120]);
  assert(pixelsOf(replay.images[0]!).join() !== pixelsOf(replay.images.at(-1)!).join(), "it has learned");
  const newest = await readResponse(await app.send(`/api/runs/${run.id}/decode`, { z }), "RunDecoded");
  assertEquals([newest.step, newest.images], [120, [replay.images.at(-1)!]]);
  const first = await readResponse(await app.send(`/api/runs/${run.id}/decode`, { z, step: 1 }), "RunDecoded");
  assertEquals(first.images, [replay.images[0]!]);
  const final = await readResponse(await app.send("/api/decode", { model: "film", z }), "Decoded");
  assertEquals(final.images, newest.images, "the last snapshot is the model");
  await readProblem(await app.send(`/api/runs/${run.id}/decode`, { z, step: 2 }), 410, "step");
  await readProblem(await app.send(`/api/runs/${run.id}/decode`, { z: [1] }), 400, "z");

  const film = await app.send(`/api/runs/${run.id}/replay`, { z }, { headers: { accept: "image/gif" } });
  assertEquals([film.status, film.headers.get("content-type")], [200, "image/gif"]);
  assertEquals(new TextDecoder().decode((await film.bytes()).subarray(0, 6)), "GIF89a");

  const model = await readResponse(await app.get(`/api/runs/${run.id}/model`), "Model");
  assertEquals([model.name, model.latentDim, model.dimensions.length], [`run:${run.id}`, 2, 2]);
  assertEquals(model.labels.length, 10);
  const stream = readEvents(await app.get("/api/stream"));
  const { streamId } = (await stream.next())!.data as { streamId: string };
  assertEquals((await app.send(`/api/streams/${streamId}/move`, { seq: 1, model: model.name, z })).status, 202);
  const frame = (await stream.next())!;
  assertEquals([frame.event, frame.data.model, frame.data.data], ["frame", model.name, newest.images[0]!.data]);
  await stream.leave();
});

runTest(
  "a run is paused, goes on, is stopped and resumed; who reads on misses nothing and sees nothing twice",
  async (app) => {
    const run = await start(app, { config: { ...ENDLESS, name: "steered" } });
    const events = await follow(app, run.id);
    const seen = await events.upTo(isType("snapshot"));
    await events.leave(); // the connection is lost
    const paused = await readResponse(await app.send(`/api/runs/${run.id}/pause`, {}), "Run", 202);
    assertEquals(paused.state, "paused");
    const before = await metricsOf(app, run.id);
    await pause(600);
    assertEquals(await metricsOf(app, run.id), before, "nothing is trained meanwhile");
    await readProblem(await app.send(`/api/runs/${run.id}/pause`, {}), 409);
    await readProblem(await app.get(`/api/runs/${run.id}`, { "sec-fetch-site": "cross-site" }), 403);
    assertEquals((await readResponse(await app.send(`/api/runs/${run.id}/resume`, {}), "Run", 202)).state, "running");

    const again = await follow(app, run.id, seen.at(-1)!.id);
    await again.upTo((event) => event.type === "state" && event.state === "paused");
    await again.upTo((event) => event.type === "state" && event.state === "running");
    await again.upTo(isType("metrics"));
    await readResponse(await app.send(`/api/runs/${run.id}/stop`, { keep: "checkpoint" }), "Run", 202);
    await again.upTo((event) => event.type === "state" && event.state === "interrupted");
    await until(app, run.id, "interrupted");
    const steps = (await metricsOf(app, run.id)).steps.step.at(-1)!;
    await readResponse(await app.send(`/api/runs/${run.id}/resume`, {}), "Run", 202);
    const on = await again.upTo(isType("start"));
    assertEquals((on.at(-1) as { step: number }).step, steps, "it goes on where it stopped");
    await again.leave();
  },
);

runTest(
  "a run whose process was killed is offered at its last checkpoint, and its curve has each step once",
  async (app) => {
    const run = await start(app, { config: { ...SMALL, name: "killed", epochs: 400 } });
    const events = await follow(app, run.id);
    await events.upTo(isType("checkpoint"));
    await events.upTo(isType("metrics"));
    await kill(app, run.id);
    const lost = await readResponse(await app.get(`/api/runs/${run.id}`), "RunDetail");
    assertEquals([lost.state, lost.actions.includes("resume")], ["lost", true]);
    await readResponse(await app.send(`/api/runs/${run.id}/resume`, {}), "Run", 202);
    const [begun] = (await events.upTo(isType("start"))).slice(-1) as { step: number }[];
    assert(begun!.step > 0, "it goes on at a checkpoint");
    await events.upTo(isType("epoch"));
    await readResponse(await app.send(`/api/runs/${run.id}/stop`, { keep: "model" }), "Run", 202);
    await events.upTo((event) => event.type === "state" && event.state === "finished");
    await events.leave();
    const { steps } = await metricsOf(app, run.id);
    assertEquals(steps.step, Array.from({ length: steps.step.length }, (_, i) => i + 1));
    assertLess(steps.step.length, 400 * 40, "the model was kept as it was, before its last epoch");
    assertEquals((await readResponse(await app.get("/api/models"), "Models")).map(({ name }) => name), ["killed"]);
  },
);

runTest(
  "runs wait for each other in an order that can be changed; a server that starts again finds them",
  async (app) => {
    const first = await start(app, { config: { ...ENDLESS, name: "running" } });
    await until(app, first.id, "running");
    const second = await start(app, { config: { ...SMALL, name: "waiting" } });
    const third = await start(app, { config: { ...SMALL, name: "waiting" } });
    assertEquals([second.state, second.position, third.position, third.name], ["queued", 0, 1, "waiting-2"]);
    const order = [third.id, second.id];
    assertEquals(
      await readResponse(await app.send("/api/queue", { order }, { method: "PUT" }), "RunQueue"),
      { order },
    );
    await readProblem(await app.send("/api/queue", { order: [first.id] }, { method: "PUT" }), 400, "order");

    await closeServices();
    const services = await openServices(app.services.settings);
    assertEquals((await services.runs.get(first.id)).state, "running", "its process lives on");
    assertEquals(await services.runs.order(), order);
    await services.runs.stop(first.id, { keep: "checkpoint" });
    await until(app, third.id, "finished");
    assertEquals(await stateOf(app, first.id), "interrupted");
    await until(app, second.id, "finished");
  },
);

runTest("a run is forked from its weights, deleted, restored, and discarded", async (app) => {
  const parent = await start(app, { config: { ...SMALL, name: "parent" } });
  await until(app, parent.id, "finished");
  const trained = (await metricsOf(app, parent.id)).steps.loss;
  const fork = await start(app, {
    config: { ...SMALL, name: "child", epochs: 1 },
    fork: { run: parent.id, weights: true },
  });
  assertEquals(fork.forkedFrom, parent.id);
  await until(app, fork.id, "finished");
  const forked = (await metricsOf(app, fork.id)).steps.loss;
  assertLess(forked[0]!, trained[0]! * 0.8, "it begins where its parent ended");
  const other = await start(app, {
    config: { ...SMALL, latentDim: 3, name: "other" },
    fork: { run: parent.id, weights: true },
  });
  await until(app, other.id, "failed");
  assertStringIncludes((await app.services.runs.get(other.id)).failure!, "don't fit its layers");

  assertEquals(
    (await app.handler(new Request(`http://127.0.0.1:8000/api/runs/${parent.id}`, { method: "DELETE" }))).status,
    204,
  );
  await readProblem(await app.get(`/api/runs/${parent.id}`), 404, "id");
  assertEquals((await readResponse(await app.send(`/api/runs/${parent.id}/restore`, {}), "Run")).state, "finished");
  await readProblem(await app.send(`/api/runs/${parent.id}/restore`, {}), 410);

  const gone = await start(app, { config: { ...ENDLESS, name: "gone" } });
  await until(app, gone.id, "running");
  await readProblem(
    await app.handler(new Request(`http://127.0.0.1:8000/api/runs/${gone.id}`, { method: "DELETE" })),
    409,
  );
  await readResponse(await app.send(`/api/runs/${gone.id}/stop`, { keep: "nothing" }), "Run", 202);
  for (let waited = 0; (await app.get(`/api/runs/${gone.id}`)).status !== 404; waited++) {
    assertLess(waited, 200);
    await pause(50);
  }
  const { runs, total } = await readResponse(await app.get("/api/runs?text=CHIL&order=best"), "RunPage");
  assertEquals([runs.map(({ id }) => id), total], [[fork.id], 1]);
});

runTest("a run that can't begin says why; pictures outside the roots can't be trained on", async (app) => {
  await readProblem(await app.send("/api/runs", { config: { ...SMALL, epochs: 0 } }), 400, "epochs");
  await readProblem(await app.send("/api/runs", { yaml: "latentDim: [" }), 400);
  await readProblem(
    await app.send("/api/runs", { config: { ...SMALL, data: { source: "/etc" } } }),
    403,
    "data.source",
  );
  await readProblem(
    await app.send("/api/runs", { config: { ...SMALL, data: { source: "../../etc" } } }),
    403,
    "data.source",
  );
  await Deno.mkdir(join(app.home, "datasets", "empty"), { recursive: true });
  const run = await start(app, { config: { ...SMALL, data: { source: "empty" } } });
  await until(app, run.id, "failed");
  assertStringIncludes((await app.services.runs.get(run.id)).failure!, "Cannot find pictures");
  const events = await follow(app, run.id);
  await events.upTo((event) => event.type === "state" && event.state === "failed");
  await events.leave();
});

Deno.test("a page of another origin can start nothing", () =>
  withRuns(async (app) => {
    for (const headers of [{ origin: "http://evil.example" }, { "sec-fetch-site": "cross-site" }]) {
      await readProblem(await app.send("/api/runs", { config: SMALL }, { headers }), 403);
    }
    assertEquals((await readResponse(await app.get("/api/runs"), "RunPage")).total, 0);
  }));
