import { assert, assertEquals, assertLess, assertRejects } from "deno-std/assert/mod.js";
import { decodeUpload } from "../../lib/imaging/mod.ts";
import { interpolate } from "../../lib/latent/mod.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";
import { openApp } from "../http/app.ts";
import { pixelsOf, readEvents, readProblem, readResponse } from "./_responses.ts";

const KEYS = [[-1, 0.5], [1, 2], [0, -1]];

Deno.test("POST /api/interpolate streams every frame in order, and done", async () => {
  await using app = await openApp();
  for (const method of ["lerp", "slerp"] as const) {
    const events = await readEvents(
      await app.send("/api/interpolate", { model: "tiny", keys: KEYS, method, frames: 50 }),
    ).rest();
    assertEquals(events.length, 51);
    assertEquals(events.at(-1)!.event, "done");
    assertEquals(events.at(-1)!.data, { frames: 50 });
    const frames = events.slice(0, -1);
    assertEquals(frames.map(({ data }) => data.seq), Array.from({ length: 50 }, (_, i) => i));
    assert(frames.every(({ event, data }) => event === "frame" && data.provider === "cpu"));

    const runtime = await app.services.models.get("tiny");
    const direct = await runtime.decode(interpolate(KEYS, 50, method), 50);
    assertEquals(pixelsOf(frames[17]!.data), direct.pixels.slice(17 * 784, 18 * 784), method);
    assertEquals(pixelsOf(frames[49]!.data), direct.pixels.slice(49 * 784), method);
  }
});

Deno.test("POST /api/interpolate stops decoding when its client leaves", async () => {
  await using app = await openApp();
  let decoded = 0;
  const ended = Promise.withResolvers<unknown>();
  const runtime = await app.services.models.get("tiny");
  const frames = runtime.frames.bind(runtime);
  runtime.frames = async function* (z, count, options) {
    try {
      for await (const batch of frames(z, count, options)) {
        decoded += batch.count;
        yield batch;
      }
    } finally {
      ended.resolve(options?.signal?.aborted);
    }
  };
  const events = readEvents(await app.send("/api/interpolate", { model: "tiny", keys: KEYS, frames: 240 }));
  await events.next();
  await events.leave();
  assertEquals(await ended.promise, true, "the decoder's signal was aborted");
  assertLess(decoded, 100, "frames decoded before the client left");
});

Deno.test("POST /api/interpolate decodes no faster than it is read", async () => {
  await using app = await openApp();
  let decoded = 0;
  const runtime = await app.services.models.get("tiny");
  const frames = runtime.frames.bind(runtime);
  runtime.frames = async function* (z, count, options) {
    for await (const batch of frames(z, count, options)) {
      decoded += batch.count;
      yield batch;
    }
  };
  const response = await app.send("/api/interpolate", { model: "tiny", keys: KEYS, frames: 240 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  assertLess(decoded, 100, "nobody has read a frame yet");
  const events = await readEvents(response).rest();
  assertEquals([events.length, decoded], [241, 240]);
});

Deno.test("POST /api/interpolate sends a failure down the stream, without its inner words", async () => {
  await using app = await openApp();
  const runtime = await app.services.models.get("tiny");
  // deno-lint-ignore require-yield -- fails before its first batch
  runtime.frames = async function* () {
    await Promise.resolve();
    throw new Error("secret of the decoder");
  };
  const events = await readEvents(await app.send("/api/interpolate", { model: "tiny", keys: KEYS })).rest();
  assertEquals(events.map(({ event }) => event), ["problem"]);
  assertEquals(events[0]!.data.detail, "Internal server error");
});

Deno.test("POST /api/interpolate gives a strip as GIF, WebP or sheet, enlarged without blur", async () => {
  await using app = await openApp();
  const body = { model: "tiny-colour", keys: [[0, 0, 0], [1, 2, 3]], frames: 6, scale: 3, columns: 4, delayMs: 50 };
  const file = async (type: string) => {
    const response = await app.send("/api/interpolate", body, { headers: { accept: type } });
    assertEquals([response.status, response.headers.get("content-type")], [200, type]);
    assert(response.headers.get("content-disposition")!.startsWith("attachment"));
    return await response.bytes();
  };
  const gif = await file("image/gif");
  assertEquals(new TextDecoder().decode(gif.slice(0, 6)), "GIF89a");
  assertEquals(new DataView(gif.buffer).getUint16(6, true), 48);
  const webp = await file("image/webp");
  assertEquals(new TextDecoder().decode(webp.slice(8, 12)), "WEBP");

  const sheet = await decodeUpload(await file("image/png"));
  assertEquals([sheet.width, sheet.height], [4 * 48, 2 * 48]);
  const { images } = await readResponse(
    await app.send("/api/decode", { model: "tiny-colour", z: [0, 0, 0] }),
    "Decoded",
  );
  const pixels = pixelsOf(images[0]!);
  const at = (x: number, y: number) => sheet.data.slice((y * sheet.width + x) * 3, (y * sheet.width + x) * 3 + 3);
  for (const [x, y] of [[0, 0], [47, 0], [20, 31], [47, 47]] as const) {
    const from = (Math.floor(y / 3) * 16 + Math.floor(x / 3)) * 3;
    assertEquals(at(x, y), pixels.slice(from, from + 3), `${x},${y}`);
  }
});

Deno.test("POST /api/interpolate refuses bad input before it streams anything", async () => {
  await using app = await openApp();
  const cases: [Record<string, unknown>, number, string][] = [
    [{ keys: [[0, 0]] }, 400, "keys"],
    [{ keys: [[0, 0], [1]] }, 400, "keys[1]"],
    [{ keys: [[0, 0], [1, "x"]] }, 400, "keys[1][1]"],
    [{ frames: 1 }, 400, "frames"],
    [{ frames: 241 }, 400, "frames"],
    [{ frames: 2 }, 400, "frames"], // fewer than keys
    [{ method: "spline" }, 400, "method"],
    [{ model: "nope" }, 404, "model"],
  ];
  for (const [part, status, field] of cases) {
    await readProblem(await app.send("/api/interpolate", { model: "tiny", keys: KEYS, ...part }), status, field);
  }
});

Deno.test("POST /api/interpolate refuses a file of too many pixels", async () => {
  await using app = await openApp();
  await writeTinyModel(app.models, { name: "large", size: 64 });
  const body = { model: "large", keys: KEYS, frames: 240, scale: 16 };
  await readProblem(await app.send("/api/interpolate", body, { headers: { accept: "image/gif" } }), 413, "scale");
});

Deno.test("closing the server does not wait for a strip that nobody reads", async () => {
  const app = await openApp();
  const response = await app.send("/api/interpolate", { model: "tiny", keys: KEYS, frames: 240 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  const started = performance.now();
  await app[Symbol.asyncDispose]();
  assertLess(performance.now() - started, 2000);
  await assertRejects(() => response.text());
});
