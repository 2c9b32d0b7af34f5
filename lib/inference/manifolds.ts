/** How near to its pictures a model's own pictures lie: what an off-manifold distance is compared with. */
import { evenlySpacedIndices } from "../dataset/evenly_spaced.ts";
import { type ModelDocument, PerModelCache, readLatentMap } from "../model/mod.ts";
import type { ModelRuntime } from "./runtime.ts";

/** Pictures of the map that are measured. */
const PICTURES = 100;

/** Measures each model once, when first asked. */
export class Manifolds {
  readonly #folder: string;
  readonly #distances = new PerModelCache<readonly number[]>();

  /** @param folder holds one folder per model */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The off-manifold distances of some of the model's test pictures, nearest first; undefined for a model without a map.
   *
   * @param document the model's model.json, as it is now; an open model may have been replaced since
   * @throws {LatentboardError} `damaged` when the map was altered
   */
  async testDistances(document: ModelDocument, runtime: ModelRuntime): Promise<readonly number[] | undefined> {
    if (document.files["map.bin"] === undefined) return undefined;
    return await this.#distances.get(document, ["encoder.onnx", "decoder.onnx", "map.bin"], async () => {
      const { latentDim } = runtime;
      const { count, latents } = await readLatentMap(this.#folder, document);
      const distances: number[] = [];
      for (const place of evenlySpacedIndices(count, PICTURES)) {
        const z = latents.subarray(place * latentDim, (place + 1) * latentDim);
        distances.push((await runtime.offManifold(z)).distance);
      }
      return distances.toSorted((a, b) => a - b);
    });
  }
}
