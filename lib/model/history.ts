/** A model's training history: its losses per epoch, published as history.json. */
import { z } from "zod";
import { LatentboardError } from "../errors.ts";
import type { EpochLosses, HistoryEpoch } from "../protocol.ts";
import type { ModelDocument } from "./format.ts";
import { readModelFile } from "./store.ts";

export type { EpochLosses, HistoryEpoch };

/** The name of the file; models trained by earlier versions came without it. */
export const HISTORY_FILE = "history.json";

const losses = z.object({ loss: z.number(), reconstruction: z.number(), kl: z.number() });
const schema = z.array(z.object({ epoch: z.int().min(1), train: losses, validation: losses })).max(100_000);

/** history.json of some epochs; what a run records besides their losses is left out. */
export function encodeHistory(history: readonly HistoryEpoch[]): Uint8Array {
  const pick = ({ loss, reconstruction, kl }: EpochLosses) => ({ loss, reconstruction, kl });
  const epochs = history.map(({ epoch, train, validation }) => ({
    epoch,
    train: pick(train),
    validation: pick(validation),
  }));
  return new TextEncoder().encode(JSON.stringify(epochs) + "\n");
}

/**
 * Parses history.json.
 *
 * @throws {LatentboardError} `damaged` when it is no history
 */
export function parseHistory(bytes: Uint8Array): HistoryEpoch[] {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new LatentboardError("damaged", `${HISTORY_FILE} is not a training history`, { cause });
  }
}

/**
 * The history of a model, oldest epoch first.
 *
 * @param folder holds one folder per model
 * @returns empty where the model came without one
 * @throws {LatentboardError} `damaged` when the file was altered
 */
export async function readHistory(folder: string, document: ModelDocument): Promise<HistoryEpoch[]> {
  if (document.files[HISTORY_FILE] === undefined) return [];
  return parseHistory(await readModelFile(folder, document, HISTORY_FILE));
}
