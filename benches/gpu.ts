// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * `deno task bench:gpu`: all that docs/gpu.md says of a card's speed, measured in one go and written into it: training
 * on processor and card, decoding on each provider, a slider's way to its frame, the certificate of a model trained on
 * the card, and memory. It needs the caches that `deno task gpu` fills, and no network.
 */
import { join } from "node:path";
import { memoryImageSet } from "../lib/dataset/mod.ts";
import { planParallelism, startEngine } from "../lib/engines/mod.ts";
import { OnnxSession, probeProviders, PROVIDERS, useCudaCache } from "../lib/inference/mod.ts";
import { samplePrior } from "../lib/latent/mod.ts";
import { listModels, readModelDocument, readModelFile } from "../lib/model/mod.ts";
import { pictureSource, usePrecision } from "../lib/pipeline/mod.ts";
import type { ProviderName } from "../lib/protocol.ts";
import { type CommandSpec, helpText, parseCommand, readSettings } from "../lib/settings.ts";
import { nvidiaDriver } from "../lib/tensorflow/nvidia.ts";
import { PRECISIONS } from "../lib/vae/config_schema.ts";
import { parseConfig } from "../lib/vae/mod.ts";
import { Ours } from "./_ours.ts";
import { writeMeasured } from "./_gpu_page.ts";

const spec: CommandSpec = {
  name: "bench:gpu",
  summary:
    "Measures training, decoding, sliders, certificates and memory on this machine's card, and writes docs/gpu.md.",
  options: {
    seconds: { kind: "number", value: "<n>", help: "about how long each training is timed", default: "5" },
    batches: { kind: "string", value: "<sizes>", help: "batch sizes of training", default: "128,1024" },
    page: { kind: "string", value: "<file>", help: "where the figures go", default: "docs/gpu.md" },
    one: { kind: "string", value: "<json>", help: "time one training in this process and print JSON" },
  },
};

/** What is trained: the layers, and pictures of their size. */
const SUBJECTS = {
  "mlp, 28×28 grey": { kind: "mlp", size: 28, channels: 1 },
  "conv, 28×28 grey": { kind: "conv", size: 28, channels: 1 },
  "conv, 64×64 colour": { kind: "conv", size: 64, channels: 3 },
} as const;

interface Training {
  readonly subject: keyof typeof SUBJECTS;
  readonly batch: number;
  readonly device: "cpu" | "gpu";
  readonly precision: (typeof PRECISIONS)[number];
}

const DECODED = [1, 64, 1024];

/** Images a second, and what TensorFlow said that it ran on. */
async function timeTraining({ subject, batch, device, precision }: Training, seconds: number): Promise<unknown> {
  const { home, tensorflow } = readSettings();
  const { kind, size, channels } = SUBJECTS[subject];
  const { name, shards } = await startEngine({
    home,
    tensorflow,
    engine: "tensorflow",
    parallelism: planParallelism({ batchSize: batch }),
    device: device === "cpu" ? "cpu" : { gpu: 0 },
  });
  usePrecision(precision);
  const data = { imageSize: size, channels };
  const config = parseConfig({ data, architecture: { kind }, batchSize: batch, precision });
  const images = Uint8Array.from({ length: 2 * batch * size * size * channels }, (_, i) => i * 37 % 251);
  const set = memoryImageSet({ name: "noise", images, height: size, width: size, channels });
  const ours = new Ours(config, pictureSource(set, "none", 1), { capture: true, shards });
  await ours.run(2); // makes the function
  const { secondsPerStep: guess } = await ours.run(2);
  const { secondsPerStep } = await ours.run(Math.max(2, Math.round(seconds / guess)));
  ours.dispose();
  return { name, imagesPerSecond: batch / secondsPerStep, residentMegabytes: Deno.memoryUsage().rss / 1e6 };
}

async function inOwnProcess(args: readonly string[]): Promise<{ value?: Record<string, unknown>; problem?: string }> {
  const command = ["run", "--quiet", "--no-prompt", "--lock=deno.lock", "-P=train", ...args];
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: command, stdin: "null" })
    .output();
  const text = new TextDecoder().decode(success ? stdout : stderr).trim().split("\n");
  if (success) return { value: JSON.parse(text.at(-1)!) };
  return { problem: text.findLast((line) => /error:/.test(line)) ?? text.at(-1)! };
}

async function trainings(batches: readonly number[], seconds: number): Promise<string[]> {
  const rows: string[] = [];
  const kinds = [
    { device: "cpu", precision: "float32" },
    ...PRECISIONS.map((precision) => ({ device: "gpu", precision })),
  ];
  for (const subject of Object.keys(SUBJECTS)) {
    for (const batch of batches) {
      const cells: string[] = [];
      for (const kind of kinds) {
        const one = JSON.stringify({ subject, batch, ...kind });
        const { value, problem } = await inOwnProcess([import.meta.url, "--one", one, "--seconds", String(seconds)]);
        cells.push(value ? Math.round(value.imagesPerSecond as number).toLocaleString("en") : "–");
        if (problem !== undefined) console.log(`${subject}, ${batch}, ${kind.device} ${kind.precision}: ${problem}`);
      }
      rows.push(`| ${subject} | ${batch} | ${cells.join(" | ")} |`);
      console.log(rows.at(-1));
    }
  }
  const names = kinds.map(({ device, precision }) => `${device} ${precision}`);
  return table(["model", "batch", ...names], rows);
}

