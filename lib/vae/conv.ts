/** The convolutional architecture: strided convolutions and dense layers down to the latent, and the same back up. */
import { type Body, hidden } from "./body.ts";
import type { ConvConfig } from "./config_schema.ts";
import type { ImageShape, Layer } from "./layers.ts";

/**
 * Declares the layers of {@linkcode ConvConfig}; by default 32 and 64 filters of 3x3 at stride 2, then 256 units. Any
 * picture size works: the decoder goes back through the very sizes that the encoder came through.
 */
export function conv(config: ConvConfig, { height, width, channels }: ImageShape): Body {
  const { filters, kernel, stride } = config;
  const shrink = (size: number, times: number): number => times ? shrink(Math.ceil(size / stride), times - 1) : size;
  const at = (depth: number) => ({ height: shrink(height, depth), width: shrink(width, depth) });
  const deepest = at(filters.length);
  const bottom = [deepest.height, deepest.width, filters.at(-1)!] as const;
  const dense = (side: string, sizes: readonly number[]): Layer[] =>
    sizes.flatMap((units, i) => hidden(config, { kind: "dense", name: `${side}/dense${i + 1}`, units }));

  return {
    encoder: [
      ...filters.flatMap((count, i) =>
        hidden(config, { kind: "conv2d", name: `encoder/conv${i + 1}`, filters: count, kernel, stride })
      ),
      { kind: "flatten" },
      ...dense("encoder", config.hidden),
    ],
    decoder: [
      ...dense("decoder", [...config.hidden.toReversed(), bottom[0] * bottom[1] * bottom[2]]),
      { kind: "reshape", shape: bottom },
      ...filters.slice(0, -1).toReversed().flatMap((count, i) => {
        const name = `decoder/conv${i + 1}`;
        return hidden(config, {
          kind: "conv2dTranspose",
          name,
          filters: count,
          kernel,
          stride,
          ...at(filters.length - 1 - i),
        });
      }),
    ],
    output: (name) => [
      { kind: "conv2dTranspose", name, filters: channels, kernel, stride, height, width, activation: "linear" },
    ],
  };
}
