// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * `deno task bench:engines`: the same training step on each engine that this machine has, on the same pictures, each
 * engine in a process of its own. It prints how many times as long as with the best of them a step takes.
 */
import { cpuUsage } from "node:process";
import { loadDataset } from "../lib/dataset/mod.ts";
import { type EngineName, ENGINES, isEngineName, planParallelism, startEngine } from "../lib/engines/mod.ts";
import { pictureSource } from "../lib/pipeline/mod.ts";
import { type CommandSpec, helpText, parseCommand, readSettings } from "../lib/settings.ts";
import { parseConfig } from "../lib/vae/mod.ts";
import { Ours } from "./_ours.ts";

const spec: CommandSpec = {
  name: "bench:engines",
  summary: "Times a training step on each engine that this machine has.",
  options: {
    engines: { kind: "string", value: "<names>", help: "separated by commas", default: "tensorflow,wasm,cpu" },
    models: { kind: "string", value: "<names>", help: "mlp, conv, or both", default: "mlp,conv" },
    seconds: { kind: "number", value: "<n>", help: "about how long each takes once it is warm", default: "10" },
    one: { kind: "string", value: "<engine>", help: "time this engine in this process and print JSON" },
  },
};

const BATCH = 128;

/** Turns an engine has; the quickest counts. */
const ROUNDS = 5;

type Model = "mlp" | "conv";

/** What one engine took. */
interface Timing {
  readonly name: string;
  /** Of the quickest round: other programs on the machine only ever slow it down. */
  readonly secondsPerStep: number;
  /** Of all cores together. */
  readonly processorSeconds: number;
  /** Of the first batch, before any update: the same on every engine. */
  readonly firstLoss: number;
}

async function time(engine: EngineName, model: Model, seconds: number): Promise<Timing> {
  const { home, data, tensorflow } = readSettings();
  const parallelism = planParallelism({ batchSize: BATCH });
  const { name, shards } = await startEngine({ home, tensorflow, engine, parallelism });
  const config = parseConfig({ data: { source: "sample" }, architecture: { kind: model }, batchSize: BATCH });
  const { train } = await loadDataset("sample", { data, home });
  const ours = new Ours(config, pictureSource(train, "none", config.seed), { capture: true, shards });
  const { loss: firstLoss } = await ours.run(1);
  const { secondsPerStep: guess } = await ours.run(1); // the first makes functions, the second shows the pace
  const steps = Math.max(1, Math.min(100, Math.round(seconds / ROUNDS / guess)));
  const before = cpuUsage();
  let secondsPerStep = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    secondsPerStep = Math.min(secondsPerStep, (await ours.run(steps)).secondsPerStep);
  }
  const { user, system } = cpuUsage(before);
  ours.dispose();
  return { name, secondsPerStep, processorSeconds: (user + system) / 1e6 / ROUNDS / steps, firstLoss };
}

async function inOwnProcess(engine: EngineName, model: Model, seconds: number): Promise<Timing | string> {
  const args = ["run", "--quiet", "--no-prompt", "--lock=deno.lock", "-P=train", import.meta.url];
  args.push("--one", engine, "--models", model, "--seconds", String(seconds));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args, stdin: "null" }).output();
  if (!success) return new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "it ended without a word";
  return JSON.parse(new TextDecoder().decode(stdout).trim().split("\n").at(-1)!);
}

const { options, help } = parseCommand(spec);
const list = (name: string, fallback: string) => String(options[name] ?? fallback).split(",");
const seconds = typeof options.seconds === "number" ? options.seconds : 10;
const models = list("models", "mlp,conv") as Model[];

if (help) console.log(helpText(spec));
else if (isEngineName(options.one)) console.log(JSON.stringify(await time(options.one, models[0]!, seconds)));
else await compare();

async function compare(): Promise<void> {
  const engines = list("engines", "tensorflow,wasm,cpu").filter(isEngineName);
  for (const model of models) {
    console.log(`${model}, batches of ${BATCH}, ${navigator.hardwareConcurrency} cores:`);
    let best: number | undefined;
    for (const engine of ENGINES.filter((name) => engines.includes(name))) {
      const timing = await inOwnProcess(engine, model, seconds);
      if (typeof timing === "string") {
        console.log(`  ${engine.padEnd(10)}  ${timing}`);
        continue;
      }
      const { name, secondsPerStep, processorSeconds, firstLoss } = timing;
      best ??= secondsPerStep;
      const figures =
        `${(1000 * secondsPerStep).toFixed(1).padStart(9)} ms per step (${
          (1000 * processorSeconds).toFixed(1)
        } of processor time), ` +
        `${Math.round(BATCH / secondsPerStep).toLocaleString("en").padStart(6)} pictures/s, ` +
        `${(secondsPerStep / best).toFixed(1).padStart(6)} times, first loss ${firstLoss.toFixed(3)}`;
      console.log(`  ${engine.padEnd(10)} ${figures}  ${name}`);
    }
  }
}
