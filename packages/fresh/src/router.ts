import type { Method } from "./types.ts";

/** What a path leads to, by method. */
interface Entry<T> {
  path: string;
  pattern: URLPattern | null;
  byMethod: Map<Method, T>;
}

/** What {@linkcode Router.match} found. */
export interface Match<T> {
  /** The registered path; null where none matches. */
  route: string | null;
  /** What is registered for the method; null where only other methods are. */
  value: T | null;
  /** The path's parameters, decoded. */
  params: Record<string, string>;
  /** The methods registered for the path. */
  allowed: Method[];
}

const SYNTAX = /[*:{}+?()]/;

/**
 * Finds what is registered for a path: plain paths first, then patterns in the
 * order they came. The first registration of a method wins.
 */
export class Router<T> {
  #plain = new Map<string, Entry<T>>();
  #patterns = new Map<string, Entry<T>>();

  /** Registers a value; an earlier one for the same path and method stays. */
  add(method: Method, path: string, value: T): void {
    const isPattern = SYNTAX.test(path);
    const entries = isPattern ? this.#patterns : this.#plain;
    let entry = entries.get(path);
    if (entry === undefined) {
      entry = {
        path,
        pattern: isPattern ? new URLPattern({ pathname: path }) : null,
        byMethod: new Map(),
      };
      entries.set(path, entry);
    }
    if (!entry.byMethod.has(method)) entry.byMethod.set(method, value);
  }

  /** Finds what answers a method at a URL; HEAD falls back to GET. */
  match(method: Method, url: URL): Match<T> {
    const plain = this.#plain.get(url.pathname);
    if (plain !== undefined) return found(plain, method, {});

    for (const entry of this.#patterns.values()) {
      const groups = entry.pattern?.exec(url)?.pathname.groups;
      if (groups !== undefined) return found(entry, method, groups);
    }
    return { route: null, value: null, params: {}, allowed: [] };
  }
}

function found<T>(entry: Entry<T>, method: Method, groups: Record<string, string | undefined>): Match<T> {
  const { byMethod } = entry;
  const value = byMethod.get(method) ?? (method === "HEAD" ? byMethod.get("GET") : undefined) ?? null;
  const params: Record<string, string> = Object.create(null);
  if (value !== null) {
    for (const [name, text] of Object.entries(groups)) {
      params[name] = decode(text ?? "");
    }
  }
  return { route: entry.path, value, params, allowed: [...byMethod.keys()] };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
