// deno-lint-ignore-file no-console -- a benchmark prints
/**
 * `deno task bench:decode`: small JPEGs of a folder, decoded and cached, against sharp alone on the same files: as many
 * at once, resized the same way, and thrown away. Turns are taken in pairs, so that whatever else the machine does meets
 * both alike; the ratio is the median of the pairs'.
 */
import { join } from "node:path";
import sharp from "sharp";
import { loadDataset } from "../lib/dataset/mod.ts";
import { type CommandSpec, helpText, parseCommand, readSettings } from "../lib/settings.ts";

const spec: CommandSpec = {
  name: "bench:decode",
  summary: "Pictures decoded and cached per second, against sharp alone.",
  options: {
    pictures: { kind: "number", value: "<n>", help: "JPEGs of 120×90", default: "20000" },
    rounds: { kind: "number", value: "<n>", help: "pairs of turns; the median counts", default: "3" },
    folder: { kind: "string", value: "<folder>", help: "where they are generated", default: "a temporary one" },
    json: { kind: "boolean", help: "print one line of JSON" },
  },
};

const SIZE = 64;
const { options, help } = parseCommand(spec);
if (help) {
  console.log(helpText(spec));
  Deno.exit(0);
}
const count = Number(options.pictures ?? 20_000);
const rounds = Number(options.rounds ?? 3);
const folder = await Deno.makeTempDir(typeof options.folder === "string" ? { dir: options.folder } : {});
try {
  const pictures = join(folder, "pictures");
  console.error(`generating ${count.toLocaleString("en")} JPEGs of 120×90`);
  const files = await generate(pictures);
  const rates = { ours: [] as number[], sharp: [] as number[], ratio: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    const turns = {
      ours: () => decodeOurs(pictures, join(folder, `home-${round}`)),
      sharp: () => decodeBySharp(files),
    };
    const [first, second] = round % 2 === 0 ? (["ours", "sharp"] as const) : (["sharp", "ours"] as const);
    const seconds = { [first]: await time(turns[first]), [second]: await time(turns[second]) } as Record<
      "ours" | "sharp",
      number
    >;
    rates.ours.push(count / seconds.ours);
    rates.sharp.push(count / seconds.sharp);
    rates.ratio.push(seconds.sharp / seconds.ours);
  }
  const [ours, alone, ratio] = [median(rates.ours), median(rates.sharp), median(rates.ratio)];
  console.error(
    `decoded and cached ${ours.toFixed(0)} pictures/s, sharp alone ${alone.toFixed(0)}: ${ratio.toFixed(3)}× by the ` +
      `median of ${rounds} pairs (${
        rates.ratio.map((value) => value.toFixed(2)).join(", ")
      }), ${navigator.hardwareConcurrency} cores`,
  );
  if (options.json === true) console.log(JSON.stringify({ oursPerSecond: ours, sharpPerSecond: alone, ratio }));
} finally {
  await Deno.remove(folder, { recursive: true });
}

/** Pictures that are all different: a blurred pattern, as compressible as a photo. */
async function generate(pictures: string): Promise<string[]> {
  await Deno.mkdir(pictures);
  const paths = Array.from({ length: count }, (_, i) => join(pictures, `${i}.jpg`));
  await inParallel(paths, async (path, i) => {
    const data = Uint8Array.from({ length: 120 * 90 * 3 }, (_, at) => (at * 7 + i * 13 + (at >> 7) * i) & 255);
    const picture = sharp(data, { raw: { width: 120, height: 90, channels: 3 } });
    await Deno.writeFile(path, await picture.blur(2).jpeg().toBuffer());
  });
  return paths;
}

async function decodeOurs(pictures: string, home: string): Promise<void> {
  const dataset = await loadDataset(pictures, { data: readSettings().data, home, imageSize: SIZE, channels: 3 });
  dataset.close();
  await Deno.remove(home, { recursive: true });
}

async function decodeBySharp(paths: readonly string[]): Promise<void> {
  sharp.cache(false);
  sharp.concurrency(1);
  await inParallel(paths, async (path) => {
    await sharp(path).autoOrient().resize(SIZE, SIZE).raw().toBuffer();
  });
}

async function inParallel(paths: readonly string[], work: (path: string, i: number) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: 2 * navigator.hardwareConcurrency }, async () => {
    for (let i = next++; i < paths.length; i = next++) await work(paths[i]!, i);
  }));
}

async function time(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
