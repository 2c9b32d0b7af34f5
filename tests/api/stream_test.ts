import { assert, assertEquals, assertGreater, assertLess, assertMatch, assertNotEquals } from "deno-std/assert/mod.js";
import { PROTOCOL_VERSION } from "../../lib/protocol.ts";
import { StreamHub } from "../../lib/http/streams.ts";
import { openApp, type TestApp } from "../http/app.ts";
import { pixelsOf, readEvents, readProblem, readResponse } from "./_responses.ts";

async function openStream(app: TestApp) {
  const events = readEvents(await app.get("/api/stream"));
  const hello = await events.next();
  assertEquals(hello!.event, "hello");
  const id = hello!.data.streamId as string;
  const move = (body: Record<string, unknown>) =>
    app.send(`/api/streams/${id}/move`, { model: "tiny", z: [0, 0], ...body });
  return { events, id, hello: hello!.data, move };
}

Deno.test("GET /api/stream says hello with 128 random bits", async () => {
  await using app = await openApp();
  const one = await openStream(app);
  const two = await openStream(app);
  assertMatch(one.id, /^[0-9a-f]{32}$/);
  assertNotEquals(one.id, two.id);
  assertEquals(one.hello.version, PROTOCOL_VERSION);
  await one.events.leave();
  await two.events.leave();
});

Deno.test("a move is answered by 202, and its picture comes down the stream", async () => {
  await using app = await openApp();
  const { events, move } = await openStream(app);
  for (const [seq, z] of [[1, [0.5, -1]], [2, [2, 2]]] as const) {
    const accepted = await move({ seq, z });
    assertEquals([accepted.status, accepted.body], [202, null]);
    const frame = (await events.next())!;
    assertEquals(frame.event, "frame");
    assertEquals(frame.id, String(seq + 1), "ids count up after hello");
    const { images } = await readResponse(await app.send("/api/decode", { model: "tiny", z }), "Decoded");
    assertEquals(pixelsOf(frame.data), pixelsOf(images[0]!));
    const { model, provider, dropped } = frame.data;
    assertEquals([frame.data.seq, model, provider, dropped], [seq, "tiny", "cpu", 0]);
    assert(frame.data.serverMs > 0);
  }
  await events.leave();
});

Deno.test("each stream gets its own frames alone", async () => {
  await using app = await openApp();
  const one = await openStream(app);
  const two = await openStream(app);
  await one.move({ seq: 5, z: [1, 1] });
  await two.move({ seq: 9, z: [-1, -1] });
  assertEquals((await one.events.next())!.data.seq, 5);
  assertEquals((await two.events.next())!.data.seq, 9);
  await one.events.leave();
  await two.events.leave();
});

Deno.test("the newest move wins: what waits is replaced, what comes late is dropped, both are counted", async () => {
  await using app = await openApp();
  const runtime = await app.services.models.get("tiny");
  const decode = runtime.decode.bind(runtime);
  const held = Promise.withResolvers<void>();
  runtime.decode = async (...args) => (await held.promise, await decode(...args));
  const { events, move } = await openStream(app);
  for (let seq = 1; seq <= 200; seq++) {
    assertEquals((await move({ seq, z: [seq / 100, 0] })).status, 202);
  }
  held.resolve();
  assertEquals((await events.next())!.data.seq, 1);
  const newest = (await events.next())!.data;
  assertEquals([newest.seq, newest.dropped], [200, 198]);

  await move({ seq: 3 });
  await move({ seq: 201 });
  const last = (await events.next())!.data;
  assertEquals([last.seq, last.dropped], [201, 199], "the stale one is counted and never shown");
  await events.leave();
});

Deno.test("windows share a stream: each has its own newest move, and its frames name it", async () => {
  await using app = await openApp();
  const runtime = await app.services.models.get("tiny");
  const decode = runtime.decode.bind(runtime);
  const held = Promise.withResolvers<void>();
  runtime.decode = async (...args) => (await held.promise, await decode(...args));
  const { events, move } = await openStream(app);
  const windows = Array.from({ length: 12 }, (_, index) => `w${index}`);
  for (let seq = 1; seq <= 3; seq++) {
    for (const window of windows) await move({ seq, window, z: [seq, 0] });
  }
  held.resolve();
  const newest = new Map<string, number>();
  while (windows.some((window) => newest.get(window) !== 3)) {
    const { window, seq } = (await events.next())!.data;
    assert(seq > (newest.get(window) ?? 0), "in order");
    newest.set(window, seq);
  }
  await readProblem(await move({ seq: 4, window: "a/b" }), 400, "window");
  await events.leave();
});

