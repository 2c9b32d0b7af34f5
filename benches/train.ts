// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * `deno task bench:train`: a race between Latentboard (captured and eager) and PyTorch (eager and torch.compile) on the
 * same layers, batch size and pictures, a round of each in turn; and what a whole epoch costs beside its bare steps.
 *
 * Both sides have their pictures in memory, assemble a shuffled batch for each step and read the loss after it. PyTorch
 * runs at its best: the quicker of NCHW and channels_last, of plain and fused Adam.
 */
import { join } from "node:path";
import { loadDataset } from "../lib/dataset/mod.ts";
import { planParallelism, startEngine } from "../lib/engines/mod.ts";
import { pickPictures, pictureSource } from "../lib/pipeline/mod.ts";
import { type CommandSpec, parseCommand, readSettings } from "../lib/settings.ts";
import { parseConfig } from "../lib/vae/mod.ts";
import { epochOverhead } from "./_epoch.ts";
import { Ours } from "./_ours.ts";
import { findTorch, TorchSide, type TorchVariant } from "./_torch.ts";

const spec: CommandSpec = {
  name: "bench:train",
  summary: "Races a training step against PyTorch's on this machine.",
  options: {
    data: { kind: "string", value: "<source>", help: "the pictures", default: "fashion-mnist" },
    rounds: { kind: "number", value: "<n>", help: "rounds; the median counts", default: "7" },
    seconds: { kind: "number", value: "<n>", help: "about how long a turn takes", default: "2" },
    threads: { kind: "number", value: "<n>", help: "threads of each side", default: "2" },
    shards: { kind: "number", value: "<n>", help: "parts of a batch computed side by side; chosen by default" },
    models: { kind: "string", value: "<names>", help: "mlp, conv, or both", default: "mlp,conv" },
    "torch-python": {
      kind: "string",
      value: "<path>",
      help: "a Python that has torch; one is made where none is named",
    },
    "no-compile": { kind: "boolean", help: "leave torch.compile out" },
    "no-epoch": { kind: "boolean", help: "leave the epoch's overhead out" },
    json: { kind: "boolean", help: "print one line of JSON" },
  },
};

type Contestant = (steps: number) => Promise<{ secondsPerStep: number; loss: number }>;

const BATCH = 128;

const { options, help } = parseCommand(spec);
if (help) {
  const { helpText } = await import("../lib/settings.ts");
  console.log(helpText(spec));
  Deno.exit(0);
}
const say = (text: string) => console.error(text);
const number = (name: string, fallback: number) => typeof options[name] === "number" ? options[name] : fallback;
const [rounds, threads, turn] = [number("rounds", 7), number("threads", 2), number("seconds", 2)];
const settings = readSettings();
const source = typeof options.data === "string" ? options.data : "fashion-mnist";
const names = (typeof options.models === "string" ? options.models : "mlp,conv").split(",") as ("mlp" | "conv")[];

const parallelism = planParallelism({ batchSize: BATCH, threads, shards: options.shards as number | undefined });
const engine = await startEngine({ home: settings.home, tensorflow: settings.tensorflow, parallelism });
const { shards } = engine;
const memory = watchMemory();
if (engine.kind !== "tensorflow") throw new Error(`Cannot race without TensorFlow: ${engine.note}`);
const dataset = await loadDataset(source, { data: settings.data, home: settings.home });
const folder = await Deno.makeTempDir();
const pictures = join(folder, "pictures.bin");
await Deno.writeFile(pictures, pickPictures(dataset.train, 60_000, "none", 1).images);
const python = await findTorch(options["torch-python"] as string | undefined, settings.home, say);
const torch = await TorchSide.start(python, pictures, threads);
say(
  `${engine.name} against PyTorch ${torch.version}, ${threads} threads each, batch ${BATCH} (ours in ${shards} shards), ${source}`,
);

const [load] = Deno.loadavg();
if (load! > 0.7) {
  say(`This machine is busy (load ${load!.toFixed(1)}): PyTorch's threads suffer from it more than ours, so that`);
  say("the ratios below flatter Latentboard. Wait until it is quiet for figures that count");
}

