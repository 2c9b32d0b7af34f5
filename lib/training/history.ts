/** A run's history: one JSON line per epoch, in `history.jsonl`. */
import { LatentboardError } from "../errors.ts";

/** Means over one pass through some pictures; nats per picture, summed over pixels and latents. */
export interface LossParts {
  /** Reconstruction plus the weighted KL: what is minimised. */
  readonly loss: number;
  /** Negative log-likelihood of the pictures. */
  readonly reconstruction: number;
  /** KL divergence of the posterior from the prior, unweighted. */
  readonly kl: number;
}

/** One epoch of a run. */
export interface EpochRecord {
  readonly epoch: number;
  /** Updates made by the end of this epoch, from the start of the run. */
  readonly step: number;
  /** The learning rate of its last update. */
  readonly learningRate: number;
  readonly beta: number;
  readonly train: LossParts;
  /** Means over the held-out pictures after it, at the full beta. */
  readonly validation: LossParts & {
    readonly activeUnits: number;
    /** The model's own metrics. */
    readonly metrics?: Readonly<Record<string, number>>;
  };
  /** Seconds spent on this epoch, evaluation included. */
  readonly seconds: number;
  /** Training pictures per second, evaluation left out. */
  readonly imagesPerSecond: number;
}

/**
 * Reads `history.jsonl`.
 *
 * @returns its records, oldest first; a last line that was cut off by a crash is left out; empty where there is no file
 * @throws {LatentboardError} kind `damaged` when a line before the last can't be read
 */
export async function readHistory(path: string): Promise<EpochRecord[]> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  const lines = text.split("\n").filter((line) => line !== "");
  const records: EpochRecord[] = [];
  for (const [index, line] of lines.entries()) {
    try {
      records.push(JSON.parse(line) as EpochRecord);
    } catch (error) {
      if (index === lines.length - 1) break;
      throw new LatentboardError(
        "damaged",
        `Cannot read the run's history: line ${index + 1} of ${path} is not JSON`,
        { cause: error },
      );
    }
  }
  return records;
}

/**
 * Adds a record and syncs the file, so that it outlives a crash.
 *
 * @param path the file, made when it is missing
 */
export async function appendHistory(path: string, record: EpochRecord): Promise<void> {
  using file = await Deno.open(path, { append: true, create: true });
  const bytes = new TextEncoder().encode(JSON.stringify(record) + "\n");
  for (let written = 0; written < bytes.byteLength;) written += await file.write(bytes.subarray(written));
  await file.sync();
}

/** The text of `history.jsonl` for some records. */
export function formatHistory(records: readonly EpochRecord[]): string {
  return records.map((record) => JSON.stringify(record) + "\n").join("");
}
