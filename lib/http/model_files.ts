import { latentDimOf } from "../inference/mod.ts";
import type { ModelDocument } from "../model/mod.ts";

/**
 * The link to a file in a model's folder, such as `map.bin`; undefined where the model doesn't have it. It changes with
 * the file, so that browsers may cache it for good.
 */
export function modelFileUrl(document: ModelDocument, file: string): string | undefined {
  const entry = document.files[file];
  return entry && `/api/models/${document.name}/${file}?v=${entry.sha256}`;
}

/** What a page needs to show a model's pictures. */
export function picturedModel(document: ModelDocument) {
  const { name, title, image: { width, height } } = document;
  const data = modelFileUrl(document, "map.bin");
  const sheet = modelFileUrl(document, "map.png");
  return {
    name,
    title,
    latentDim: latentDimOf(document),
    image: { width, height },
    map: data === undefined || sheet === undefined ? undefined : { data, sheet },
  };
}
