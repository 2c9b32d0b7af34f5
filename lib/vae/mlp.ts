/** The multi-layer perceptron: dense layers down to the latent, and the same back up. */
import { type Body, hidden } from "./body.ts";
import type { MlpConfig } from "./config_schema.ts";
import type { ImageShape, Layer } from "./layers.ts";

/** Declares the layers of {@linkcode MlpConfig}; 784-400-20 by default. */
export function mlp(config: MlpConfig, { height, width, channels }: ImageShape): Body {
  const dense = (side: string, sizes: readonly number[]): Layer[] =>
    sizes.flatMap((units, i) => hidden(config, { kind: "dense", name: `${side}/dense${i + 1}`, units }));
  return {
    encoder: [{ kind: "flatten" }, ...dense("encoder", config.hidden)],
    decoder: dense("decoder", config.hidden.toReversed()),
    output: (name) => [
      { kind: "dense", name, units: height * width * channels, activation: "linear" },
      { kind: "reshape", shape: [height, width, channels] },
    ],
  };
}
