import { assert, assertEquals } from "deno-std/assert/mod.js";
import type { Connection } from "../../lib/browser/backend.ts";
import { FrameClient } from "../../lib/browser/frame_client.ts";
import type { FrameEvent, MoveRequest } from "../../lib/protocol.ts";

/** A server in a few lines: it hands out streams, keeps the moves, and lets a test answer each when it likes. */
class FakeServer {
  readonly streams: FakeSource[] = [];
  readonly moves: MoveRequest[] = [];
  readonly #answers: ((response: Response | Error) => void)[] = [];
  clock = 0;

  readonly environment = {
    openStream: (url: string) => {
      assertEquals(url, "/api/stream");
      const source = new FakeSource();
      this.streams.push(source);
      return source as unknown as EventSource;
    },
    fetch: (url: string, init: RequestInit) => {
      assert(/^\/api\/streams\/[a-z0-9]+\/move$/.test(url));
      this.moves.push(JSON.parse(init.body as string));
      return new Promise<Response>((resolve, reject) => {
        this.#answers.push((answer) => answer instanceof Error ? reject(answer) : resolve(answer));
      });
    },
    now: () => this.clock,
    retryAfter: [1],
  };

  get stream(): FakeSource {
    return this.streams.at(-1)!;
  }

  async answer(status = 202, body: BodyInit | null = null): Promise<void> {
    this.#answers.shift()!(new Response(body, { status }));
    await settle();
  }

  async refuseConnection(): Promise<void> {
    this.#answers.shift()!(new TypeError("Failed to fetch"));
    await settle();
  }
}

class FakeSource extends EventTarget {
  closed = false;
  close(): void {
    this.closed = true;
  }
  emit(event: string, data?: unknown): void {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }));
  }
  hello(streamId: string): void {
    this.emit("hello", { version: 1, streamId });
  }
  frame(seq: number, more: Partial<FrameEvent> = {}): void {
    this.emit("frame", { seq, dropped: 0, ...more });
  }
}

