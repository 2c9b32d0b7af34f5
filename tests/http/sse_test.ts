import { assert, assertEquals, assertFalse, assertRejects } from "deno-std/assert/mod.js";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { endEventStreams, EventStream } from "../../lib/http/sse.ts";

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

function parsed(stream: EventStream) {
  return stream.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
}

Deno.test("EventStream sends events that a parser reads, with ids that count up", async () => {
  const stream = new EventStream();
  const reader = parsed(stream);
  stream.send("hello", { streamId: "a\nb" });
  stream.send("frame", { seq: 1 });
  stream.close();
  assertEquals((await reader.read()).value, { id: "1", event: "hello", data: '{"streamId":"a\\nb"}' });
  assertEquals((await reader.read()).value, { id: "2", event: "frame", data: '{"seq":1}' });
  assert((await reader.read()).done);
});

Deno.test("EventStream.response() is an event stream that nothing may keep or hold back", async () => {
  const stream = new EventStream();
  const response = stream.response();
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  assertEquals(response.headers.get("cache-control"), "no-store");
  await response.body!.cancel();
});

Deno.test("EventStream.send() drops events while the reader does not read, and takes them again when it does", async () => {
  let ready = 0;
  const stream = new EventStream({ onReady: () => ready++ });
  await turn();
  const sent = Array.from({ length: 1000 }, (_, i) => stream.send("frame", { i })).filter(Boolean).length;
  assertEquals(sent, 2);
  assertFalse(stream.ready);

  const before = ready;
  const reader = stream.body.getReader();
  await reader.read();
  await turn();
  assert(stream.ready);
  assert(ready > before, "the owner learns that there is room");
  assert(stream.send("frame", {}));
  await reader.cancel();
});

Deno.test("EventStream.send() keeps what must not be lost beyond the queue, within a bound", async () => {
  const stream = new EventStream();
  const sent = Array.from({ length: 1000 }, (_, i) => stream.send("problem", { i }, { keep: true })).filter(Boolean);
  assert(sent.length > 2 && sent.length < 100, `${sent.length} kept`);
  await stream.body.cancel();
});

Deno.test("EventStream.room() waits for the reader, and ends when the reader leaves", async () => {
  const stream = new EventStream();
  while (stream.send("frame", {}));
  let woken = false;
  const room = stream.room().then(() => woken = true);
  await turn();
  assertFalse(woken);
  const reader = stream.body.getReader();
  await reader.read();
  await room;
  assert(stream.ready);

  while (stream.send("frame", {}));
  const after = stream.room();
  await reader.cancel();
  await after;
  assert(stream.closed);
});

Deno.test("EventStream reports once that its reader has left, and sends nothing more", async () => {
  let closed = 0;
  const stream = new EventStream({ onClose: () => closed++ });
  await stream.body.cancel();
  assertEquals(closed, 1);
  assertFalse(stream.send("frame", {}));
  stream.close();
  assertEquals(closed, 1);
});

Deno.test("EventStream.close() may be called again and ends the body after what was sent", async () => {
  let closed = 0;
  const stream = new EventStream({ onClose: () => closed++ });
  stream.send("done", {});
  stream.close();
  stream.close();
  assertEquals(closed, 1);
  assertEquals(await new Response(stream.body).text(), "id: 1\nevent: done\ndata: {}\n\n");
});

Deno.test("EventStream sends a comment as a heartbeat, which a parser passes over", async () => {
  const stream = new EventStream({ heartbeat: 5 });
  const reader = stream.body.getReader();
  assertEquals(new TextDecoder().decode((await reader.read()).value), ":\n\n");
  await reader.cancel();
});

Deno.test("EventStream ends itself when its reader has stopped reading for several heartbeats", async () => {
  const ended = Promise.withResolvers<void>();
  const stream = new EventStream({ heartbeat: 5, onClose: ended.resolve });
  while (stream.send("frame", {}));
  await ended.promise;
  assert(stream.closed);
});

Deno.test("endEventStreams() ends streams that were read in order, and breaks those that were not", async () => {
  const read = new EventStream();
  const unread = new EventStream();
  unread.send("frame", {});
  endEventStreams();
  assertEquals(await new Response(read.body).text(), "");
  await assertRejects(() => new Response(unread.body).text());
  assert(read.closed && unread.closed);
});
