/** Models that are uploaded. */
import { LatentboardError } from "../errors.ts";
import { ModelRuntime, ProviderSelector, summarize } from "../inference/mod.ts";
import { listModels, type ModelDocument, unpackModel, writeModel } from "../model/mod.ts";
import { refuseUnsafeGraph } from "../onnx/untrusted.ts";

/**
 * Imports a model: its archive is checked, its graphs are opened and held against model.json, and a picture is decoded
 * and encoded before anything is written. A name that is taken gets a number.
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
  const name = freeName(document.name, await listModels(folder));
  return await writeModel(folder, { ...document, name }, files);
}

/** The name itself, or with the first number from 2 that makes it free. */
function freeName(name: string, taken: readonly string[]): string {
  let free = name;
  for (let number = 2; taken.includes(free); number++) free = `${name.slice(0, 60)}-${number}`;
  return free;
}
