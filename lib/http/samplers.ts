/** The samplers of the models: a mixture is fitted once, when it is first drawn from. */
import { openSampler, type Sampler, type SamplerName } from "../evaluation/sampler.ts";
import { type ModelDocument, readModelFile } from "../model/mod.ts";
import { PerModelCache } from "./per_model_cache.ts";

/** Opens samplers and keeps the mixtures, one a model; a model that was replaced is fitted anew. */
export class Samplers {
  readonly #folder: string;
  readonly #mixtures = new PerModelCache<Sampler>();

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
    const open = () => openSampler(name, document, () => readModelFile(this.#folder, document, "map.bin"));
    return name === "prior" ? await open() : await this.#mixtures.get(document, ["decoder.onnx", "map.bin"], open);
  }
}
