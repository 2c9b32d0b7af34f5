// deno-lint-ignore-file no-console -- a task speaks to the person at the terminal
/**
 * Hours of mixed use of the real server: sliders, saves, exports that are given up, pictures read, models replaced,
 * connections dropped. Its memory must not grow in the second half, nor its descriptors. `--minutes` is 120 by default.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { residentMegabytes, startServer } from "../benches/_server.ts";
import { writeTinyModel } from "./fixtures/tiny_model.ts";

/** Growth of the second half's memory that is let through, megabytes, and of its descriptors. */
const MAX_GROWTH_MEGABYTES = 30;
const MAX_GROWTH_DESCRIPTORS = 5;
const SAMPLE_MS = 5000;
const SLIDERS = 4;

interface Sample {
  readonly minute: number;
  readonly megabytes: number;
  readonly descriptors: number;
}

const { values } = parseArgs({ options: { minutes: { type: "string", default: "120" } } });
const minutes = Number(values.minutes);
const folder = await Deno.makeTempDir({ prefix: "latentboard-soak-" });
const models = join(folder, "models");
await writeTinyModel(models, { name: "tiny", latentDim: 20 });
await writeTinyModel(models, { name: "colour", latentDim: 3, channels: 3, size: 16 });
const server = await startServer(["--home", join(folder, "home"), "--models", models]);
const stop = AbortSignal.timeout(minutes * 60_000);
const counts: Record<string, number> = {};
const samples: Sample[] = [];

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const random = (least: number, most: number) => least + Math.random() * (most - least);
const latent = (size: number) => Array.from({ length: size }, () => random(-2, 2));

/** One request; what can't be answered is counted, and what fails on the server's side ends the task. */
async function ask(what: string, path: string, init: RequestInit = {}): Promise<Response | undefined> {
  try {
    const response = await fetch(server.url + path, init);
    if (response.status >= 500 && response.status !== 503) {
      throw new TypeError(`${what} answered ${response.status}: ${await response.text()}`);
    }
    counts[`${what} ${response.status}`] = (counts[`${what} ${response.status}`] ?? 0) + 1;
    return response;
  } catch (error) {
    if (init.signal?.aborted !== true) throw error;
    counts[`${what} left`] = (counts[`${what} left`] ?? 0) + 1;
    return undefined;
  }
}

async function send(what: string, path: string, body: unknown, more: RequestInit = {}): Promise<Response | undefined> {
  const headers = { "content-type": "application/json", ...more.headers as Record<string, string> };
  return await ask(what, path, { method: "POST", ...more, headers, body: JSON.stringify(body) });
}

async function slide(): Promise<void> {
  while (!stop.aborted) {
    const stream = (await ask("stream", "/api/stream"))!;
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    const id = /"streamId":"([0-9a-f]{32})"/.exec((await reader.read()).value ?? "")?.[1];
    const reading = (async () => {
      while (!(await reader.read()).done);
    })().catch(() => {});
    for (let seq = 1; seq < 300 && !stop.aborted; seq++) {
      const response = await send("move", `/api/streams/${id}/move`, { seq, model: "tiny", z: latent(20) });
      await response?.body?.cancel();
      await pause(30);
    }
    await reader.cancel();
    await reading;
  }
}

async function repeat(least: number, most: number, work: () => Promise<Response | undefined>): Promise<void> {
  while (!stop.aborted) {
    await (await work())?.arrayBuffer().catch(() => {}); // the client may have left
    await pause(random(least, most));
  }
}

async function sample(): Promise<void> {
  const started = performance.now();
  while (!stop.aborted) {
    samples.push({
      minute: (performance.now() - started) / 60_000,
      megabytes: await residentMegabytes(server.pid),
      descriptors: await countDescriptors(server.pid),
    });
    await pause(SAMPLE_MS);
  }
}

/** By another program: Deno lets itself look into /proc with every right alone. */
async function countDescriptors(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("ls", { args: [`/proc/${pid}/fd`] }).output();
  return new TextDecoder().decode(stdout).trim().split("\n").length;
}

