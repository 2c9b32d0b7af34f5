/** Changes of a published model that leave its graphs alone. */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import type { ModelChange } from "../protocol.ts";
import { exists, writeFileAtomic } from "../system/files.ts";
import type { ModelDocument } from "./format.ts";
import { checkNewModelName, type ModelFiles, readModelDocument, readModelFile, writeModel } from "./store.ts";

/**
 * Gives a model another title, another name, or both. A model with a new name is written whole before the old folder
 * goes, so that a crash leaves one of them or both.
 *
 * @returns model.json as it is now
 * @throws {LatentboardError} `not-found`; `damaged` when a file was altered; `conflict`, field `name`, when the new name
 * is taken
 */
export async function changeModel(folder: string, name: string, change: ModelChange): Promise<ModelDocument> {
  const document = await readModelDocument(folder, name);
  const changed: ModelDocument = { ...document, ...change };
  if (changed.name !== name) checkNewModelName(changed.name);
  if (changed.name === name) {
    await writeFileAtomic(join(folder, name, "model.json"), JSON.stringify(changed, null, 2) + "\n");
    return changed;
  }
  if (await exists(join(folder, changed.name))) {
    throw new LatentboardError("conflict", `There is a model named "${changed.name}" already: choose another name`, {
      field: "name",
    });
  }
  const files: ModelFiles = {};
  for (const file of Object.keys(document.files)) files[file] = await readModelFile(folder, document, file);
  const written = await writeModel(folder, changed, files);
  await Deno.remove(join(folder, name), { recursive: true });
  return written;
}
