/** A published model's map.bin. */
import { LatentboardError } from "../errors.ts";
import { type LatentMap, parseLatentMap } from "../latent/map.ts";
import { latentLevels } from "../latent/levels.ts";
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
    return parseLatentMap(await readModelFile(folder, document, "map.bin"), latentLevels(document.latents).length);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new LatentboardError("damaged", "The model's map.bin has the wrong length: train or copy the model again", {
      cause,
    });
  }
}

/** Of the test pictures by the norm of mu, largest first, a board opens at this one. */
const OPENING_RANK = 1 / 11;

/**
 * Where a board opens: at a test picture's mu, which decodes to a sharper picture than the prior's or a class's mean.
 * Far from the origin, where the encoder is sure, but not among the few that lie furthest out.
 *
 * @returns `[latentDim]`; zeros for a model without a map
 */
export async function openingLatent(folder: string, document: ModelDocument): Promise<readonly number[]> {
  const latentDim = latentLevels(document.latents).length;
  if (document.files["map.bin"] === undefined) return Array<number>(latentDim).fill(0);
  const { count, latents } = await readLatentMap(folder, document);
  const rows = Array.from({ length: count }, (_, row) => latents.subarray(row * latentDim, (row + 1) * latentDim));
  const ordered = rows.map((z) => ({ z, norm: Math.hypot(...z) })).sort((a, b) => b.norm - a.norm);
  return [...ordered[Math.floor(count * OPENING_RANK)]!.z];
}
