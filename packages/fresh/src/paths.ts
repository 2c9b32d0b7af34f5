/** Joins a base path (`""`, `"/foo"`, `"/foo/*"`) and a route's path. */
export function joinPath(base: string, path: string): string {
  const prefix = base.replace(/\*$/, "").replace(/\/$/, "");
  if (path === "*" || path === "/*") return `${prefix}/*`;
  if (path === "" || path === "/") return prefix === "" ? "/" : prefix;
  return prefix + (path.startsWith("/") ? path : `/${path}`);
}

/** The segments of a path below the root: none for `"/"`, `"*"` and `"/*"`. */
export function segmentsOf(path: string): string[] {
  if (path === "*" || path === "/*") return [];
  return path.split("/").filter((part) => part !== "");
}

/**
 * Turns a route file's path (no extension, `"/posts/[id]"`) into the path that
 * URLPattern matches (`"/posts/:id"`). Groups such as `(admin)` vanish.
 */
export function fileToPattern(file: string): string {
  const parts = file.split("/").filter((part) => part !== "");
  if (parts.at(-1) === "index") parts.pop();
  const pattern = parts
    .filter((part) => !isGroup(part))
    .map((part) => partToPattern(part, file))
    .join("");
  return pattern === "" ? "/" : pattern;
}

function partToPattern(part: string, file: string): string {
  const rest = /^\[\.\.\.(\w+)\]$/.exec(part);
  if (rest !== null) return `/:${rest[1]}*`;

  const optional = /^\[\[(\w+)\]\]$/.exec(part);
  if (optional !== null) return `{/:${optional[1]}}?`;

  const problem = part.includes("][")
    ? "parameters need text between them"
    : part.includes("[[") || part.includes("]]")
    ? "an optional parameter takes a whole segment"
    : part.includes("[...")
    ? "a rest parameter takes a whole segment"
    : /[[\]]/.test(part.replaceAll(/\[\w+\]/g, ""))
    ? "brackets do not match"
    : null;
  if (problem !== null) {
    throw new SyntaxError(`Cannot route "${file}": ${problem}`);
  }
  return "/" + part.replaceAll(/\[(\w+)\]/g, ":$1");
}

function isGroup(part: string): boolean {
  return part.startsWith("(") && part.endsWith(")");
}

/**
 * Orders route files so that the more specific pattern is registered first:
 * plain text, text with parameters, parameter, optional parameter, rest.
 */
export function compareRouteFiles(a: string, b: string): number {
  const left = plainParts(a);
  const right = plainParts(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const one = left[i];
    const other = right[i];
    if (one === undefined || other === undefined) {
      return left.length - right.length;
    }
    const order = looseness(one) - looseness(other) || compare(one, other);
    if (order !== 0) return order;
  }
  return compare(a, b);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function plainParts(file: string): string[] {
  return file.split("/").filter((part) => part !== "" && !isGroup(part));
}

function looseness(part: string): number {
  if (part.startsWith("[...")) return 4;
  if (part.startsWith("[[")) return 3;
  if (/^\[\w+\]$/.test(part)) return 2;
  return part.includes("[") ? 1 : 0;
}