const settle = (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function start() {
  const server = new FakeServer();
  const frames: { seq: number; movedAt: number }[] = [];
  const problems: string[] = [];
  const connections: Connection[] = [];
  const client = new FrameClient("tiny", {
    onFrame: (frame, movedAt) => frames.push({ seq: frame.seq, movedAt }),
    onProblem: (detail) => problems.push(detail),
    onConnection: (connection) => connections.push(connection),
  }, server.environment);
  client.resume();
  return { server, client, frames, problems, connections };
}

Deno.test("FrameClient keeps a move until hello names the stream", async () => {
  const { server, client, connections } = start();
  client.move([1, 2]);
  assertEquals(server.moves, []);
  server.stream.hello("a1");
  await settle();
  const { window, ...move } = server.moves[0]!;
  assertEquals(move, { seq: 1, model: "tiny", z: [1, 2] });
  assert(/^[\w-]{1,64}$/.test(window!), "a name that the server takes");
  assertEquals(connections, ["connecting", "open"]);
  client.pause();
});

Deno.test("FrameClient has two moves in flight and only the newest waiting", async () => {
  const { server, client } = start();
  server.stream.hello("a1");
  for (let value = 1; value <= 6; value++) client.move([value]);
  await settle();
  assertEquals(server.moves.map((move) => move.seq), [1, 2]);
  assertEquals(client.dropped, 3);
  await server.answer();
  assertEquals(server.moves.map((move) => move.seq), [1, 2, 6]);
  await server.answer();
  await server.answer();
  assertEquals(server.moves.length, 3);
  client.pause();
});

Deno.test("FrameClient has up to four moves in flight when the round trip is long", async () => {
  const { server, client } = start();
  server.stream.hello("a1");
  for (let trip = 1; trip <= 12; trip++) {
    client.move([trip]);
    server.clock += 50;
    await server.answer();
  }
  const before = server.moves.length;
  for (let value = 1; value <= 9; value++) client.move([value]);
  assertEquals(server.moves.slice(before).map((move) => move.seq), [13, 14, 15, 16]);
  client.pause();
});

Deno.test("FrameClient sends the next move when a frame is quicker than its move's response", async () => {
  const { server, client } = start();
  server.stream.hello("a1");
  for (const value of [1, 2, 3]) client.move([value]);
  await settle();
  assertEquals(server.moves.length, 2);
  server.stream.frame(2); // and so the first is done too
  await settle();
  client.move([4]);
  assertEquals(server.moves.map((move) => move.seq), [1, 2, 3, 4]);
  await server.answer();
  await server.answer(); // of the first two, late: the others are still in flight
  client.move([5]);
  assertEquals(server.moves.length, 4);
  client.pause();
});

Deno.test("FrameClient does not count an outage as latency", async () => {
  const { server, client, frames } = start();
  server.stream.hello("a1");
  server.stream.emit("error");
  client.move([8]);
  server.clock = 5000;
  await settle(10);
  server.stream.hello("b2");
  server.stream.frame(1);
  assertEquals(frames, [{ seq: 1, movedAt: NaN }]);
  client.pause();
});

Deno.test("FrameClient times a frame from its move and passes over frames older than the newest", () => {
  const { server, client, frames } = start();
  server.stream.hello("a1");
  server.clock = 10;
  client.move([1]);
  server.clock = 14;
  client.move([2]);
  server.stream.frame(2, { dropped: 1 });
  server.stream.frame(1);
  server.stream.frame(2);
  assertEquals(frames, [{ seq: 2, movedAt: 14 }]);
  assertEquals(client.dropped, 1);
  client.pause();
});

Deno.test("FrameClient opens a new stream when one breaks and sends the unanswered move again", async () => {
  const { server, client, frames, connections } = start();
  server.stream.hello("a1");
  client.move([7]);
  await server.answer();
  server.stream.emit("error");
  assert(server.stream.closed);
  client.move([8]);
  await settle(10);
  assertEquals(server.streams.length, 2);
  server.stream.hello("b2");
  await settle();
  assertEquals(server.moves.map((move) => [move.seq, move.z[0]]), [[1, 7], [2, 8]]);
  server.stream.frame(2);
  assertEquals(frames.map((frame) => frame.seq), [2]);
  assertEquals(connections, ["connecting", "open", "disconnected", "open"]);
  client.pause();
});

Deno.test("FrameClient sends nothing again when the newest move was answered before the stream broke", async () => {
  const { server, client } = start();
  server.stream.hello("a1");
  client.move([7]);
  await server.answer();
  server.stream.frame(1);
  server.stream.emit("error");
  await settle(10);
  server.stream.hello("b2");
  await settle();
  assertEquals(server.moves.length, 1);
  client.pause();
});

Deno.test("FrameClient reconnects and resends after a 410", async () => {
  const { server, client, problems } = start();
  server.stream.hello("a1");
  client.move([3]);
  await server.answer(410);
  await settle(10);
  assertEquals(server.streams.length, 2);
  server.stream.hello("b2");
  await settle();
  assertEquals(server.moves.map((move) => move.z), [[3], [3]]);
  assertEquals(problems, []);
  client.pause();
});
Deno.test("FrameClient keeps trying while the server cannot be reached", async () => {
  const { server, client, connections } = start();
  server.stream.hello("a1");
  client.move([3]);
  await server.refuseConnection();
  for (let attempt = 0; attempt < 3; attempt++) {
    await settle(10);
    server.stream.emit("error");
  }
  await settle(10);
  assertEquals(server.streams.length, 5);
  assertEquals(connections, ["connecting", "open", "disconnected"]);
  server.stream.hello("b2");
  await settle();
  assertEquals(server.moves.at(-1)!.z, [3]);
  client.pause();
});

Deno.test("FrameClient reports a failed move in the server's words and does not repeat the move", async () => {
  const { server, client, problems } = start();
  server.stream.hello("a1");
  client.move([3]);
  await server.answer(400, JSON.stringify({ detail: "z must have 2 numbers" }));
  server.stream.emit("error");
  await settle(10);
  server.stream.hello("b2");
  await settle();
  assertEquals(problems, ["z must have 2 numbers"]);
  assertEquals(server.moves.length, 1);
  client.pause();
});

Deno.test("FrameClient reports a problem event and goes on", async () => {
  const { server, client, problems, frames } = start();
  server.stream.hello("a1");
  client.move([3]);
  await server.answer();
  server.stream.emit("problem", { seq: 1, title: "Damaged", detail: "decoder.onnx was altered" });
  client.move([4]);
  server.stream.frame(2);
  assertEquals(problems, ["decoder.onnx was altered"]);
  assertEquals(frames.map((frame) => frame.seq), [2]);
  client.pause();
});

Deno.test("FrameClient holds no connection while paused and sends the newest move on resuming", async () => {
  const { server, client, connections } = start();
  server.stream.hello("a1");
  client.pause();
  assert(server.stream.closed);
  client.move([1]);
  client.move([2]);
  await settle(10);
  assertEquals(server.streams.length, 1);
  client.resume();
  server.stream.hello("b2");
  await settle();
  assertEquals(server.moves.map((move) => move.z), [[2]]);
  assertEquals(connections, ["connecting", "open", "paused", "connecting", "open"]);
  client.pause();
});
