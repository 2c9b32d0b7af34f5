/** Reads training configurations: YAML and options in, a resolved {@linkcode TrainingConfig} out. */
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import { LatentboardError } from "../errors.ts";
import { nearNames } from "../wording.ts";
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
 * @param file what the text was read from, for messages
 * @returns the configuration, complete and plain (it survives JSON)
 * @throws {LatentboardError} kind `invalid`, naming the key, its value and what is allowed
 */
export function parseConfig(
  source: string | ConfigValues,
  overrides: ConfigValues = {},
  file?: string,
): TrainingConfig {
  const text = typeof source === "string" ? parseText(source, file) : undefined;
  const values = merge(merge(DEFAULT_KINDS, text?.values ?? source as ConfigValues), overrides);
  const result = configSchema.safeParse(values);
  if (!result.success) throw faultOf(result.error.issues[0]!, values, text);
  const { architecture } = result.data;
  if (architecture.activation === "gated" && architecture.normalization !== "none") {
    throw fault(
      "architecture.normalization",
      `architecture.normalization is "${architecture.normalization}": it must be none with the gated activation`,
    );
  }
  return result.data;
}

/** A YAML with where its keys stand. */
interface ConfigText {
  readonly values: ConfigValues;
  /** Such as ` in my.yaml, line 3`, of the deepest part of a path that the text has; empty where it has none of it. */
  placeOf(path: readonly PropertyKey[]): string;
}

function parseText(text: string, file: string | undefined): ConfigText {
  const lines = new LineCounter();
  const at = (offset: number) => file === undefined ? "" : ` in ${file}, line ${lines.linePos(offset).line}`;
  const whole = file === undefined ? "" : ` in ${file}`;
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = file === undefined ? ` at line ${lines.linePos(error.pos[0]).line}` : "";
    throw fault(undefined, `it is not YAML: ${error.message}${line}`, { place: at(error.pos[0]), cause: error });
  }
  let values: unknown;
  try {
    values = document.toJS() ?? {};
  } catch (cause) { // such as an alias bomb
    throw fault(undefined, `it is not YAML: ${cause instanceof Error ? cause.message : cause}`, {
      place: whole,
      cause,
    });
  }
  const placeOf = (path: readonly PropertyKey[]) => {
    for (let length = path.length; length > 0; length--) {
      const found = keyOffset(document, path.slice(0, length));
      if (found !== undefined) return at(found);
    }
    return whole;
  };
  if (isValues(values)) return { values, placeOf };
  throw fault(undefined, "it must be keys and values, such as epochs: 10", { place: whole });
}

/** Where a key begins; an item of a list has none, so that its own beginning counts. */
function keyOffset(document: Document, path: readonly PropertyKey[]): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
    return pair !== undefined && isNode(pair.key) ? pair.key.range?.[0] : undefined;
  }
  const item = document.getIn(path, true);
  return isNode(item) ? item.range?.[0] : undefined;
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

function faultOf(raw: unknown, values: ConfigValues, text: ConfigText | undefined): LatentboardError {
  const issue = raw as Issue;
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const wrong = issue.keys![0]!;
    const key = [path, wrong].filter((part) => part !== "").join(".");
    const allowed = keysAt(issue.path, values);
    const near = nearNames(wrong, allowed);
    const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `there are ${allowed.join(", ")}`;
    return fault(key, `${key} is not a key: ${hint}`, { place: text?.placeOf([...issue.path, wrong]) });
  }
  const found = valueAt(values, issue.path);
  const allowed = issue.code === "invalid_union" && issue.options !== undefined
    ? `it must be one of ${issue.options.join(", ")}`
    : issue.message.startsWith("it must")
    ? issue.message
    : "it must be keys and values";
  const current = found === undefined ? "missing" : JSON.stringify(found);
  // a value that an option gave does not stand in the text
  const own = text !== undefined && valueAt(text.values, issue.path) === found ? text : undefined;
  return fault(path, `${path === "" ? "the configuration" : path} is ${current}: ${allowed}`, {
    place: own?.placeOf(issue.path),
  });
}

function valueAt(values: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    values,
  );
}

function fault(
  field: string | undefined,
  detail: string,
  { place = "", cause }: { readonly place?: string | undefined; readonly cause?: unknown } = {},
): LatentboardError {
  return new LatentboardError("invalid", `Cannot use this configuration${place}: ${detail}`, {
    ...(field === undefined ? {} : { field }),
    cause,
  });
}
