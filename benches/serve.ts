// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/**
 * `deno task bench:serve`: one run that measures, on the same model and machine, onnxruntime alone, the decode endpoint,
 * a slider's move from its POST until its frame has arrived over the event stream, and how the server's memory grows
 * while a reader that never reads is sent 10,000 frames. The server is the real one, in a process of its own, on a free
 * loopback port.
 */
import { join } from "node:path";
import { EventSourceParserStream } from "eventsource-parser/stream";
import * as ort from "onnxruntime-node";
import type { FrameEvent, HelloEvent, ModelDetail, ModelSummary, ServerStatus } from "../lib/protocol.ts";
import { type CommandSpec, helpText, parseCommand, readSettings } from "../lib/settings.ts";
import { residentMegabytes, startServer } from "./_server.ts";

/** Milliseconds. */
interface Latency {
  readonly p50: number;
  readonly p95: number;
}

/** Megabytes. */
interface Growth {
  readonly before: number;
  readonly grown: number;
  readonly most: number;
}

const FRAMES = 10_000;
const WARM_UP = 200;

const spec: CommandSpec = {
  name: "bench:serve",
  summary: "Times decoding and slider moves on the real server, and its memory under a reader that never reads.",
  options: {
    model: { kind: "string", value: "<name>", help: "the model to decode with; the first one by default" },
    runs: { kind: "number", value: "<n>", help: "how often each is timed", default: "1000" },
    json: { kind: "boolean", help: "print one line of JSON" },
  },
};
const { options, help } = parseCommand(spec);
if (help) {
  console.log(helpText(spec));
  Deno.exit(0);
}
const folder = readSettings(options).models;
const runs = typeof options.runs === "number" ? options.runs : 1000;

const home = await Deno.makeTempDir({ prefix: "latentboard-bench-" });
const server = await startServer(["--home", home, "--models", folder]);
try {
  const { name, latentDim } = await chooseModel();
  const { provider = "cpu" } = await getJson<ServerStatus>("/api/status");
  const raw = await measureRaw(name, latentDim, provider);
  const decode = await measureDecode(name, latentDim);
  const move = await measureMoves(name, latentDim);
  // A reader that reads comes first: what the server's heap grows by under so many requests is not the unread frames'.
  const read = await measureGrowth(name, latentDim, true);
  const unread = await measureGrowth(name, latentDim, false);
  if (options.json) {
    console.log(
      JSON.stringify({
        model: name,
        latentDim,
        provider,
        runs,
        raw,
        decode,
        move,
        memory: { frames: FRAMES, read, unread },
      }),
    );
  } else {
    const row = (what: string, { p50, p95 }: Latency) =>
      console.log(`${what.padEnd(34)} ${p50.toFixed(2).padStart(8)} ${p95.toFixed(2).padStart(8)}`);
    console.log(`${name}, ${latentDim} latents, on ${provider}; ${runs} runs, milliseconds`);
    console.log(`${"".padEnd(34)} ${"p50".padStart(8)} ${"p95".padStart(8)}`);
    row("session.run alone", raw);
    row("POST /api/decode", decode);
    row("move posted until frame arrived", move);
    const growth = (who: string, { before, grown, most }: Growth) =>
      console.log(
        `${who.padEnd(34)} ${grown.toFixed(0).padStart(5)} MB more, at most ${most.toFixed(0)}, than ${
          before.toFixed(0)
        } MB`,
      );
    console.log(`\nThe server's memory under ${FRAMES} moves for`);
    growth("a reader that reads", read);
    growth("then one that never reads", unread);
  }
} finally {
  await server.stop();
  await Deno.remove(home, { recursive: true });
}

async function chooseModel(): Promise<ModelDetail> {
  const models = await getJson<ModelSummary[]>("/api/models");
  const name = typeof options.model === "string" ? options.model : models[0]?.name;
  if (name === undefined) throw new Error(`There is no model in ${folder}: run deno task train first`);
  return await getJson<ModelDetail>(`/api/models/${name}`); // loads it, and tries the providers
}

/** The decoder alone, as the server opens it, in this process. */
async function measureRaw(model: string, latentDim: number, provider: string): Promise<Latency> {
  const session = await ort.InferenceSession.create(
    await Deno.readFile(join(folder, model, "decoder.onnx")),
    { executionProviders: [provider], intraOpNumThreads: 1 },
  );
  const times = await timed(async (i) => {
    const z = new ort.Tensor("float32", latentAt(i, latentDim), [1, latentDim]);
    await session.run({ z }, ["pixels"]);
  });
  await session.release();
  return latencyOf(times);
}

