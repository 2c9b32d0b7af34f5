import type { ModelDocument } from "../model/mod.ts";

/**
 * The link to a file in a model's folder, such as `map.bin`; undefined where the model doesn't have it. It changes with
 * the file, so that browsers may cache it for good.
 */
export function modelFileUrl(document: ModelDocument, file: string): string | undefined {
  const entry = document.files[file];
  return entry && `/api/models/${document.name}/${file}?v=${entry.sha256}`;
}
