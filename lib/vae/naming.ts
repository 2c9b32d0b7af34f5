/** The name that a model gets when nobody chose one. */
import type { TrainingConfig } from "./config_schema.ts";

/** A model's name from its configuration: its own, or the data's and the latent size, such as `fashion-mnist-20`. */
export function modelNameOf(config: Pick<TrainingConfig, "name" | "data" | "latentDim">): string {
  if (config.name !== undefined) return config.name;
  const last = config.data.source.split(/[\\/]+/).filter((part) => part !== "").at(-1) ?? "";
  const source = last.replace(/\.(zip|npz|npy|gz)$/i, "");
  const slug = source.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 50) || "pictures";
  return `${slug}-${config.latentDim}`;
}
