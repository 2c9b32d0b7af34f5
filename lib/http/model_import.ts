/** Models that are uploaded. */
import { LatentboardError } from "../errors.ts";
import { ModelRuntime, ProviderSelector, summarize } from "../inference/mod.ts";
import { listModels, type ModelDocument, refuseUnsafeGraph, unpackModel, writeModel } from "../model/mod.ts";

/** Leaves room for a number in a name. */
const MAX_NAME_STEM = 58;

/**
 * Imports a model: its archive is checked, its graphs are opened and held against model.json, and a picture is decoded
 * and encoded before anything is written. A name that is taken gets a number, and so
 * does its title.
 *
 * @param folder holds one folder per model
 * @param bytes a zip archive
 * @returns model.json as written
 * @throws {LatentboardError} `damaged`, `too-large`, or `unsupported` when its latents can't be decoded
 */
export async function importModel(folder: string, bytes: Uint8Array): Promise<ModelDocument> {
  const { document, files } = unpackModel(bytes);
  summarize(document); // refuses latents that can't be decoded
  for (const [name, content] of Object.entries(files)) if (name.endsWith(".onnx")) refuseUnsafeGraph(content, name);
  const graphs = { decoder: files["decoder.onnx"]!, encoder: files["encoder.onnx"]! };
  const runtime = await ModelRuntime.open(document, graphs, new ProviderSelector(["cpu"]));
  try {
    await runtime.offManifold(new Float32Array(runtime.latentDim));
  } catch (cause) {
    throw new LatentboardError("damaged", "This model's graphs fail when they run: export it again", {
      field: "body",
      cause,
    });
  } finally {
    await runtime.dispose();
  }
  return await writeModel(folder, { ...document, ...unlike(document, await listModels(folder)) }, files);
}

/** The model's own name and title, or both with the first number from 2 whose name is free. */
function unlike({ name, title }: ModelDocument, taken: readonly string[]): Pick<ModelDocument, "name" | "title"> {
  if (!taken.includes(name)) return { name, title };
  let number = 2;
  const numbered = () => `${name.slice(0, MAX_NAME_STEM)}-${number}`;
  while (taken.includes(numbered())) number++;
  return { name: numbered(), title: `${title} (${number})` };
}
