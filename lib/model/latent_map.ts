/** A published model's map.bin. */
import { LatentboardError } from "../errors.ts";
import { type LatentMap, parseLatentMap } from "../latent/map.ts";
import type { ModelDocument } from "./format.ts";
import { readModelFile } from "./store.ts";

/**
 * Reads a model's map.
 *
 * @param folder holds one folder per model
 * @throws {LatentboardError} `not-found` where the model has none, `damaged` when it was altered
 */
export async function readLatentMap(folder: string, document: ModelDocument): Promise<LatentMap> {
  try {
    return parseLatentMap(await readModelFile(folder, document, "map.bin"), document.latents[0]!.shape[0]!);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new LatentboardError("damaged", "The model's map.bin has the wrong length: train or copy the model again", {
      cause,
    });
  }
}