async function decoding(home: string, models: string): Promise<string[]> {
  useCudaCache(home);
  const { available, rejected } = await probeProviders(PROVIDERS);
  const rows: string[] = [];
  for (const name of await listModels(models)) {
    const document = await readModelDocument(models, name);
    const bytes = await readModelFile(models, document, "decoder.onnx");
    const [latentDim] = document.latents[0]!.shape as [number];
    for (const provider of available) {
      const times: string[] = [];
      for (const count of DECODED) times.push((await decode(bytes, provider, latentDim, count)).toFixed(2));
      rows.push(`| ${name} | ${provider} | ${times.join(" | ")} |`);
      console.log(rows.at(-1));
    }
  }
  const notes = rejected.map(({ name, reason }) => `Not ${name}: ${reason}.`);
  return [...table(["model", "provider", ...DECODED.map((count) => `${count}, ms`)], rows), "", ...notes];
}

/** The median of some runs, after two to warm up. */
async function decode(bytes: Uint8Array, provider: ProviderName, latentDim: number, count: number): Promise<number> {
  const session = await OnnxSession.open(bytes, { provider });
  try {
    const z = samplePrior(1, count, latentDim);
    const times: number[] = [];
    const begin = performance.now();
    for (let i = 0; i < 22 && (i < 5 || performance.now() - begin < 5000); i++) {
      const start = performance.now();
      await session.run(z, count, ["pixels"]);
      if (i >= 2) times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
  } finally {
    await session.close();
  }
}

async function slider(): Promise<string[]> {
  const { value, problem } = await inOwnProcess(["benches/serve.ts", "--json", "--runs", "300"]);
  if (value === undefined) return [`A slider's way to its frame could not be measured: ${problem}.`];
  const { provider, move, decode } = value as { provider: string; move: { p50: number }; decode: { p50: number } };
  return [
    `On ${provider}: a slider's move until its frame arrived ${move.p50.toFixed(2)} ms (median), ` +
    `\`POST /api/decode\` ${decode.p50.toFixed(2)} ms.`,
  ];
}

async function certificate(): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "latentboard-bench-" });
  try {
    const { home } = readSettings();
    const lines: string[] = [];
    for (const precision of PRECISIONS) {
      const name = precision;
      const args = ["lib/cli/train.ts", "--home", home, "--out", folder, "--epochs", "1", "--name", name];
      const { success } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "--quiet", "--no-prompt", "--lock=deno.lock", "-P=train", ...args, "--precision", precision],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).output();
      if (!success) {
        lines.push(`- ${precision}: the training failed.`);
        continue;
      }
      const { certificate } = await readModelDocument(folder, name);
      lines.push(
        `- ${precision}, on ${certificate.engine}: image ${certificate.imageMaxAbsolute.toExponential(1)}, ` +
          `logits ${certificate.logitsMaxRelative.toExponential(1)}, mu ${certificate.muMaxRelative.toExponential(1)}.`,
      );
    }
    return lines;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function memory(): Promise<string> {
  try {
    const query = ["--query-gpu=name,driver_version,memory.used,memory.total", "--format=csv,noheader"];
    const { stdout } = await new Deno.Command("nvidia-smi", { args: query }).output();
    return `After all of it the driver says: ${new TextDecoder().decode(stdout).trim().replaceAll("\n", "; ")}.`;
  } catch {
    return "There is no nvidia-smi to ask for the card's memory.";
  }
}

function table(head: readonly string[], rows: readonly string[]): string[] {
  return [`| ${head.join(" | ")} |`, `| ${head.map((_, i) => i < 2 ? "---" : "---:").join(" | ")} |`, ...rows];
}

function machine(): string {
  const report = nvidiaDriver();
  const card = report.state === "ready"
    ? report.driver.gpus.map(({ name }) => name).join(", ") + ` (CUDA ${Object.values(report.driver.cuda).join(".")})`
    : "no NVIDIA card";
  return `${card}, ${navigator.hardwareConcurrency} cores, ${Deno.build.os} ${Deno.build.arch}, Deno ${Deno.version.deno}, ` +
    new Date().toISOString().slice(0, 10);
}

const { options, help } = parseCommand(spec);
const seconds = typeof options.seconds === "number" ? options.seconds : 5;
if (help) {
  console.log(helpText(spec));
} else if (typeof options.one === "string") {
  console.log(JSON.stringify(await timeTraining(JSON.parse(options.one), seconds)));
} else {
  const { home, models } = readSettings(options);
  const batches = String(options.batches ?? "128,1024").split(",").map(Number);
  const page = String(options.page ?? join("docs", "gpu.md"));
  await writeMeasured(page, [
    `Measured by \`deno task bench:gpu\` on ${machine()}.`,
    "",
    "### Training, images a second",
    "",
    ...await trainings(batches, seconds),
    "",
    "### Decoding, median",
    "",
    ...await decoding(home, models),
    "",
    "### Slider, certificates, memory",
    "",
    ...await slider(),
    "",
    "Largest differences of the exported graphs from the engine, one epoch of the shipped sample:",
    "",
    ...await certificate(),
    "",
    await memory(),
  ]);
  console.log(`Written to ${page}`);
}
