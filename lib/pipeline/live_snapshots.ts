/**
 * What a run keeps while it learns, so that people can watch it: `snapshots/step-00000123/` with samples of the same
 * seeds, reconstructions of the same pictures, the latent map and the decoder. Each folder is whole or absent.
 */
import { join } from "node:path";
import type { ImageSet } from "../dataset/mod.ts";
import { sheetPng, splitBitmaps } from "../imaging/mod.ts";
import { encodeAll, encodeLatentMap, type Posteriors, sampleLatents } from "../latent/mod.ts";
import { exportDecoder } from "../onnx/mod.ts";
import type { RunSnapshot } from "../protocol_runs.ts";
import { exists, sha256Hex, writeFileAtomic } from "../system/files.ts";
import {
  checkpointName,
  describeWriteFailure,
  type RunFolder,
  type Trainer,
  type TrainerPosition,
} from "../training/mod.ts";
import { type ImageShape, imageShape, type Model, type TrainingConfig } from "../vae/mod.ts";
import { withFunctions } from "./finish.ts";
import { type ModelFunctions, toBytes } from "./functions.ts";
import { type PickedPictures, pickPictures } from "./sources.ts";
import { labelMeans, latentStatistics } from "./statistics.ts";

const COLUMNS = 8;
const SAMPLES = 32;
const RECONSTRUCTED = 16;
const MAP_COLUMNS = 32;
const ENCODE_BATCH = 512;

/** Pixels of all mapped pictures together: 500 of 28×28, fewer of large ones, so that a snapshot stays cheap. */
const MAPPED_PIXELS = 500 * 28 * 28;
const MAPPED_MOST = 500;
const MAPPED_LEAST = 64;

/** Snapshots that are kept, and bytes of their decoders: beyond either, every second one is dropped. */
const KEPT = 64;
const KEPT_BYTES = 512 * 2 ** 20;

/** Writes a run's snapshots. */
export class SnapshotWriter {
  readonly #run: RunFolder;
  readonly #model: Model;
  readonly #config: TrainingConfig;
  readonly #set: ImageSet;
  readonly #shown: PickedPictures;
  readonly #mapped: PickedPictures;

  /** Picks the pictures. */
  constructor(run: RunFolder, model: Model, config: TrainingConfig, pictures: ImageSet) {
    this.#run = run;
    this.#model = model;
    this.#config = config;
    this.#set = pictures;
    const size = pictures.height * pictures.width;
    const mapped = Math.max(MAPPED_LEAST, Math.min(MAPPED_MOST, Math.floor(MAPPED_PIXELS / size)));
    this.#shown = pickPictures(pictures, RECONSTRUCTED, "none", config.seed);
    this.#mapped = pickPictures(pictures, mapped, "none", 0);
  }

