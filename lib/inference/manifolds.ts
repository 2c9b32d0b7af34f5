/** How near to its pictures a model's own pictures lie: the scale of the off-manifold distance. */
import { evenlySpacedIndices } from "../dataset/evenly_spaced.ts";
import { TYPICAL_QUANTILE } from "../latent/mod.ts";
import { type ModelDocument, PerModelCache, readLatentMap } from "../model/mod.ts";
import type { ModelRuntime } from "./runtime.ts";

/** Pictures of the map that are measured. */
const PICTURES = 100;

/** Measures each model's scale when it is first asked for. */
export class Manifolds {
  readonly #folder: string;
  readonly #scales = new PerModelCache<number | undefined>();

  /** @param folder holds one folder per model */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The distance that 99 of 100 pictures of a model's map stay below; undefined where it has no map.
   *
   * @param document the model's model.json, as it is now; an open model may have been replaced since
   * @param runtime the model
   * @throws {LatentboardError} `damaged` when its map was altered
   */
  async scale(document: ModelDocument, runtime: ModelRuntime): Promise<number | undefined> {
    if (document.files["map.bin"] === undefined) return undefined;
    return await this.#scales.get(document, ["encoder.onnx", "decoder.onnx", "map.bin"], async () => {
      const { latentDim } = runtime;
      const { count, latents } = await readLatentMap(this.#folder, document);
      const distances: number[] = [];
      for (const place of evenlySpacedIndices(count, PICTURES)) {
        const z = latents.subarray(place * latentDim, (place + 1) * latentDim);
        distances.push((await runtime.offManifold(z)).distance);
      }
      return distances.toSorted((a, b) => a - b)[Math.ceil(TYPICAL_QUANTILE * distances.length) - 1];
    });
  }
}
