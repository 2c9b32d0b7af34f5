/** Models that were deleted: kept aside for a while, so that a deletion can be undone. */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { exists, syncFolder } from "../system/files.ts";
import { checkModelName, readModelDocument } from "./store.ts";

/** Where deleted models lie, within the models' folder; as a hidden folder it is no model itself. */
const REMOVED = ".removed";

/** `<name>~<time of deletion, milliseconds since 1970>` */
const REMOVED_MODEL = /^(.+)~(\d{1,16})$/;

interface RemovedModel {
  readonly path: string;
  readonly name: string;
  readonly removedAt: number;
}

/**
 * Deletes a model. It can be restored until the next {@linkcode purgeRemovedModels}.
 *
 * @param now milliseconds since 1970
 * @throws {LatentboardError} `not-found` when there is no such model
 */
export async function removeModel(folder: string, name: string, now: number = Date.now()): Promise<void> {
  await requireModel(folder, name);
  await Deno.mkdir(join(folder, REMOVED), { recursive: true });
  await Deno.rename(join(folder, name), join(folder, REMOVED, `${name}~${now}`));
  await syncFolder(folder);
}

/**
 * Undoes the latest deletion of a model.
 *
 * @throws {LatentboardError} `not-found` when there is none, `conflict` when another model has taken the name
 */
export async function restoreModel(folder: string, name: string): Promise<void> {
  checkModelName(name);
  const removed = (await listRemoved(folder)).filter((model) => model.name === name)
    .toSorted((a, b) => b.removedAt - a.removedAt)[0];
  if (removed === undefined) {
    throw new LatentboardError("not-found", `No model named "${name}" was deleted lately`, { field: "model" });
  }
  const target = join(folder, name);
  if (await exists(target)) {
    throw new LatentboardError(
      "conflict",
      `There is a model named "${name}" again: rename it, then restore the old one`,
      { field: "model" },
    );
  }
  await Deno.rename(removed.path, target);
  await syncFolder(folder);
}

/**
 * Deletes for good what was deleted longer ago.
 *
 * @param before milliseconds since 1970
 * @returns how many models went
 */
export async function purgeRemovedModels(folder: string, before: number): Promise<number> {
  const old = (await listRemoved(folder)).filter(({ removedAt }) => removedAt < before);
  for (const { path } of old) await Deno.remove(path, { recursive: true });
  return old.length;
}

async function requireModel(folder: string, name: string): Promise<void> {
  try {
    await readModelDocument(folder, name);
  } catch (error) {
    if (!(error instanceof LatentboardError) || error.kind !== "damaged") throw error; // a damaged one may go too
  }
}

async function listRemoved(folder: string): Promise<RemovedModel[]> {
  const found: RemovedModel[] = [];
  try {
    for await (const entry of Deno.readDir(join(folder, REMOVED))) {
      const match = REMOVED_MODEL.exec(entry.name);
      if (match === null) continue;
      found.push({ path: join(folder, REMOVED, entry.name), name: match[1]!, removedAt: Number(match[2]) });
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}
