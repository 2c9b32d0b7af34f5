/** Where a run's weights begin: drawn from its seed, or taken from the run that it was forked from. */
import { join } from "node:path";
import { LatentboardError } from "../errors.ts";
import { exists } from "../system/files.ts";
import { FORKED_WEIGHTS, readSafetensors } from "../training/mod.ts";
import { initialParameters, type Model, type ParameterValues } from "../vae/mod.ts";

const PREFIX = "parameters/";

/**
 * The first values of a run's parameters.
 *
 * @param seed of those that are drawn
 * @throws {LatentboardError} `invalid` when the other run's weights don't fit the layers
 */
export async function initialValues(run: string, model: Model, seed: number): Promise<ParameterValues> {
  const drawn = initialParameters(model, seed);
  const path = join(run, FORKED_WEIGHTS);
  if (!await exists(path)) return drawn;
  const { tensors } = readSafetensors(await Deno.readFile(path));
  return Object.fromEntries(
    Object.entries(drawn).map(([name, { shape }]) => {
      const tensor = tensors[PREFIX + name];
      if (tensor === undefined || String(tensor.shape) !== String(shape)) {
        throw new LatentboardError(
          "invalid",
          `The weights of the run that this one was forked from don't fit its layers (${name} is of another shape): ` +
            "fork it afresh, or keep model, latents and image size",
          { field: "fork" },
        );
      }
      return [name, { shape, data: tensor.data as Float32Array }];
    }),
  );
}
