// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * `deno task bench:data`: what sets larger than memory cost. Pictures of 64×64 in colour are generated into an NPY file,
 * as 50,000 and as 200,000; the larger set is trained from its file and from memory in turns, and each set in a process
 * of its own is read through for an epoch and trained on, for the memory it takes. From the growth follows what
 * 1,000,000 pictures take.
 */
import { join } from "node:path";
import { batchesAhead, type ImageSet, loadDataset, memoryImageSet } from "../lib/dataset/mod.ts";
import { planParallelism, startEngine } from "../lib/engines/mod.ts";
import { pictureSource } from "../lib/pipeline/mod.ts";
import { type CommandSpec, helpText, parseCommand, readSettings } from "../lib/settings.ts";
import { parseConfig } from "../lib/vae/mod.ts";
import { Ours } from "./_ours.ts";

const spec: CommandSpec = {
  name: "bench:data",
  summary: "Speed and memory of pictures that stay in their file.",
  options: {
    small: { kind: "number", value: "<n>", help: "pictures of the smaller set", default: "50000" },
    large: { kind: "number", value: "<n>", help: "pictures of the larger set", default: "200000" },
    rounds: { kind: "number", value: "<n>", help: "pairs of turns; the median counts", default: "15" },
    steps: { kind: "number", value: "<n>", help: "steps per turn", default: "4" },
    threads: { kind: "number", value: "<n>", help: "threads of the engine", default: "2" },
    folder: { kind: "string", value: "<folder>", help: "where the sets are generated", default: "a temporary one" },
    measure: { kind: "string", value: "<file>", help: "prints the memory that one set takes; used by the benchmark" },
    json: { kind: "boolean", help: "print one line of JSON" },
  },
};

const SIDE = 64;
const CHANNELS = 3;
const BYTES = SIDE * SIDE * CHANNELS;
const BATCH = 128;
const MEBIBYTE = 2 ** 20;

const { options, help } = parseCommand(spec);
if (help) {
  console.log(helpText(spec));
  Deno.exit(0);
}
const number = (name: string, fallback: number) => typeof options[name] === "number" ? options[name] : fallback;
const [small, large] = [number("small", 50_000), number("large", 200_000)];
const [rounds, steps, threads] = [number("rounds", 15), number("steps", 4), number("threads", 2)];
const settings = readSettings(options);
const config = parseConfig({
  data: { imageSize: SIDE, channels: CHANNELS },
  architecture: { kind: "conv" },
  batchSize: BATCH,
});

if (typeof options.measure === "string") {
  console.log(JSON.stringify(await measureMemory(options.measure)));
} else {
  await compare();
}