  /** Drops snapshots of steps that are about to be trained again, and writes the mapped pictures as `map.png`. */
  async begin(step: number): Promise<void> {
    await this.#guard(async () => {
      await Deno.mkdir(this.#folder, { recursive: true });
      for (const name of await listSnapshots(this.#folder)) {
        if (stepOf(name) > step) await Deno.remove(join(this.#folder, name), { recursive: true });
      }
      const sheet = join(this.#run.path, "map.png");
      if (await exists(sheet)) return;
      await writeFileAtomic(sheet, sheetPng(splitBitmaps(this.#mapped.images, this.#set), MAP_COLUMNS));
    });
  }

  /**
   * Writes a snapshot of the model as it is.
   *
   * @returns what the snapshot holds, with the pictures for other writers
   */
  async write(trainer: Trainer, { step, epoch }: TrainerPosition): Promise<WrittenSnapshot> {
    return await withFunctions(trainer, this.#model, async (functions, parameters) => {
      const { latentDim } = this.#model;
      const drawn = await functions.decode(sampleLatents(this.#config.seed, SAMPLES, functions.levels), SAMPLES);
      const samples = sheetPng(splitBitmaps(toBytes(drawn.image), this.#set), COLUMNS);
      const { sheet: reconstructions, mse } = await this.#reconstruct(functions);
      const encoded = await encodeAll(functions, this.#mapped.images, this.#mapped.count, { batchSize: ENCODE_BATCH });
      const statistics = latentStatistics(encoded, this.#config.seed);
      const decoder = exportDecoder(this.#model, parameters, {
        name: this.#run.info.name,
        config: this.#config,
        dataset: this.#set.name,
      });
      const snapshot: RunSnapshot = {
        step,
        epoch,
        mse,
        klPerLatent: statistics.kl,
        decoderSha256: sha256Hex(decoder),
      };
      const { labels } = this.#mapped;
      const about = {
        ...snapshot,
        image: this.#model.image,
        dataset: this.#set.name,
        statistics,
        labels: labels === undefined ? [] : labelMeans(encoded.mu, labels, this.#set.labelNames),
      };
      await this.#publish(step, {
        "samples.png": samples,
        "reconstructions.png": reconstructions,
        "map.bin": encodeLatentMap(encoded.mu, labels, latentDim),
        "decoder.onnx": decoder,
        "snapshot.json": new TextEncoder().encode(JSON.stringify(about) + "\n"),
      });
      await this.#thin(decoder.length);
      const { image } = this.#model;
      return {
        snapshot,
        image,
        samples,
        reconstructions,
        encoded,
        mapped: this.#mapped,
        labelNames: this.#set.labelNames,
      };
    });
  }

  get #folder(): string {
    return join(this.#run.path, "snapshots");
  }

  /** Rows of originals, each over the row of their reconstructions. */
  async #reconstruct(functions: ModelFunctions): Promise<{ sheet: Uint8Array; mse: number }> {
    const { images, count } = this.#shown;
    const { mu } = await functions.encode(images, count);
    const { image } = await functions.decode(mu, count);
    let squares = 0;
    for (let i = 0; i < image.length; i++) squares += (image[i]! - images[i]! / 255) ** 2;
    const size = imageShape(this.#model.image).reduce((all, side) => all * side, 1);
    const bytes = toBytes(image);
    const rows = [];
    for (let from = 0; from < count; from += COLUMNS) {
      const part = [from * size, Math.min(count, from + COLUMNS) * size] as const;
      rows.push(
        ...splitBitmaps(images.subarray(...part), this.#set),
        ...splitBitmaps(bytes.subarray(...part), this.#set),
      );
    }
    return { sheet: sheetPng(rows, Math.min(COLUMNS, count)), mse: squares / image.length };
  }

  async #publish(step: number, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
    const name = checkpointName(step);
    const temporary = join(this.#folder, `.${name}-${crypto.randomUUID()}`);
    await this.#guard(async () => {
      await Deno.mkdir(temporary, { recursive: true });
      for (const [file, bytes] of Object.entries(files)) await Deno.writeFile(join(temporary, file), bytes);
      if (await exists(join(this.#folder, name))) await Deno.remove(join(this.#folder, name), { recursive: true });
      await Deno.rename(temporary, join(this.#folder, name));
    });
  }

  async #thin(bytes: number): Promise<void> {
    const names = await listSnapshots(this.#folder);
    if (names.length <= Math.min(KEPT, Math.max(8, Math.floor(KEPT_BYTES / bytes)))) return;
    const dropped = names.slice(1, -1).filter((_, i) => i % 2 === 0);
    for (const name of dropped) await Deno.remove(join(this.#folder, name), { recursive: true });
  }

  async #guard(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      throw describeWriteFailure(error, this.#run.path);
    }
  }
}

/** A snapshot that was written. */
export interface WrittenSnapshot {
  /** The size of a picture. */
  readonly image: ImageShape;
  /** What snapshot.json and the run's events say of it. */
  readonly snapshot: RunSnapshot;
  readonly samples: Uint8Array;
  readonly reconstructions: Uint8Array;
  /** Where the mapped pictures lie. */
  readonly encoded: Posteriors;
  readonly mapped: PickedPictures;
  readonly labelNames: readonly string[];
}

/** The names of the snapshots in a folder, oldest first. */
async function listSnapshots(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory && /^step-\d+$/.test(name)) names.push(name);
  }
  return names.sort((a, b) => stepOf(a) - stepOf(b));
}

function stepOf(name: string): number {
  return Number(name.slice("step-".length));
}
