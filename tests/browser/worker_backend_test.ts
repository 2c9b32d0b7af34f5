/** The page's end of a shared board's worker, against a worker that the test speaks for. */
import { assertEquals, assertRejects } from "deno-std/assert/mod.js";
import type { FrameHandlers } from "../../lib/browser/backend.ts";
import { setBackend } from "../../lib/browser/backend.ts";
import type { WorkerReply, WorkerRequest } from "../../lib/browser/shared_board.ts";
import { DecodedFrames, workerBackend, type WorkerPort } from "../../lib/browser/worker_backend.ts";
import type { DecodeRequest } from "../../lib/protocol.ts";

class FakeWorker implements WorkerPort {
  readonly received: WorkerRequest[] = [];
  onmessage: ((event: MessageEvent<WorkerReply>) => void) | null = null;

  postMessage(message: WorkerRequest): void {
    this.received.push(message);
  }

  reply(reply: WorkerReply): void {
    this.onmessage!({ data: reply } as MessageEvent<WorkerReply>);
  }

  /** Answers the decode that was asked for last with a picture of one pixel. */
  decode(value: number): void {
    const { id } = this.received.at(-1)!;
    const image = { width: 1, height: 1, channels: 1, data: btoa(String.fromCharCode(value)) };
    const body = new TextEncoder().encode(JSON.stringify({ model: "m", provider: "wasm", images: [image] }));
    this.reply({ id, status: 200, headers: [["content-type", "application/json"]], body: body.buffer });
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("fetch() resolves with the worker's response, also where responses cross", async () => {
  const worker = new FakeWorker();
  const { fetch } = workerBackend(worker, "/board/");
  const [first, second] = [
    fetch("/api/decode", { method: "POST", headers: { accept: "image/png" }, body: "1" }),
    fetch("/api/sample"),
  ];
  const [one, two] = worker.received as Extract<WorkerRequest, { path: string }>[];
  assertEquals([one!.path, one!.init], [
    "/api/decode",
    { method: "POST", headers: [["accept", "image/png"]], body: "1" },
  ]);
  worker.reply({ id: two!.id, status: 422, headers: [], body: new Uint8Array([50]).buffer });
  worker.reply({
    id: one!.id,
    status: 200,
    headers: [["content-type", "image/png"]],
    body: new Uint8Array([49]).buffer,
  });
  assertEquals([(await first).headers.get("content-type"), await (await first).text()], ["image/png", "1"]);
  assertEquals([(await second).status, await (await second).text()], [422, "2"]);
});

Deno.test("an event stream comes in chunks, and ends in the worker when its reader leaves", async () => {
  const worker = new FakeWorker();
  const asked = workerBackend(worker, "/").fetch("/api/interpolate");
  const { id } = worker.received[0]!;
  worker.reply({ id, status: 200, headers: [["content-type", "text/event-stream"]] });
  const reader = (await asked).body!.pipeThrough(new TextDecoderStream()).getReader();
  worker.reply({ id, chunk: new TextEncoder().encode("event") });
  assertEquals((await reader.read()).value, "event");
  await reader.cancel();
  assertEquals(worker.received.at(-1), { id, abort: true });
  worker.reply({ id, end: true }); // too late, and no matter
});

Deno.test("an aborted request rejects at once, and the worker is told to stop", async () => {
  const worker = new FakeWorker();
  const { fetch } = workerBackend(worker, "/");
  const controller = new AbortController();
  const asked = fetch("/api/decode", { signal: controller.signal });
  controller.abort();
  await assertRejects(() => asked, DOMException, "aborted");
  assertEquals(worker.received.at(-1), { id: worker.received[0]!.id, abort: true });
  await assertRejects(() => fetch("/api/decode", { signal: controller.signal }), DOMException);
  assertEquals(worker.received.length, 2);
});

Deno.test("of moves made during one decode the newest is decoded; a pause keeps it", async () => {
  const worker = new FakeWorker();
  setBackend(workerBackend(worker, "/"));
  const frames: number[] = [];
  const connections: string[] = [];
  const handlers: FrameHandlers = {
    onFrame: ({ data, seq }) => frames.push(seq, atob(data).charCodeAt(0)),
    onProblem: (detail) => frames.push(NaN, detail.length),
    onConnection: (connection) => connections.push(connection),
  };
  const source = new DecodedFrames("m", handlers);
  source.resume();
  for (const value of [1, 2, 3]) source.move([value]);
  const zs = () =>
    worker.received.map((message) => JSON.parse((message as { init: { body: string } }).init.body) as DecodeRequest);
  assertEquals(zs().map(({ z }) => z), [[1]]);
  source.pause();
  worker.decode(10);
  await turn();
  assertEquals(worker.received.length, 1);
  source.resume();
  assertEquals(zs().map(({ z }) => z), [[1], [3]]);
  worker.decode(30);
  await turn();
  assertEquals(frames, [1, 10, 3, 30]);
  assertEquals(source.dropped, 1);
  assertEquals(connections, ["open", "paused", "open"]);
});