async function compare(): Promise<void> {
  const folder = await Deno.makeTempDir(typeof options.folder === "string" ? { dir: options.folder } : {});
  try {
    const files = { small: join(folder, "small.npy"), large: join(folder, "large.npy") };
    console.error(`generating ${small.toLocaleString("en")} and ${large.toLocaleString("en")} pictures of 64×64×3`);
    await generate(files.small, small);
    await generate(files.large, large);
    const growth = { small: await inOwnProcess(files.small), large: await inOwnProcess(files.large) };
    const speed = await raceFileAndMemory(files.large, folder);
    const perPicture = (growth.large.peak - growth.small.peak) / (large - small);
    const million = growth.large.peak - growth.large.engine + perPicture * (1_000_000 - large);
    console.error(
      `from the file ${speed.file.toFixed(1)} images/s, from memory ${speed.memory.toFixed(1)}: ${
        speed.ratio.toFixed(3)
      }× by the median of ${rounds} pairs of turns`,
    );
    for (const [name, count] of [["small", small], ["large", large]] as const) {
      const { engine, peak } = growth[name];
      console.error(
        `${count.toLocaleString("en")} pictures (${mebibytes(count * BYTES)} MiB): ${mebibytes(peak)} MiB at most, ` +
          `${mebibytes(peak - engine)} more than the engine and one batch of its step`,
      );
    }
    console.error(`1,000,000 pictures by that growth: ${mebibytes(million)} MiB beside the engine`);
    if (options.json === true) {
      console.log(JSON.stringify({
        fileImagesPerSecond: round(speed.file),
        memoryImagesPerSecond: round(speed.memory),
        fileOverMemory: round(speed.ratio),
        peakMebibytes: { [small]: round(growth.small.peak / MEBIBYTE), [large]: round(growth.large.peak / MEBIBYTE) },
        engineMebibytes: round(growth.large.engine / MEBIBYTE),
        millionMebibytesBesideEngine: round(million / MEBIBYTE),
      }));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** An NPY file of pictures that are all different. */
async function generate(path: string, count: number): Promise<void> {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${count}, ${SIDE}, ${SIDE}, ${CHANNELS}), }`;
  const text = new TextEncoder().encode(header.padEnd(117) + "\n");
  using file = await Deno.open(path, { write: true, create: true });
  const write = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  };
  await write(Uint8Array.from([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, text.length, 0, ...text]));
  const chunk = new Uint8Array(500 * BYTES);
  for (let first = 0; first < count; first += 500) {
    for (let i = 0; i < 500; i++) paint(chunk.subarray(i * BYTES, (i + 1) * BYTES), first + i);
    await write(chunk.subarray(0, Math.min(500, count - first) * BYTES));
  }
}

/** A disc on a ground, place and colours by number. */
function paint(picture: Uint8Array, seed: number): void {
  const [x0, y0] = [seed % 61, Math.floor(seed / 61) % 59];
  const colour = [seed * 7 & 255, seed * 13 & 255, seed * 29 & 255];
  picture.fill((seed * 5) & 127);
  for (let y = Math.max(0, y0 - 8); y < Math.min(SIDE, y0 + 8); y++) {
    for (let x = Math.max(0, x0 - 8); x < Math.min(SIDE, x0 + 8); x++) {
      if ((x - x0) ** 2 + (y - y0) ** 2 < 64) picture.set(colour, (y * SIDE + x) * CHANNELS);
    }
  }
}

async function openFile(path: string): Promise<{ set: ImageSet; close: () => void }> {
  const dataset = await loadDataset(path, { data: settings.data, home: settings.home, memoryLimit: 0 });
  return { set: dataset.train, close: dataset.close };
}

/** Starts TensorFlow, and says in how many shards a batch is computed. */
async function start(): Promise<number> {
  const parallelism = planParallelism({ batchSize: BATCH, threads });
  const engine = await startEngine({ home: settings.home, tensorflow: settings.tensorflow, parallelism });
  if (engine.kind !== "tensorflow") throw new Error(`Cannot measure without TensorFlow: ${engine.note}`);
  return engine.shards;
}

/** Resident bytes of a process that has read the set through and trained on it, and before that on one batch. */
async function measureMemory(path: string): Promise<{ engine: number; peak: number }> {
  const shards = await start();
  const one = memoryImageSet({
    name: "one",
    images: new Uint8Array(BATCH * BYTES),
    height: SIDE,
    width: SIDE,
    channels: 3,
  });
  const warm = new Ours(config, pictureSource(one, "none", 1), { capture: true, shards });
  await warm.run(steps);
  warm.dispose();
  const engine = Deno.memoryUsage().rss;
  let peak = engine;
  const watch = setInterval(() => peak = Math.max(peak, Deno.memoryUsage().rss), 20);
  const { set, close } = await openFile(path);
  const ours = new Ours(config, pictureSource(set, "none", 1), { capture: true, shards });
  await ours.run(steps);
  let read = 0;
  for await (const { images } of batchesAhead(set, { batchSize: BATCH, seed: 1, epoch: 1, shuffle: true })) {
    read += images.length;
    peak = Math.max(peak, Deno.memoryUsage().rss);
  }
  await ours.run(steps);
  clearInterval(watch);
  ours.dispose();
  close();
  if (read !== set.count * BYTES) throw new Error(`Only ${read} bytes of the set were read`);
  return { engine, peak };
}

async function inOwnProcess(path: string): Promise<{ engine: number; peak: number }> {
  const flags = ["--measure", path, "--steps", String(steps), "--threads", String(threads), "--home", settings.home];
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "-P=train", import.meta.filename!, ...flags],
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("The process that measures memory failed");
  return JSON.parse(new TextDecoder().decode(stdout));
}

/**
 * Images per second from the file and from memory. Turns are taken in pairs, and the ratio is the median of the pairs', so
 * that whatever else the machine does meets both alike.
 */
async function raceFileAndMemory(
  path: string,
  folder: string,
): Promise<{ file: number; memory: number; ratio: number }> {
  const shards = await start();
  const { set, close } = await openFile(path);
  const held = await loadDataset(path, { data: settings.data, home: folder, memoryLimit: Infinity });
  const file = new Ours(config, pictureSource(set, "none", 1), { capture: true, shards });
  const memory = new Ours(config, pictureSource(held.train, "none", 1), { capture: true, shards });
  const rate = async (side: Ours) => BATCH / (await side.run(steps)).secondsPerStep;
  const rates = { file: [] as number[], memory: [] as number[], ratio: [] as number[] };
  await rate(file);
  await rate(memory);
  for (let i = 0; i < rounds; i++) {
    const fileFirst = i % 2 === 0;
    const first = await rate(fileFirst ? file : memory);
    const second = await rate(fileFirst ? memory : file);
    const [ofFile, ofMemory] = fileFirst ? [first, second] : [second, first];
    rates.file.push(ofFile);
    rates.memory.push(ofMemory);
    rates.ratio.push(ofFile / ofMemory);
  }
  for (const side of [file, memory]) side.dispose();
  close();
  return { file: median(rates.file), memory: median(rates.memory), ratio: median(rates.ratio) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

function mebibytes(bytes: number): string {
  return Math.round(bytes / MEBIBYTE).toLocaleString("en");
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