async function measureDecode(model: string, latentDim: number): Promise<Latency> {
  return latencyOf(
    await timed(async (i) => {
      const response = await post("/api/decode", { model, z: [...latentAt(i, latentDim)] });
      await response.json();
    }),
  );
}

async function measureMoves(model: string, latentDim: number): Promise<Latency> {
  const stream = await fetch(`${server.url}/api/stream`);
  const events = stream.body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
    .getReader();
  const { streamId } = JSON.parse((await events.read()).value!.data) as HelloEvent;
  const times = await timed(async (i) => {
    const accepted = post(`/api/streams/${streamId}/move`, { seq: i, model, z: [...latentAt(i, latentDim)] });
    const frame = JSON.parse((await events.read()).value!.data) as FrameEvent;
    if (frame.seq !== i) throw new Error(`Asked for frame ${i}, got ${frame.seq}`);
    Uint8Array.fromBase64(frame.data);
    const arrived = performance.now();
    await (await accepted).body?.cancel();
    return arrived;
  });
  await events.cancel();
  return latencyOf(times);
}

/**
 * Opens a stream and posts moves to it, a few at a time. Whoever reads takes everything that comes; whoever does not
 * has taken the hello, and nothing more.
 *
 * @returns megabytes that the server had before, and how many it grew by until after the last move, and at most
 */
async function measureGrowth(model: string, latentDim: number, reads: boolean): Promise<Growth> {
  const { hostname, port } = new URL(server.url);
  const connection = await Deno.connect({ hostname, port: Number(port) });
  await connection.write(new TextEncoder().encode(`GET /api/stream HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`));
  let received = "";
  let streamId: string | undefined;
  const buffer = new Uint8Array(64 * 1024);
  while (streamId === undefined) {
    received += new TextDecoder().decode(buffer.subarray(0, await connection.read(buffer) ?? 0));
    streamId = /"streamId":"([0-9a-f]{32})"/.exec(received)?.[1];
  }
  const reading = reads ? readToEnd(connection, buffer) : undefined;

  const before = await residentMegabytes(server.pid);
  let most = before;
  for (let seq = 1; seq <= FRAMES;) {
    const some = Array.from({ length: 8 }, () => {
      const z = [...latentAt(seq, latentDim)];
      return post(`/api/streams/${streamId}/move`, { seq: seq++, model, z });
    });
    for (const answer of await Promise.all(some)) await answer.body?.cancel();
    if (seq % 1000 === 1) most = Math.max(most, await residentMegabytes(server.pid));
  }
  const after = await residentMegabytes(server.pid);
  connection.close();
  await reading;
  return { before, grown: after - before, most: Math.max(most, after) - before };
}

async function readToEnd(connection: Deno.Conn, buffer: Uint8Array): Promise<void> {
  try {
    while (await connection.read(buffer) !== null);
  } catch { /* closed at this end, which ends the reading */ }
}

/** Milliseconds of each run, after some to warm up. `work` may return when it was done, if it has more to do then. */
async function timed(work: (i: number) => Promise<number | void>): Promise<number[]> {
  const times: number[] = [];
  for (let i = 1; i <= WARM_UP + runs; i++) {
    const started = performance.now();
    const ended = await work(i) ?? performance.now();
    if (i > WARM_UP) times.push(ended - started);
  }
  return times;
}

function latencyOf(times: readonly number[]): Latency {
  const sorted = times.toSorted((a, b) => a - b);
  return { p50: sorted[Math.floor(sorted.length * 0.5)]!, p95: sorted[Math.floor(sorted.length * 0.95)]! };
}

/** A point that wanders as a slider does. */
function latentAt(i: number, latentDim: number): Float32Array {
  return Float32Array.from({ length: latentDim }, (_, d) => 2 * Math.sin(i * 0.05 + d));
}

async function getJson<T>(path: string): Promise<T> {
  const response = await fetch(server.url + path);
  if (!response.ok) throw new Error(`GET ${path} was answered by ${response.status}: ${await response.text()}`);
  return await response.json() as T;
}

async function post(path: string, body: unknown): Promise<Response> {
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${path} was answered by ${response.status}: ${await response.text()}`);
  return response;
}
