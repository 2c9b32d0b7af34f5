// deno-lint-ignore-file no-console -- a bench speaks to the person at the terminal
/**
 * What a slider feels while the server does other work: the time from a move to its frame, alone and beside exports,
 * archives, uploads and pages; and the server's memory while eight exports are asked for at once.
 */
import { join } from "node:path";
import { writeTinyModel } from "../tests/fixtures/tiny_model.ts";
import { residentMegabytes, startServer } from "./_server.ts";

const SECONDS = 8;
const EVERY_MS = 33;

const folder = await Deno.makeTempDir({ prefix: "latentboard-beside-" });
const models = join(folder, "models");
await writeTinyModel(models, { name: "slider", latentDim: 20 });
await writeTinyModel(models, { name: "colour", latentDim: 3, channels: 3, size: 16 });
const server = await startServer(["--home", join(folder, "home"), "--models", models]);

const post = (path: string, body: unknown, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    ...(signal === undefined ? {} : { signal }),
  });

/** 240 frames of 256 × 256 in colour. */
const strip = (accept: string, signal?: AbortSignal) =>
  post(
    "/api/interpolate",
    { model: "colour", keys: [[-1, 0, 1], [1, 0, -1]], frames: 240, scale: 16 },
    { accept },
    signal,
  );

/** Milliseconds from each move to its frame, sorted. */
async function slide(): Promise<number[]> {
  const stream = await fetch(`${server.url}/api/stream`);
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  const sent = new Map<number, number>();
  const times: number[] = [];
  let text = (await reader.read()).value!;
  const id = /"streamId":"([0-9a-f]{32})"/.exec(text)![1];
  const reading = (async () => {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      text = (text + part.value).slice(-200_000);
      for (const [, seq] of text.matchAll(/event: frame\ndata: \{"seq":(\d+),/g)) {
        const since = sent.get(Number(seq));
        if (since === undefined) continue;
        times.push(performance.now() - since);
        sent.delete(Number(seq));
      }
    }
  })().catch(() => {});
  const end = performance.now() + SECONDS * 1000;
  for (let seq = 1; performance.now() < end; seq++) {
    sent.set(seq, performance.now());
    const z = Array.from({ length: 20 }, () => Math.sin(seq / 9));
    await (await post(`/api/streams/${id}/move`, { seq, model: "slider", z })).body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  await reader.cancel();
  await reading;
  return times.sort((a, b) => a - b);
}

async function measure(name: string, work?: (signal: AbortSignal) => Promise<Response>): Promise<void> {
  const stop = new AbortController();
  const others = Array.from({ length: work === undefined ? 0 : 2 }, async () => {
    while (!stop.signal.aborted) await (await work!(stop.signal)).arrayBuffer();
  });
  const times = await slide();
  stop.abort();
  await Promise.allSettled(others);
  const at = (part: number) => times[Math.floor(part * (times.length - 1))]!.toFixed(1).padStart(7);
  console.log(`${name.padEnd(28)} p50 ${at(0.5)} ms  p95 ${at(0.95)} ms  max ${at(1)} ms  (${times.length} frames)`);
}

try {
  const picture = await (await post("/api/decode", { model: "colour", z: [0, 0, 0] }, { accept: "image/png" })).bytes();
  await measure("a slider alone");
  await measure("beside two GIF exports", (signal) => strip("image/gif", signal));
  await measure("beside two WebP exports", (signal) => strip("image/webp", signal));
  await measure("beside two PNG sheets", (signal) => strip("image/png", signal));
  await measure(
    "beside two model archives",
    (signal) => fetch(`${server.url}/api/models/slider/model.zip`, { signal }),
  );
  await measure("beside two uploads", (signal) =>
    fetch(`${server.url}/api/encode?model=colour`, {
      method: "POST",
      headers: { "content-type": "image/png" },
      body: picture,
      signal,
    }));
  await measure("beside two pages", (signal) => fetch(`${server.url}/`, { signal }));

  const before = await residentMegabytes(server.pid);
  let peak = before;
  const timer = setInterval(async () => peak = Math.max(peak, await residentMegabytes(server.pid)), 100);
  await Promise.all(Array.from({ length: 8 }, async () => (await strip("image/webp")).arrayBuffer()));
  clearInterval(timer);
  console.log(`eight WebP exports at once: ${(peak - before).toFixed(0)} MB beyond the ${before.toFixed(0)} MB before`);
} finally {
  await server.stop();
  while (await residentMegabytes(server.pid).then(() => true, () => false)) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await Deno.remove(folder, { recursive: true });
}
