/** Zod schemas behind an interface of our own, with errors that name the field. */
import { z } from "zod";
import { LatentboardError } from "../errors.ts";

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface Schema<T> {
  /**
   * Checks a value and fills in defaults.
   *
   * @throws {LatentboardError} `invalid`, with the faulty field and what is allowed there
   */
  parse(value: unknown): T;
  readonly jsonSchema: JsonSchema;
}

export function defineSchema<T>(type: z.ZodType<T>): Schema<T> {
  let jsonSchema: JsonSchema | undefined;
  return {
    parse(value) {
      checkListLengths(value, this.jsonSchema, "");
      const result = type.safeParse(value, { reportInput: true });
      if (result.success) return result.data;
      throw faultOf(result.error.issues[0]!);
    },
    get jsonSchema() {
      return jsonSchema ??= toJsonSchema(type);
    },
  };
}

/**
 * Refuses a list that is too long before any of its elements is looked at: Zod would check, and complain of, each of
 * millions.
 */
function checkListLengths(value: unknown, schema: JsonSchema, path: string): void {
  const alternatives = schema.anyOf as readonly JsonSchema[] | undefined;
  if (alternatives !== undefined) {
    const faults = alternatives.map((alternative) => listFault(value, alternative, path));
    if (faults.every((fault) => fault !== undefined)) throw faults.at(-1);
  } else if (Array.isArray(value)) {
    const most = schema.maxItems as number | undefined;
    if (most !== undefined && value.length > most) throw invalid(path, `must hold at most ${most}`);
    const items = schema.items as JsonSchema | undefined;
    if (items === undefined || !mayHoldLists(items)) return;
    for (const [i, item] of value.entries()) checkListLengths(item, items, `${path}[${i}]`);
  } else if (typeof value === "object" && value !== null) {
    const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
    for (const [name, property] of Object.entries(properties)) {
      if (Object.hasOwn(value, name)) {
        checkListLengths((value as Record<string, unknown>)[name], property, path === "" ? name : `${path}.${name}`);
      }
    }
  }
}

function listFault(value: unknown, schema: JsonSchema, path: string): LatentboardError | undefined {
  try {
    checkListLengths(value, schema, path);
    return undefined;
  } catch (error) {
    if (error instanceof LatentboardError) return error;
    throw error;
  }
}

function mayHoldLists({ type, anyOf, properties }: JsonSchema): boolean {
  return type === "array" || anyOf !== undefined || properties !== undefined;
}

function toJsonSchema(type: z.ZodType): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(type, { io: "input" });
  return schema;
}

function faultOf(issue: z.core.$ZodIssue): LatentboardError {
  const inner = likeliestIssue(issue);
  const path = [...issue.path, ...inner === issue ? [] : inner.path];
  if (inner.code === "unrecognized_keys") {
    const key = inner.keys[0] ?? "";
    return invalid(pathText([...path, key]), "is not known: leave it out");
  }
  return invalid(pathText(path), messageOf(inner));
}

/** In a union, the alternative with the fewest issues is the one that was meant. */
function likeliestIssue(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union") return issue;
  return issue.errors.toSorted((a, b) => a.length - b.length)[0]?.[0] ?? issue;
}

function messageOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined ? "is missing" : `must be ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case "too_small":
      return `must ${boundOf(issue.origin, "at least", Number(issue.minimum))}`;
    case "too_big":
      return `must ${boundOf(issue.origin, "at most", Number(issue.maximum))}`;
    case "invalid_value":
      return issue.input === undefined ? "is missing" : `must be ${issue.values.join(" or ")}`;
    default:
      return issue.message;
  }
}

function boundOf(origin: string, side: string, bound: number): string {
  if (origin === "array") return `hold ${side} ${bound}`;
  if (origin === "string") return `have ${side} ${bound} characters`;
  return `be ${side} ${bound}`;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  number: "a finite number",
  int: "a whole number",
  string: "text",
  array: "a list",
  object: "an object",
  boolean: "true or false",
};

/** `["keys", 1, 3]` as `keys[1][3]`. */
function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => text + (typeof key === "number" ? `[${key}]` : `${text === "" ? "" : "."}${String(key)}`),
    "",
  );
}

function invalid(field: string, message: string): LatentboardError {
  return new LatentboardError("invalid", `${field === "" ? "The body" : field} ${message}`, {
    field: field === "" ? "body" : field,
  });
}
