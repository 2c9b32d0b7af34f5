/** The name that a model gets when nobody chose one. */
import type { TrainingConfig } from "./config_schema.ts";

/** What a name is made of. */
export type NamedConfig =
  & Pick<TrainingConfig, "name" | "data" | "latentDim">
  & Partial<Pick<TrainingConfig, "architecture" | "family" | "objective">>;

/**
 * A model's name from its configuration: its own, or the data's and the latent size with what is not the default, such as
 * `fashion-mnist-20` or `fashion-mnist-20-mlp-beta4`.
 */
export function modelNameOf(config: NamedConfig): string {
  if (config.name !== undefined) return config.name;
  const last = config.data.source.split(/[\\/]+/).filter((part) => part !== "").at(-1) ?? "";
  const source = slugOf(last.replace(/\.(zip|npz|npy|gz)$/i, "")) || "pictures";
  const { latentDim, architecture, family, objective } = config;
  const own = [
    family?.kind === "vae" ? undefined : family?.kind,
    architecture?.kind === "conv" ? undefined : architecture?.kind,
    objective?.reconstruction === "bce" ? undefined : objective?.reconstruction,
    objective === undefined || objective.beta === 1 ? undefined : `beta${objective.beta}`,
  ].filter((part) => part !== undefined).map(slugOf);
  const rest = [String(latentDim), ...own].join("-").slice(0, 43);
  return `${source.slice(0, 63 - rest.length)}-${rest}`;
}

function slugOf(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9.]+/g, "-").replace(/^[-.]+|[-.]+$/g, "");
}
