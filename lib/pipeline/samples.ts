/** What a run keeps of each epoch for people to look at: pictures, and latents for films of the latent space. */
import { type Bitmap, sheetPng, splitBitmaps } from "../imaging/mod.ts";
import { join } from "node:path";
import type { ImageSet } from "../dataset/mod.ts";
import { sampleLatents } from "../latent/mod.ts";
import { writeFileAtomic } from "../system/files.ts";
import { describeWriteFailure, type RunFolder, writeSafetensors } from "../training/mod.ts";
import { type ModelFunctions, toBytes } from "./functions.ts";
import { pickPictures } from "./sources.ts";

const COLUMNS = 8;
const SNAPSHOT_PICTURES = 500;

/**
 * Writes `samples/epoch-0001.png`: two rows of held-out pictures, each over its reconstruction, then four rows of
 * prior samples; the same pictures and latents every epoch.
 *
 * @param epoch from 1
 * @param seed of the prior samples
 */
export async function saveSamples(
  run: RunFolder,
  epoch: number,
  functions: ModelFunctions,
  pictures: ImageSet,
  seed: number,
): Promise<void> {
  const size = pictures.height * pictures.width * pictures.channels;
  const rows: Bitmap[] = [];
  const shown = Math.min(2 * COLUMNS, pictures.count - pictures.count % COLUMNS);
  const first = pickPictures(pictures, shown, "none", seed).images;
  for (let from = 0; from < shown; from += COLUMNS) {
    const originals = first.subarray(from * size, (from + COLUMNS) * size);
    const { mu } = await functions.encode(originals, COLUMNS);
    const decoded = toBytes((await functions.decode(mu, COLUMNS)).image);
    rows.push(...[originals, decoded].flatMap((pixels) => splitBitmaps(pixels, pictures)));
  }
  const count = 4 * COLUMNS;
  const drawn = await functions.decode(sampleLatents(seed, count, functions.levels), count);
  rows.push(...splitBitmaps(toBytes(drawn.image), pictures));
  const sheet = sheetPng(rows, COLUMNS);
  await write(join(run.samples, `epoch-${String(epoch).padStart(4, "0")}.png`), sheet);
}

/**
 * Writes `snapshots/epoch-0001.safetensors`: `mu` `[count, latentDim]`, of up to 500 held-out pictures, with their `labels`
 * where there are any, and `originals` and `reconstructions` of the first eight; the same pictures every time. Its
 * metadata names the labels.
 *
 * @param epoch from 1
 */
export async function saveSnapshot(
  run: RunFolder,
  epoch: number,
  functions: ModelFunctions,
  pictures: ImageSet,
): Promise<void> {
  const { height, width, channels } = pictures;
  const count = Math.min(SNAPSHOT_PICTURES, pictures.count);
  const { latentDim } = functions.model;
  const { images, labels } = pickPictures(pictures, count, "none", 0);
  const { mu } = await functions.encode(images, count);
  const shown = Math.min(COLUMNS, count);
  const decoded = await functions.decode(mu.subarray(0, shown * latentDim), shown);
  const reconstructions = toBytes(decoded.image);
  const bytes = writeSafetensors({
    mu: { shape: [count, latentDim], data: mu },
    reconstructions: { shape: [shown, height, width, channels], data: reconstructions },
    originals: { shape: [shown, height, width, channels], data: images.slice(0, reconstructions.length) },
    ...(labels === undefined ? {} : { labels: { shape: [count], data: labels } }),
  }, { epoch: String(epoch), labelNames: JSON.stringify(pictures.labelNames) });
  await Deno.mkdir(join(run.path, "snapshots"), { recursive: true });
  await write(join(run.path, "snapshots", `epoch-${String(epoch).padStart(4, "0")}.safetensors`), bytes);
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFileAtomic(path, bytes);
  } catch (error) {
    throw describeWriteFailure(error, path);
  }
}
