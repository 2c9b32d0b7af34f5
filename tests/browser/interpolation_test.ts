import { assertEquals } from "deno-std/assert/mod.js";
import { EXPORTS, Interpolation } from "../../lib/browser/interpolation.ts";
import { MAX_KEYS } from "../../lib/protocol.ts";

const picture = { width: 28, height: 28, channels: 1, data: "" };
const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/** Answers the strip's requests in the place of the server, for the length of one test. */
async function withServer(
  answer: (path: string, body: Record<string, unknown>, accept: string) => Response,
  work: (strip: Interpolation) => Promise<void>,
) {
  const original = globalThis.fetch;
  globalThis.fetch = (path, init) =>
    Promise.resolve(
      answer(String(path), JSON.parse(init!.body as string), new Headers(init!.headers).get("accept") ?? ""),
    );
  try {
    await work(new Interpolation("tiny"));
  } finally {
    globalThis.fetch = original;
  }
}

const decoded = (z: unknown) => Response.json({ images: (z as unknown[]).map(() => picture) });

Deno.test("Interpolation fills with frames as they come, and ends with done", async () => {
  let asked: Record<string, unknown> = {};
  await withServer((path, body) => {
    if (path === "/api/decode") return decoded(body.z);
    asked = body;
    const frames = Array.from({ length: 4 }, (_, seq) => event("frame", { ...picture, seq }));
    return new Response(frames.join("") + event("done", {}), { headers: { "content-type": "text/event-stream" } });
  }, async (strip) => {
    await strip.addKeys([[0], [1]]);
    strip.frames.value = 4;
    const seen: number[] = [];
    strip.onFrame = (index) => seen.push(index);
    await strip.run();
    assertEquals(asked, { model: "tiny", keys: [[0], [1]], method: "slerp", frames: 4 });
    assertEquals(seen, [0, 1, 2, 3]);
    assertEquals([strip.received.value, strip.running.value, strip.problem.value], [4, false, ""]);
  });
});

Deno.test("Interpolation says so when the server breaks off", async () => {
  await withServer((path, body) => {
    if (path === "/api/decode") return decoded(body.z);
    return new Response(event("frame", { ...picture, seq: 0 }));
  }, async (strip) => {
    await strip.addKeys([[0], [1]]);
    await strip.run();
    assertEquals(strip.received.value, 1);
    assertEquals(strip.problem.value, "The connection broke before the strip was complete: render it again");
    assertEquals(strip.running.value, false);
  });
});

Deno.test("Interpolation shows a refusal in the server's words", async () => {
  await withServer(
    () => Response.json({ detail: "There is no model tiny" }, { status: 404 }),
    async (strip) => {
      await strip.addKeys([[0]]);
      assertEquals([strip.keys.value.length, strip.problem.value], [0, "There is no model tiny"]);
    },
  );
});

Deno.test("Interpolation export() asks for the strip that is shown, enlarged by a whole factor", async () => {
  let asked: Record<string, unknown> = {};
  await withServer((path, body, accept) => {
    if (path === "/api/decode") return decoded(body.z);
    if (accept === "image/gif") {
      asked = body;
      return new Response("GIF89a");
    }
    return new Response(event("frame", { ...picture, seq: 0 }) + event("done", {}));
  }, async (strip) => {
    await strip.addKeys([[0], [1]]);
    await strip.run();
    strip.removeKey(1);
    const blob = await strip.export(EXPORTS[0]);
    assertEquals(await blob!.text(), "GIF89a");
    assertEquals([asked.keys, asked.delayMs, asked.loop, asked.scale], [[[0], [1]], 42, true, 8]);
  });
});

Deno.test("Interpolation moves and removes key frames, and takes no more than the API does", async () => {
  await withServer((_, body) => decoded(body.z), async (strip) => {
    await strip.addKeys([[0], [1], [2]]);
    strip.moveEarlier(3);
    strip.moveEarlier(1);
    assertEquals(strip.keys.value.map((key) => key.z), [[0], [2], [1]]);
    strip.removeKey(3);
    assertEquals(strip.keys.value.map((key) => key.z), [[0], [1]]);
    await strip.addKeys(Array.from({ length: MAX_KEYS - 1 }, () => [0]));
    assertEquals(strip.keys.value.length, 2);
    assertEquals(strip.problem.value, `A strip takes at most ${MAX_KEYS} key frames: remove one first`);
  });
});
