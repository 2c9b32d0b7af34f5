/** What only a real connection shows: a client that goes away, and one that stays but reads nothing. */
import { assert, assertEquals, assertLess } from "deno-std/assert/mod.js";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { openApp, type TestApp } from "./app.ts";

interface Served extends AsyncDisposable {
  readonly app: TestApp;
  readonly port: number;
}

async function serve(): Promise<Served> {
  const app = await openApp();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => app.handler(request));
  return {
    app,
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      await app[Symbol.asyncDispose]();
      await server.shutdown();
    },
  };
}

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !holds(); waited += 5) {
    assertLess(waited, 5000, what);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function move(port: number, id: string, seq: number): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/api/streams/${id}/move`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ seq, model: "tiny", z: [seq / 100, 0] }),
  });
}

/** A connection of our own that asks for the stream and reads just its hello. */
async function connect(port: number): Promise<{ connection: Deno.Conn; id: string }> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`GET /api/stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`));
  const buffer = new Uint8Array(4096);
  let text = "";
  while (!text.includes("streamId")) {
    text += new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
  }
  return { connection, id: /"streamId":"([0-9a-f]{32})"/.exec(text)![1]! };
}

Deno.test("over a real connection a move's frame arrives, uncompressed and at once", async () => {
  await using served = await serve();
  const { port } = served;
  const stream = await fetch(`http://127.0.0.1:${port}/api/stream`);
  assertEquals(stream.headers.get("content-encoding"), null, "compression would hold small events back");
  const events = stream.body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
    .getReader();
  const id = JSON.parse((await events.read()).value!.data).streamId as string;
  await (await move(port, id, 1)).body!.cancel();
  const frame = (await events.read()).value!;
  assertEquals([frame.event, JSON.parse(frame.data).seq], ["frame", 1]);
  await events.cancel();
  await until(() => served.app.services.streams.size === 0, "the stream is forgotten when its reader cancels");
});

Deno.test("a client that hangs up ends its stream, even one that had stopped reading", async () => {
  await using served = await serve();
  const { connection, id } = await connect(served.port);
  for (let seq = 1; seq <= 50; seq++) await (await move(served.port, id, seq)).body!.cancel();
  assertEquals(served.app.services.streams.size, 1);
  connection.close();
  await until(() => served.app.services.streams.size === 0, "the stream is forgotten when its client hangs up");
  const late = await move(served.port, id, 51);
  assertEquals(late.status, 410);
  await late.body!.cancel();
});

Deno.test("a request with a foreign Host header is refused on a real connection", async () => {
  await using served = await serve();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: served.port });
  const request = "GET /api/health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
  await connection.write(new TextEncoder().encode(request));
  const text = await new Response(connection.readable).text();
  assert(text.startsWith("HTTP/1.1 421 "), text.slice(0, 80));
});

Deno.test("an upload that never ends is answered by 413 while it is still being sent", async () => {
  await using served = await serve();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: served.port });
  const head =
    `POST /api/encode?model=tiny HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nTransfer-Encoding: chunked\r\n\r\n`;
  await connection.write(new TextEncoder().encode(head));
  const chunk = new TextEncoder().encode(`100000\r\n${"x".repeat(0x100000)}\r\n`); // 1 MiB
  let sent = 0;
  const sending = (async () => {
    while (sent < 64) {
      for (let written = 0; written < chunk.length;) written += await connection.write(chunk.subarray(written));
      sent++;
    }
  })().catch(() => {});
  const buffer = new Uint8Array(4096);
  const length = await connection.read(buffer);
  assert(new TextDecoder().decode(buffer.subarray(0, length!)).startsWith("HTTP/1.1 413 "));
  assertLess(sent, 30, "MiB taken of a body that may have 16");
  connection.close();
  await sending;
});
