/** How long training takes on each engine, as `deno task bench:engines` measured it. */
import type { EngineName } from "./names.ts";

/** What a model is made of: how much slower an engine is depends on it. */
export type ModelKind = "conv" | "mlp";

/**
 * How many times as long as with TensorFlow a training step takes, on the machine that docs/engines.md names: batches of
 * 128 pictures of 28×28, the configurations' default layers, two cores. None has been measured for webgpu on a graphics
 * card.
 */
const SLOWDOWN: Readonly<Record<ModelKind, Partial<Record<EngineName, number>>>> = {
  conv: { wasm: 9, cpu: 1700 },
  mlp: { wasm: 5, cpu: 70 },
};

/**
 * Says how much slower than TensorFlow an engine is.
 *
 * @param engine the engine
 * @param model what is trained on it
 * @returns a clause; undefined for TensorFlow
 */
export function describeSlowdown(engine: EngineName, model: ModelKind): string | undefined {
  if (engine === "tensorflow") return undefined;
  const factor = SLOWDOWN[model][engine];
  if (factor === undefined) {
    return "how it compares with TensorFlow here is not known, deno task bench:engines measures it";
  }
  return `a step takes about ${factor} times as long as with TensorFlow (deno task bench:engines measures it here)`;
}
