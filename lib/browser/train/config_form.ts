/** The form of a configuration, made from its JSON Schema: groups of fields, each with its range and its sentence. */

/** A configuration, complete or in part. */
export type ConfigValues = Readonly<Record<string, unknown>>;

/** One setting. */
export interface SettingField {
  /** Such as `optimizer.learningRate`. */
  readonly path: string;
  readonly kind: "number" | "integer" | "choice" | "text" | "list" | "flag";
  readonly help: string;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** Whether `minimum` itself is too little. */
  readonly exclusive?: boolean | undefined;
  /** Of `choice`. */
  readonly choices?: readonly (string | number)[] | undefined;
  /** Of `list`: whether its items are numbers. */
  readonly numeric?: boolean | undefined;
  /** Whether it may be left out. */
  readonly optional: boolean;
  readonly default?: unknown;
}

/** Settings that belong together. */
export interface SettingGroup {
  readonly path: string;
  readonly help: string;
  /** Whether `kind` decides which other settings there are. */
  readonly isUnion: boolean;
  readonly fields: readonly SettingField[];
  readonly groups: readonly SettingGroup[];
}

/** The part of a JSON Schema (2020-12) that a configuration's schema uses. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string | number;
  readonly enum?: readonly (string | number)[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly items?: Schema | false;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
}

/** JSON's safe integers, which a schema names where there is no bound. */
const NO_BOUND = Number.MAX_SAFE_INTEGER;

/**
 * The form for a configuration.
 *
 * @param schema of the configuration
 * @param values which of a setting's kinds are chosen
 */
export function describeForm(schema: Readonly<Record<string, unknown>>, values: ConfigValues): SettingGroup {
  return describeGroup(schema as Schema, values, "");
}

function describeGroup(schema: Schema, values: unknown, path: string): SettingGroup {
  const kinds = schema.oneOf;
  const chosen = kinds?.find(({ properties }) => properties?.kind?.const === valueAt(values, "kind")) ?? kinds?.[0];
  const { properties = {}, required = [] } = chosen ?? schema;
  const fields: SettingField[] = [];
  const groups: SettingGroup[] = [];
  for (const [key, property] of Object.entries(properties)) {
    const place = path === "" ? key : `${path}.${key}`;
    if (property.properties !== undefined || property.oneOf !== undefined) {
      groups.push(describeGroup(property, valueAt(values, key), place));
      continue;
    }
    const choices = kinds !== undefined && key === "kind"
      ? kinds.flatMap((kind) => kind.properties?.kind?.const ?? [])
      : property.enum;
    const optional = property.default === undefined && !required.includes(key);
    fields.push(describeField(property, place, choices, optional));
  }
  return { path, help: schema.description ?? "", isUnion: kinds !== undefined, fields, groups };
}

function describeField(
  schema: Schema,
  path: string,
  choices: readonly (string | number)[] | undefined,
  optional: boolean,
): SettingField {
  const { description: help = "", minimum = schema.exclusiveMinimum, maximum } = schema;
  const common = { path, help, optional, default: schema.default };
  if (choices !== undefined) return { ...common, kind: "choice", choices };
  switch (schema.type) {
    case "boolean":
      return { ...common, kind: "flag" };
    case "array": {
      const item = schema.prefixItems?.[0] ?? (schema.items === false ? undefined : schema.items);
      return { ...common, kind: "list", numeric: item?.type === "integer" || item?.type === "number" };
    }
    case "integer":
    case "number":
      return {
        ...common,
        kind: schema.type,
        minimum: minimum === -NO_BOUND ? undefined : minimum,
        maximum: maximum === NO_BOUND ? undefined : maximum,
        exclusive: schema.exclusiveMinimum !== undefined,
      };
    default:
      return { ...common, kind: "text" };
  }
}

/** All fields of a form, those of its groups too. */
export function allFields({ fields, groups }: SettingGroup): SettingField[] {
  return [...fields, ...groups.flatMap(allFields)];
}

/** The value at a path; undefined where there is none. */
export function valueAt(values: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (value, key) => typeof value === "object" && value !== null ? (value as ConfigValues)[key] : undefined,
    values,
  );
}

/** A configuration with another value at a path; undefined takes the setting out. */
export function withValue(values: ConfigValues, path: string, value: unknown): ConfigValues {
  const [key = "", ...rest] = path.split(".");
  if (rest.length > 0) {
    const below = values[key];
    if (below === undefined && value === undefined) return values;
    const inner = typeof below === "object" && below !== null && !Array.isArray(below) ? below as ConfigValues : {};
    return { ...values, [key]: withValue(inner, rest.join("."), value) };
  }
  if (value !== undefined) return { ...values, [key]: value };
  const { [key]: _removed, ...others } = values;
  return others;
}

/**
 * The value that a field's text means; undefined for one that is left out.
 *
 * @throws {RangeError} when it is none, with what is allowed
 */
export function parseField(field: SettingField, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  switch (field.kind) {
    case "choice":
      return field.choices?.find((choice) => String(choice) === trimmed) ?? trimmed;
    case "number":
    case "integer":
      return parseNumber(field, trimmed);
    case "list": {
      const items = trimmed.replace(/^\[|\]$/g, "").split(",").map((item) => item.trim()).filter((item) => item !== "");
      return field.numeric === true ? items.map((item) => parseNumber(field, item)) : items;
    }
    case "flag":
      return trimmed === "true";
    case "text":
      return trimmed;
  }
}

/** A field's value as the text that {@linkcode parseField} reads. */
export function fieldText(value: unknown): string {
  if (value === undefined) return "";
  return Array.isArray(value) ? value.join(", ") : String(value);
}

function parseNumber({ kind }: SettingField, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new RangeError(`"${text}" is no number: write ${kind === "integer" ? "one such as 10" : "one such as 0.001"}`);
}
