// deno-lint-ignore-file no-console -- a command speaks to the person at the terminal
/**
 * `deno task bench:watch`: what watching a training costs and gives, on the real server: seconds from asking for a run
 * until its first picture, and a slider's move until its frame while nothing trains and while a run trains on every core.
 */
import { EventSourceParserStream } from "eventsource-parser/stream";
import type { FrameEvent, HelloEvent, ModelDetail, ModelSummary } from "../lib/protocol.ts";
import type { RunEvent, RunSummary } from "../lib/protocol_runs.ts";
import { type CommandSpec, helpText, parseCommand, readSettings } from "../lib/settings.ts";
import { startServer } from "./_server.ts";

/** Between two moves, milliseconds: as often as a display shows a frame. */
const PAUSE = 16;
const WARM_UP = 50;

const spec: CommandSpec = {
  name: "bench:watch",
  summary: "Times the first picture of a run, and slider moves while it trains.",
  options: {
    moves: { kind: "number", value: "<n>", help: "how many are timed", default: "500" },
    json: { kind: "boolean", help: "print one line of JSON" },
  },
};
const { options, help } = parseCommand(spec);
if (help) {
  console.log(helpText(spec));
  Deno.exit(0);
}
const moves = typeof options.moves === "number" ? options.moves : 500;
const home = await Deno.makeTempDir({ prefix: "latentboard-bench-" });
const server = await startServer(["--home", home, "--models", readSettings(options).models]);
try {
  const [first] = await getJson<ModelSummary[]>("/api/models");
  if (first === undefined) throw new Error("There is no model: run deno task train first");
  const model = await getJson<ModelDetail>(`/api/models/${first.name}`);
  const idle = await timeMoves(model);
  const asked = performance.now();
  const config = { name: "bench-watch", epochs: 1000 };
  const run = await (await send("POST", "/api/runs", { config })).json() as RunSummary;
  await firstPicture(run.id);
  const picture = (performance.now() - asked) / 1000;
  const training = await timeMoves(model);
  const own = await timeMoves(await getJson<ModelDetail>(`/api/runs/${run.id}/model`));
  await (await send("POST", `/api/runs/${run.id}/stop`, { keep: "nothing" })).body?.cancel();
  while ((await fetch(`${server.url}/api/runs/${run.id}`)).ok) await pause(100);
  if (options.json) console.log(JSON.stringify({ picture, idle, training, own }));
  else {
    console.log(`First picture of a run after ${picture.toFixed(1)} s`);
    console.log(`${"Milliseconds from move to frame".padEnd(40)} ${"p50".padStart(8)} ${"p95".padStart(8)}`);
    for (
      const [what, { p50, p95 }] of Object.entries({
        "nothing trains": idle,
        "a run trains": training,
        "the run's own decoder": own,
      })
    ) {
      console.log(`${what.padEnd(40)} ${p50.toFixed(2).padStart(8)} ${p95.toFixed(2).padStart(8)}`);
    }
  }
} finally {
  await server.stop();
  await Deno.remove(home, { recursive: true });
}

async function timeMoves({ name, latentDim }: ModelDetail): Promise<{ p50: number; p95: number }> {
  const events = await openEvents("/api/stream");
  const { streamId } = JSON.parse((await events.read()).value!.data) as HelloEvent;
  const times: number[] = [];
  for (let seq = 1; seq <= WARM_UP + moves; seq++) {
    const started = performance.now();
    const z = Array.from({ length: latentDim }, (_, d) => 2 * Math.sin(seq * 0.05 + d));
    const accepted = send("POST", `/api/streams/${streamId}/move`, { seq, model: name, z });
    const frame = JSON.parse((await events.read()).value!.data) as FrameEvent;
    if (frame.seq !== seq) throw new Error(`Asked for frame ${seq}, got ${frame.seq}`);
    if (seq > WARM_UP) times.push(performance.now() - started);
    await (await accepted).body?.cancel();
    await pause(PAUSE);
  }
  await events.cancel();
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(times.length * 0.5)]!, p95: times[Math.floor(times.length * 0.95)]! };
}

async function firstPicture(id: string): Promise<void> {
  const events = await openEvents(`/api/runs/${id}/events?types=snapshot,state`);
  for (let next = await events.read(); !next.done; next = await events.read()) {
    if (next.value.event === "run") continue;
    const event = JSON.parse(next.value.data) as RunEvent;
    if (event.type === "state" && event.state === "failed") throw new Error(event.message);
    if (event.type === "snapshot") break;
  }
  await events.cancel();
}

async function openEvents(path: string) {
  const response = await fetch(server.url + path);
  return response.body!.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream()).getReader();
}

async function getJson<T>(path: string): Promise<T> {
  const response = await fetch(server.url + path);
  if (!response.ok) throw new Error(`GET ${path} was answered by ${response.status}: ${await response.text()}`);
  return await response.json() as T;
}

async function send(method: string, path: string, body: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(server.url + path, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path} was answered by ${response.status}: ${await response.text()}`);
  return response;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
