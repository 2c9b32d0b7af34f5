/** A model with a map, for what is computed of the map. */
import { encodeLatentMap, samplePrior } from "../../lib/latent/mod.ts";
import { readModelFile, writeModel } from "../../lib/model/mod.ts";
import { writeTinyModel } from "../fixtures/tiny_model.ts";

/** Pictures of the map. */
export const COUNT = 200;

/** Writes the model `mapped`, whose 200 pictures lie in two clusters, at -distance and +distance of the first latent. */
export async function writeMapped(models: string, distance: number): Promise<void> {
  const document = await writeTinyModel(models, { name: "mapped" });
  const mu = samplePrior(4, COUNT, 2).map((noise, i) => 0.2 * noise + [-distance, 0, distance, 0][i % 4]!);
  await writeModel(models, document, {
    "encoder.onnx": await readModelFile(models, document, "encoder.onnx"),
    "decoder.onnx": await readModelFile(models, document, "decoder.onnx"),
    "map.bin": encodeLatentMap(mu, new Uint8Array(COUNT), 2),
  }, { force: true });
}