const results: Record<string, unknown> = {};
try {
  for (const name of names) results[name] = await race(name);
  if (options["no-epoch"] !== true) {
    const overhead = await epochOverhead(source, settings, shards, say);
    say(
      `a whole epoch (conv): ${overhead.epochSeconds.toFixed(2)} s, its bare steps ${
        overhead.stepSeconds.toFixed(2)
      } s`,
    );
    results.epochOverhead = round(overhead.epochSeconds / overhead.stepSeconds);
    say(`memory: ${memory.beyond()} MB at most beyond the library's own, pictures and race included`);
    results.memoryMegabytes = memory.beyond();
  }
} finally {
  memory.stop();
  await torch.close();
  await Deno.remove(folder, { recursive: true });
}
if (options.json === true) console.log(JSON.stringify(results));

/** Watches the most memory that is resident beyond what is so now, with the library loaded and nothing made yet. */
function watchMemory(): { beyond(): number; stop(): void } {
  const before = Deno.memoryUsage().rss;
  let peak = before;
  const timer = setInterval(() => peak = Math.max(peak, Deno.memoryUsage().rss), 50);
  return { beyond: () => Math.round((peak - before) / 1e6), stop: () => clearInterval(timer) };
}

async function race(name: "mlp" | "conv"): Promise<Record<string, unknown>> {
  const config = parseConfig({ architecture: { kind: name }, batchSize: BATCH });
  const train = pictureSource(dataset.train, "none", config.seed);
  const captured = new Ours(config, train, { capture: true, shards });
  const eager = new Ours(config, train, { capture: false, shards: 1 });
  const plain = await bestVariant(name, false);
  const contestants: Record<string, Contestant> = {
    captured: (steps) => captured.run(steps),
    eager: (steps) => eager.run(steps),
    torch: (steps) => torch.run(name, plain, steps),
  };
  if (options["no-compile"] !== true) {
    const compiled = await bestVariant(name, true);
    contestants.torchCompile = (steps) => torch.run(name, compiled, steps);
  }
  const times: Record<string, number[]> = {};
  const turns: Record<string, number> = {};
  for (const [who, contestant] of Object.entries(contestants)) {
    const { secondsPerStep } = await contestant(10);
    turns[who] = Math.max(5, Math.round(turn / secondsPerStep));
    times[who] = [];
  }
  for (let i = 0; i < rounds; i++) {
    for (const [who, contestant] of Object.entries(contestants)) {
      await new Promise((resolve) => setTimeout(resolve, 300)); // the other side's threads go to sleep
      times[who]!.push((await contestant(turns[who]!)).secondsPerStep);
    }
  }
  captured.dispose();
  eager.dispose();
  const medians = Object.fromEntries(Object.entries(times).map(([who, values]) => [who, median(values)]));
  for (const [who, seconds] of Object.entries(medians)) {
    const spread = `${(Math.min(...times[who]!) * 1000).toFixed(2)} to ${(Math.max(...times[who]!) * 1000).toFixed(2)}`;
    const rate = Math.round(BATCH / seconds).toLocaleString("en");
    say(`${name} ${who.padEnd(12)} ${(seconds * 1000).toFixed(2)} ms per step (${spread}), ${rate} images/s`);
  }
  const against = (who: string) => medians[who] === undefined ? undefined : round(medians[who]! / medians.captured!);
  return {
    vsTorch: against("torch"),
    vsTorchCompile: against("torchCompile"),
    vsEager: against("eager"),
    imagesPerSecond: Object.fromEntries(
      Object.entries(medians).map(([who, seconds]) => [who, Math.round(BATCH / seconds)]),
    ),
  };
}

/** PyTorch at its best on this machine. */
async function bestVariant(name: "mlp" | "conv", compile: boolean): Promise<TorchVariant> {
  const layouts = name === "conv" ? ["nchw", "channels_last"] as const : ["nchw"] as const;
  let best: { variant: TorchVariant; seconds: number } | undefined;
  for (const layout of layouts) {
    for (const adam of ["plain", "fused"] as const) {
      const variant = { layout, adam, compile };
      const probe = await torch.run(name, variant, 5);
      const { secondsPerStep } = await torch.run(name, variant, Math.max(5, Math.round(1 / probe.secondsPerStep)));
      if (best === undefined || secondsPerStep < best.seconds) best = { variant, seconds: secondsPerStep };
    }
  }
  const { layout, adam } = best!.variant;
  say(`${name}: PyTorch${compile ? " compiled" : ""} is quickest with ${layout} and ${adam} Adam`);
  return best!.variant;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
