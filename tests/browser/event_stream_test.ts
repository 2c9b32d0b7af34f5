import { assertEquals } from "deno-std/assert/mod.js";
import { readEvents } from "../../lib/browser/event_stream.ts";

async function read(...chunks: (string | Uint8Array<ArrayBuffer>)[]) {
  const encoder = new TextEncoder();
  const body = ReadableStream.from(chunks.map((chunk) => typeof chunk === "string" ? encoder.encode(chunk) : chunk));
  const events = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

Deno.test("readEvents() reads events, comments and all three line ends", async () => {
  assertEquals(
    await read(": hi\n\nevent: frame\r\nid: 4\r\ndata: 1\r\n\r\ndata:2\rdata: 3\r\revent: done\ndata: {}\n\n"),
    [
      { event: "frame", data: "1" },
      { event: "message", data: "2\n3" },
      { event: "done", data: "{}" },
    ],
  );
});

Deno.test("readEvents() joins what is cut anywhere, within a character and within a line end too", async () => {
  const bytes = new TextEncoder().encode("event: frame\r\ndata: a€b\r\n\r\ndata: c\n\n");
  for (let cut = 1; cut < bytes.length; cut++) {
    assertEquals(
      await read(bytes.slice(0, cut), bytes.slice(cut)),
      [{ event: "frame", data: "a€b" }, { event: "message", data: "c" }],
      `cut at ${cut}`,
    );
  }
});

Deno.test("readEvents() drops an event that is not finished", async () => {
  assertEquals(await read("data: 1\n\ndata: 2\n"), [{ event: "message", data: "1" }]);
});

Deno.test("readEvents() cancels the answer when its reader stops", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("data: 1\n\n")),
    cancel: () => void (cancelled = true),
  });
  for await (const event of readEvents(body)) {
    assertEquals(event.data, "1");
    break;
  }
  assertEquals(cancelled, true);
});
