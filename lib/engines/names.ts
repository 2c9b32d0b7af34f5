/** The names of the engines. */
import { LatentboardError } from "../errors.ts";
import type { DeviceChoice } from "../tensorflow/mod.ts";

/** TensorFlow, or one of tfjs's own backends. */
export type EngineName = "tensorflow" | "webgpu" | "wasm" | "cpu";

/** The best first. */
export const ENGINES: readonly EngineName[] = ["tensorflow", "webgpu", "wasm", "cpu"];

/** Whether a value, such as one from a run's folder, names an engine. */
export function isEngineName(value: unknown): value is EngineName {
  return ENGINES.includes(value as EngineName);
}

/**
 * The engine that `--engine` names; undefined where it is left out.
 *
 * @throws {LatentboardError} `invalid` when there is no such engine
 */
export function engineNameOf(value: unknown): EngineName | undefined {
  if (value === undefined || isEngineName(value)) return value;
  throw new LatentboardError("invalid", `There is no engine "${value}": choose ${ENGINES.join(", ")}`, {
    field: "engine",
  });
}

/**
 * The device that `--device` names: `cpu`, `gpu` (the first card) or `gpu:1`; undefined where it is left out.
 *
 * @throws {LatentboardError} `invalid` for anything else
 */
export function deviceOf(value: unknown): DeviceChoice | undefined {
  if (value === undefined || value === "cpu") return value;
  const [, number = "0"] = /^gpu(?::(\d{1,3}))?$/.exec(String(value)) ?? [, null];
  if (number !== null) return { gpu: Number(number) };
  throw new LatentboardError(
    "invalid",
    `There is no device "${value}": choose cpu, gpu, or gpu:1 for the second card`,
    {
      field: "device",
    },
  );
}
