/** The samplers of the models: a mixture is fitted once, when it is first drawn from. */
import { openSampler, type Sampler, type SamplerName } from "../evaluation/sampler.ts";
import { type ModelDocument, readModelFile } from "../model/mod.ts";

/** Opens samplers and keeps the mixtures, one a model; a model that was replaced is fitted anew. */
export class Samplers {
  readonly #folder: string;
  readonly #mixtures = new Map<string, { readonly stamp: string; readonly sampler: Promise<Sampler> }>();

  /**
   * Reads nothing yet.
   *
   * @param folder the folder that holds one folder a model
   */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * A sampler of a model.
   *
   * @param name which one
   * @param document the model's model.json
   * @throws {LatentboardError} `unsupported` when a mixture is asked for and the model has no map to fit it to, `damaged`
   * when its map was altered
   */
  async open(name: SamplerName, document: ModelDocument): Promise<Sampler> {
    const opened = () => openSampler(name, document, () => readModelFile(this.#folder, document, "map.bin"));
    if (name === "prior") return await opened();
    const stamp = [document.files["decoder.onnx"], document.files["map.bin"]].map((file) => file?.sha256).join();
    const known = this.#mixtures.get(document.name);
    if (known?.stamp === stamp) return await known.sampler;
    const sampler = opened();
    this.#mixtures.set(document.name, { stamp, sampler });
    try {
      return await sampler;
    } catch (error) {
      if (this.#mixtures.get(document.name)?.sampler === sampler) this.#mixtures.delete(document.name);
      throw error;
    }
  }
}
