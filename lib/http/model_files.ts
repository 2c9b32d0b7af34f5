/** Where the pages find a model's own files. */
import type { ModelDocument } from "../model/mod.ts";

/**
 * The link of a file in a model's folder; it changes with the file, so browsers may keep it for good.
 *
 * @param document the model
 * @param file such as `map.bin`
 * @returns undefined when the model has no such file
 */
export function modelFileUrl(document: ModelDocument, file: string): string | undefined {
  const entry = document.files[file];
  return entry && `/api/models/${document.name}/${file}?v=${entry.sha256}`;
}