async function exchangeModel(): Promise<undefined> {
  await writeTinyModel(models, {
    name: "colour",
    latentDim: 3,
    channels: 3,
    size: 16,
    seed: Math.ceil(random(0, 1e6)),
  });
  return undefined;
}

async function saveAndDelete(): Promise<Response | undefined> {
  const saved = await (await send("save", "/api/save", { model: "tiny", z: latent(20), tags: ["soak"] }))!.json();
  await (await ask("picture", saved.url))!.body!.cancel();
  return await ask("delete", `/api/gallery/${saved.id}`, { method: "DELETE" });
}

async function exportStrip(): Promise<Response | undefined> {
  const type = ["image/gif", "image/webp", "image/png"][Math.floor(random(0, 3))]!;
  const body = { model: "colour", keys: [latent(3), latent(3)], frames: 60, scale: 8 };
  const signal = Math.random() < 0.5 ? AbortSignal.timeout(random(20, 400)) : AbortSignal.timeout(60_000);
  return await send("export", "/api/interpolate", body, { headers: { accept: type }, signal });
}

async function encode(): Promise<Response | undefined> {
  const body = { model: "tiny", z: latent(20) };
  const picture = (await send("decode", "/api/decode", body, { headers: { accept: "image/png" } }))!;
  return await ask("encode", "/api/encode?model=tiny", {
    method: "POST",
    headers: { "content-type": "image/png" },
    body: await picture.arrayBuffer(),
  });
}

async function dropConnections(): Promise<undefined> {
  const { hostname, port } = new URL(server.url);
  const connections = await Promise.all(
    Array.from({ length: 20 }, () => Deno.connect({ hostname, port: Number(port) })),
  );
  for (const connection of connections) connection.close();
  return undefined;
}

try {
  const pages = ["/", "/gallery", "/models", "/models/tiny", "/api/models", "/metrics", "/api/status"];
  await Promise.all([
    sample(),
    ...Array.from({ length: SLIDERS }, slide),
    repeat(200, 800, saveAndDelete),
    repeat(500, 3000, exportStrip),
    repeat(300, 1500, encode),
    repeat(200, 1000, () => ask("page", pages[Math.floor(random(0, pages.length))]!)),
    repeat(20_000, 40_000, exchangeModel),
    repeat(5000, 10_000, dropConnections),
  ]);
} finally {
  await server.stop();
  while (await residentMegabytes(server.pid).then(() => true, () => false)) await pause(100); // it closes in order
  await Deno.remove(folder, { recursive: true });
}

const half = samples.slice(Math.floor(samples.length / 2));
const [third, last] = [half.slice(0, Math.floor(half.length / 2)), half.slice(Math.floor(half.length / 2))];
const mean = (part: readonly Sample[], key: "megabytes" | "descriptors") =>
  part.reduce((sum, one) => sum + one[key], 0) / part.length;
for (const [name, count] of Object.entries(counts).sort()) console.log(`${name.padEnd(20)} ${count}`);
for (let i = 0; i < samples.length; i += Math.ceil(samples.length / 12)) {
  const { minute, megabytes, descriptors } = samples[i]!;
  console.log(
    `minute ${minute.toFixed(1).padStart(6)}  ${megabytes.toFixed(0).padStart(5)} MB  ${descriptors} descriptors`,
  );
}
const growth = 2 * (mean(last, "megabytes") - mean(third, "megabytes"));
const opened = mean(last, "descriptors") - mean(third, "descriptors");
console.log(
  `Second half: ${growth.toFixed(1)} MB of growth (limit ${MAX_GROWTH_MEGABYTES}), by its two quarters' means`,
);
console.log(`Second half: ${opened.toFixed(1)} more descriptors (limit ${MAX_GROWTH_DESCRIPTORS})`);
if (growth >= MAX_GROWTH_MEGABYTES || opened >= MAX_GROWTH_DESCRIPTORS) Deno.exit(1);
