/** The engines that can train, by name. */
import { LatentboardError } from "../errors.ts";

/** What computes: TensorFlow, or one of tfjs's backends. */
export type EngineName = "tensorflow" | "webgpu" | "wasm" | "cpu";

/** The best first. */
export const ENGINES: readonly EngineName[] = ["tensorflow", "webgpu", "wasm", "cpu"];

/** Whether a value, such as one out of a run's folder, names an engine. */
export function isEngineName(value: unknown): value is EngineName {
  return ENGINES.includes(value as EngineName);
}

/**
 * Reads what `--engine` says.
 *
 * @param value as it was given; undefined stays so
 * @throws {LatentboardError} `invalid` when there is no such engine
 */
export function engineNameOf(value: unknown): EngineName | undefined {
  if (value === undefined || isEngineName(value)) return value;
  throw new LatentboardError("invalid", `There is no engine "${value}": choose ${ENGINES.join(", ")}`, {
    field: "engine",
  });
}
