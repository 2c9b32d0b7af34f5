/** Hidden layers: an affine layer, the normalisation asked for, the activation. */
import type { ArchitectureConfig } from "./config_types.ts";
import type { Conv2dLayer, Conv2dTransposeLayer, DenseLayer, Layer } from "./layers.ts";

type AffineLayer = DenseLayer | Conv2dLayer | Conv2dTransposeLayer;

/** Omits from each member of a union. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/**
 * An affine layer with what the configuration wants after it.
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
