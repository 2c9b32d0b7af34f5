/** Reads training configurations: YAML and options in, a resolved {@linkcode TrainingConfig} out. */
import { parse as parseYaml } from "yaml";
import { LatentboardError } from "../errors.ts";
import { configSchema, keysAt } from "./config_schema.ts";
import type { TrainingConfig } from "./config_schema.ts";

/** Some keys of a configuration, nested as in the YAML: `{ optimizer: { learningRate: 1e-4 } }`. */
export interface ConfigValues {
  /** A value, a list, or the keys below. `undefined` is passed over. */
  readonly [key: string]: unknown;
}

/** What a configuration is of that says nothing; every other default stands in the schema. */
const DEFAULT_KINDS: ConfigValues = {
  architecture: { kind: "conv" },
  family: { kind: "vae" },
  schedule: { kind: "constant" },
};

/**
 * Reads a configuration. `overrides` win over `source`; what neither says takes its default, so `parseConfig({})` is
 * the default convolutional VAE. Overriding the `kind` of `architecture`, `family` or `schedule` with another kind drops the file's
 * settings of the old kind.
 *
 * @param source the text of a YAML file, or its parsed content
 * @param overrides keys that win, such as those from the command line
 * @returns the configuration, complete and plain (it survives JSON)
 * @throws {LatentboardError} kind `invalid`, naming the key, its value and what is allowed
 */
export function parseConfig(source: string | ConfigValues, overrides: ConfigValues = {}): TrainingConfig {
  const values = merge(merge(DEFAULT_KINDS, typeof source === "string" ? parseText(source) : source), overrides);
  const result = configSchema.safeParse(values);
  if (!result.success) throw faultOf(result.error.issues[0]!, values);
  const { architecture } = result.data;
  if (architecture.activation === "gated" && architecture.normalization !== "none") {
    throw fault(
      "architecture.normalization",
      `architecture.normalization is "${architecture.normalization}": it must be none with the gated activation`,
    );
  }
  return result.data;
}

function parseText(text: string): ConfigValues {
  let parsed: unknown;
  try {
    parsed = parseYaml(text) ?? {};
  } catch (cause) {
    const line = cause instanceof Error ? cause.message.split("\n")[0]!.replace(/:$/, "") : String(cause);
    throw fault(undefined, `it is not YAML: ${line}`, cause);
  }
  if (isValues(parsed)) return parsed;
  throw fault(undefined, "it must be keys and values, such as epochs: 10");
}

/** Deep, key by key; a list or another kind replaces what was there. */
function merge(base: ConfigValues, overrides: ConfigValues): ConfigValues {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(overrides)) {
    if (value === undefined) continue;
    const old = base[key];
    const sameKind = isValues(old) && isValues(value) && (value.kind === undefined || value.kind === old.kind);
    merged[key] = sameKind ? merge(old, value) : value;
  }
  return merged;
}

function isValues(value: unknown): value is ConfigValues {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The part of a zod issue that is read here. */
interface Issue {
  readonly code?: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly options?: readonly unknown[];
}

function faultOf(raw: unknown, values: ConfigValues): LatentboardError {
  const issue = raw as Issue;
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const key = [path, issue.keys![0]!].filter((part) => part !== "").join(".");
    return fault(key, `${key} is not a key: there are ${keysAt(issue.path, values).join(", ")}`);
  }
  const found = valueAt(values, issue.path);
  const allowed = issue.code === "invalid_union" && issue.options !== undefined
    ? `it must be one of ${issue.options.join(", ")}`
    : issue.message.startsWith("it must")
    ? issue.message
    : "it must be keys and values";
  const current = found === undefined ? "missing" : JSON.stringify(found);
  return fault(path, `${path === "" ? "the configuration" : path} is ${current}: ${allowed}`);
}

function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], values);
}

function fault(field: string | undefined, detail: string, cause?: unknown): LatentboardError {
  return new LatentboardError("invalid", `Cannot use this configuration: ${detail}`, {
    ...(field === undefined ? {} : { field }),
    cause,
  });
}
