import type { Method } from "./types.ts";

interface Entry<T> {
  path: string;
  pattern: URLPattern;
  byMethod: Map<Method, T>;
}

/** What answers a request; `route` is null where no path matches, `value` where the path has other methods only. */
export interface Match<T> {
  route: string | null;
  value: T | null;
  params: Record<string, string>;
  allowed: Method[];
}

/** Every method, in the order that `app.all()` registers them. */
export const METHODS: readonly Method[] = ["GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

const SYNTAX = /[*:{}+?()]/;

/** Finds what is registered for a path: plain paths first, then patterns in the order they came. */
export class Router<T> {
  #plain = new Map<string, Entry<T>>();
  #patterns = new Map<string, Entry<T>>();

  /** Registers a value; an earlier one for the same path and method stays. */
  add(methods: readonly Method[], path: string, value: T): void {
    const entries = SYNTAX.test(path) ? this.#patterns : this.#plain;
    const pattern = new URLPattern({ pathname: path });
    const entry = entries.get(path) ?? { path, pattern, byMethod: new Map<Method, T>() };
    entries.set(path, entry);
    for (const method of methods) if (!entry.byMethod.has(method)) entry.byMethod.set(method, value);
  }

  /**
   * Finds what answers. HEAD falls back to GET; a plain path matches with and without its final slash.
   *
   * @throws {URIError} where a parameter has an escape that can't be decoded
   */
  match(method: Method, { pathname }: URL): Match<T> {
    const other = pathname.endsWith("/") ? pathname.slice(0, -1) : `${pathname}/`;
    let entry = this.#plain.get(pathname) ?? this.#plain.get(other);
    let groups: Record<string, string | undefined> = {};
    for (const candidate of entry === undefined ? this.#patterns.values() : []) {
      const found = candidate.pattern.exec({ pathname });
      if (found === null) continue;
      [entry, groups] = [candidate, found.pathname.groups];
      break;
    }
    if (entry === undefined) return { route: null, value: null, params: {}, allowed: [] };
    const { path, byMethod } = entry;
    const value = byMethod.get(method) ?? (method === "HEAD" ? byMethod.get("GET") : undefined) ?? null;
    const params = value === null ? [] : Object.entries(groups).map(([name, text]) => [name, decodeURI(text ?? "")]);
    return { route: path, value, params: Object.fromEntries(params), allowed: [...byMethod.keys()] };
  }
}

/**
 * Turns a route file's path (no extension, `"/posts/[id]"`) into the path that URLPattern matches (`"/posts/:id"`).
 * Groups such as `(admin)` vanish.
 */
export function fileToPattern(file: string): string {
  const parts = partsOf(file);
  if (parts.at(-1) === "index") parts.pop();
  const pattern = parts.map((part) => {
    const isRest = /^\[\.\.\.\w+\]$/.test(part);
    const isOptional = /^\[\[\w+\]\]$/.test(part);
    const text = isRest
      ? `/:${part.slice(4, -1)}*`
      : isOptional
      ? `{/:${part.slice(2, -2)}}?`
      : `/${part.replaceAll(/\[(\w+)\](?!\[)/g, ":$1")}`;
    if (/[[\]]/.test(text)) throw new SyntaxError(`Cannot route "${file}": its brackets have no meaning`);
    return text;
  }).join("");
  // With its slash inside, a pattern that is optional as a whole would not match the root
  const isOptional = parts.every((part) => looseness(part) > 2);
  return (isOptional ? pattern.replace(/^\{\//, "/{") : pattern) || "/";
}

/** What orders route files: plain text, text with parameters, parameter, optional parameter, rest. */
export function sortKey(file: string): string {
  return partsOf(file).map((part) => looseness(part) + part).join("\0");
}

function looseness(part: string): number {
  if (part.startsWith("[...")) return 4;
  if (part.startsWith("[[")) return 3;
  if (/^\[\w+\]$/.test(part)) return 2;
  return part.includes("[") ? 1 : 0;
}

function partsOf(file: string): string[] {
  return file.split("/").filter((part) => part !== "" && !/^\(.*\)$/.test(part));
}