Deno.test("a reader that does not read is sent nothing more, then the newest picture when it reads again", async () => {
  await using app = await openApp();
  let decoded = 0;
  const runtime = await app.services.models.get("tiny");
  const decode = runtime.decode.bind(runtime);
  runtime.decode = (...args) => (decoded++, decode(...args));

  const response = await app.get("/api/stream");
  const reader = response.body!.getReader();
  const hello = new TextDecoder().decode((await reader.read()).value);
  const id = /"streamId":"([0-9a-f]{32})"/.exec(hello)![1]!;
  for (let seq = 1; seq <= 300; seq++) {
    const answer = await app.send(`/api/streams/${id}/move`, { seq, model: "tiny", z: [seq / 100, 0] });
    assertEquals(answer.status, 202);
  }
  assertLess(decoded, 10, "moves that nobody would see are not decoded");

  const seqs: number[] = [];
  while (seqs.at(-1) !== 300) {
    const text = new TextDecoder().decode((await reader.read()).value);
    seqs.push(Number(/"seq":(\d+)/.exec(text)![1]));
  }
  assertLess(seqs.length, 10);
  await reader.cancel();
});

Deno.test("a stream that ended answers 410, and so does one that never was", async () => {
  await using app = await openApp();
  const { events, move, id } = await openStream(app);
  await events.leave();
  await readProblem(await move({ seq: 1 }), 410, "id");
  assertEquals(app.services.streams.size, 0);
  for (const other of ["0".repeat(32), "x", "..%2f..", id.toUpperCase()]) {
    await readProblem(await app.send(`/api/streams/${other}/move`, { seq: 1, model: "tiny", z: [0, 0] }), 410);
  }
});

Deno.test("a bad move is refused by name and leaves the stream as it is", async () => {
  await using app = await openApp();
  const { events, move } = await openStream(app);
  await readProblem(await move({ seq: 1, z: [0] }), 400, "z");
  await readProblem(await move({ seq: 1, z: [0, null] }), 400, "z[1]");
  await readProblem(await move({ seq: -1 }), 400, "seq");
  await readProblem(await move({ seq: 1, other: "x" }), 400, "other");
  await readProblem(await move({ seq: 1, model: "nope" }), 404, "model");
  await move({ seq: 1 });
  assertEquals((await events.next())!.data.seq, 1);
  await events.leave();
});

Deno.test("a move that can't be decoded comes back as a problem event, without its inner words", async () => {
  await using app = await openApp();
  const runtime = await app.services.models.get("tiny");
  const { events, move } = await openStream(app);
  runtime.decode = () => Promise.reject(new Error("secret of the decoder"));
  await move({ seq: 4 });
  const problem = (await events.next())!;
  assertEquals(problem.event, "problem");
  assertEquals(problem.data, {
    seq: 4,
    title: "Internal Server Error",
    detail: "Internal server error",
  });
  await events.leave();
});

Deno.test("HEAD /api/stream opens nothing", async () => {
  await using app = await openApp();
  const response = await app.handler(new Request("http://127.0.0.1:8000/api/stream", { method: "HEAD" }));
  assertEquals([response.status, response.body], [200, null]);
  assertEquals(app.services.streams.size, 0);
});

Deno.test("closing the server ends its streams", async () => {
  const app = await openApp();
  const { events } = await openStream(app);
  await app[Symbol.asyncDispose]();
  assertEquals(await events.next(), undefined);
});

Deno.test("StreamHub bounds how many streams there are and how long they live", async () => {
  const hub = new StreamHub({ decode: () => Promise.reject(new Error("not asked")), maxStreams: 2, lifetime: 20 });
  const opened = performance.now();
  const one = readEvents(hub.open());
  const two = readEvents(hub.open());
  const refusal = (() => {
    try {
      hub.open();
    } catch (error) {
      return error as Error & { kind: string };
    }
  })();
  assertEquals(refusal?.kind, "unavailable");
  assertEquals((await one.rest()).length, 1, "hello, then the end");
  assertGreater(performance.now() - opened, 15);
  await two.rest();
  assertEquals(hub.size, 0);
  await hub.dispose();
});
