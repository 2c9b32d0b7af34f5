/** The samplers by name, and those of a server's models. */
import { type ModelDocument, PerModelCache, readLatentMap } from "../model/mod.ts";
import type { SamplerName } from "../protocol.ts";
import { gmm } from "./gmm.ts";
import { prior } from "./prior.ts";
import type { LatentDistribution, Sampler } from "./sampler.ts";

/** Every sampler. */
export const SAMPLERS: Readonly<Record<SamplerName, Sampler>> = { prior, gmm };

/** Fits samplers to the models of a folder, each once for as long as the model stays the same. */
export class Samplers {
  readonly #folder: string;
  readonly #fitted: Readonly<Record<SamplerName, PerModelCache<LatentDistribution>>> = {
    prior: new PerModelCache(),
    gmm: new PerModelCache(),
  };

  /** @param folder holds one folder per model */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The distribution of a model.
   *
   * @throws {LatentboardError} `unsupported` when a mixture is asked for and the model has no map to fit it to, `damaged`
   * when its map was altered
   */
  async fit(name: SamplerName, document: ModelDocument): Promise<LatentDistribution> {
    return await this.#fitted[name].get(
      document,
      ["decoder.onnx", "map.bin"],
      () => SAMPLERS[name].fit({ document, readMap: () => readLatentMap(this.#folder, document) }),
    );
  }
}
