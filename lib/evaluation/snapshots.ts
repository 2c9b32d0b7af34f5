/** What a run keeps of its epochs for films: where some held-out pictures lie, and how the first of them are rebuilt. */
import { basename, join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { readSafetensors } from "../training/safetensors.ts";

/** One epoch's snapshot. */
export interface Snapshot {
  /** From 1; 0 for the model before training. */
  readonly epoch: number;
  /** `[count, dimensions]`. */
  readonly mu: Float32Array;
  readonly dimensions: number;
  /** One per picture, where there are labels. */
  readonly labels?: Uint8Array;
  /** What the labels are called; their numbers stand in where a run did not keep them. */
  readonly labelNames: readonly string[];
  /** Pictures rebuilt, `[shown, height, width, channels]`. */
  readonly reconstructions: Uint8Array;
  /** The pictures themselves, of the same shape; absent in runs that did not keep them. */
  readonly originals?: Uint8Array;
  readonly image: { readonly height: number; readonly width: number; readonly channels: 1 | 3 };
}

/**
 * Reads a run's snapshots.
 *
 * @returns by epoch; empty where none were kept
 * @throws {LatentboardError} `damaged` when one can't be read
 */
export async function readSnapshots(run: string): Promise<Snapshot[]> {
  const folder = join(run, "snapshots");
  const files: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) if (/^epoch-\d+\.safetensors$/.test(name)) files.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return await Promise.all(files.sort().map((file) => readSnapshot(join(folder, file))));
}

async function readSnapshot(path: string): Promise<Snapshot> {
  try {
    const { tensors, metadata } = readSafetensors(await Deno.readFile(path));
    const { mu, reconstructions, originals, labels } = tensors;
    const [, height, width, channels] = reconstructions!.shape as [number, number, number, 1 | 3];
    return {
      epoch: Number(basename(path).match(/\d+/)![0]),
      mu: mu!.data as Float32Array,
      dimensions: mu!.shape[1]!,
      reconstructions: reconstructions!.data as Uint8Array,
      image: { height, width, channels },
      labelNames: JSON.parse(metadata.labelNames ?? "[]") as string[],
      ...(originals === undefined ? {} : { originals: originals.data as Uint8Array }),
      ...(labels === undefined ? {} : { labels: labels.data as Uint8Array }),
    };
  } catch (cause) {
    throw new LatentboardError("damaged", `Cannot read the snapshot ${path}: delete it to continue without`, { cause });
  }
}
