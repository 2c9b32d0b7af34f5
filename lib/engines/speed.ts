/** How long training takes on each engine, as `deno task bench:engines` measured it. */
import type { EngineName } from "./names.ts";

/** The kind of a model's layers, on which an engine's slowdown depends. */
export type ModelKind = "conv" | "mlp";

/**
 * How many times as long as with TensorFlow a training step takes, as measured in docs/engines.md. None has been
 * measured for webgpu on a graphics card.
 */
const SLOWDOWN: Readonly<Record<ModelKind, Partial<Record<EngineName, number>>>> = {
  conv: { wasm: 9, cpu: 1700 },
  mlp: { wasm: 5, cpu: 70 },
};

/** A clause that says how much slower than TensorFlow an engine is; undefined for TensorFlow. */
export function describeSlowdown(engine: EngineName, model: ModelKind): string | undefined {
  if (engine === "tensorflow") return undefined;
  const factor = SLOWDOWN[model][engine];
  if (factor === undefined) {
    return "how it compares with TensorFlow here is not known, deno task bench:engines measures it";
  }
  return `a step takes about ${factor} times as long as with TensorFlow (deno task bench:engines measures it here)`;
}
