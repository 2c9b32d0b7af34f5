/** What kinds of architecture declare, and the hidden layers that they are made of. */
import type { ArchitectureConfig } from "./config_schema.ts";
import type { Conv2dLayer, Conv2dTransposeLayer, DenseLayer, Layer } from "./layers.ts";

/** The body of an encoder and of a decoder; `buildNetwork` puts heads onto them. */
export interface Body {
  /** From `[height, width, channels]`, 0 to 1, to `[features]`. */
  readonly encoder: readonly Layer[];
  /** From `[latentDim]` to what {@linkcode Body.output} takes. */
  readonly decoder: readonly Layer[];
  /** The last layers of the decoder, from its body to `[height, width, channels]`, under the given name. */
  output(name: string): readonly Layer[];
}

type AffineLayer = DenseLayer | Conv2dLayer | Conv2dTransposeLayer;

/** Omits from each member of a union. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/**
 * An affine layer with the normalisation and the activation of the configuration after it.
 *
 * @param config which activation and normalisation; `gated` goes without normalisation
 * @param affine the layer, its activation left out
 */
export function hidden(
  { activation, normalization }: Pick<ArchitectureConfig, "activation" | "normalization">,
  affine: Without<AffineLayer, "activation">,
): Layer[] {
  if (normalization === "none" || activation === "gated") return [{ ...affine, activation }];
  return [
    { ...affine, activation: "linear" },
    normalization === "layer"
      ? { kind: "layerNorm", name: `${affine.name}/norm`, epsilon: 1e-5 }
      : { kind: "batchNorm", name: `${affine.name}/norm`, epsilon: 1e-5, momentum: 0.9 },
    { kind: "activation", activation },
  ];
}
