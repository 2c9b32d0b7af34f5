import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import type { BuildFile } from "../build.ts";
import { leftOut } from "../left_out.ts";
import { asset } from "../runtime/asset.ts";

/** Content types of what pages load; further ones are added here. */
const TYPES: Record<string, string> = {
  ".css": "text/css; charset=UTF-8",
  ".ico": "image/vnd.microsoft.icon",
  ".js": "text/javascript; charset=UTF-8",
  ".map": "application/json; charset=UTF-8",
  ".png": "image/png",
  ".svg": "image/svg+xml; charset=UTF-8",
  ".woff2": "font/woff2",
};

/** A file to be served at a URL path. */
export interface ServedFile {
  url: string;
  bytes: Uint8Array;
}

/** Reads the static folder, but for hidden files. */
export async function readStatic(dir: string): Promise<ServedFile[]> {
  const names = (await filesBelow(dir)).filter((name) => !/(?:^|\/)\.(?!well-known(?:\/|$))/.test(name));
  return await Promise.all(
    names.map(async (name) => ({ url: `/${name}`, bytes: await Deno.readFile(join(dir, name)) })),
  );
}

/** What `staticFiles()` needs to know of each file. The URLs in stylesheets become immutable. */
export async function describeFiles(files: readonly ServedFile[]): Promise<Record<string, Required<BuildFile>>> {
  const described = files.map(async ({ url, bytes }) => {
    const contentType = TYPES[extname(url).toLowerCase()];
    if (contentType === undefined) throw leftOut(`staticFiles() of ${url}`);
    const locked = (_: string, start: string, target: string) => start + asset(target);
    const content = url.endsWith(".css")
      ? new TextEncoder().encode(new TextDecoder().decode(bytes).replaceAll(/(url\(\s*["']?)([^"')\s]+)/g, locked))
      : bytes;
    return [url, { hash: await sha256(content), size: content.byteLength, contentType, content }] as const;
  });
  return Object.fromEntries(await Promise.all(described));
}

/** SHA-256 in hex. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return new Uint8Array(digest).toHex();
}

/** Files that are part of Fresh's routing and left out here. */
const LEFT_OUT = /\/_(?:layout|500)$|\/\(_[^/]+\)\//;

/** Finds the islands, and the routes by path below their folder without extension; tests among them are ignored. */
export async function findSources(root: string): Promise<{ islands: string[]; routes: Map<string, string> }> {
  const sourcesBelow = async (folder: string) =>
    (await filesBelow(folder)).filter((name) => /(?<![._]test)\.[jt]sx?$/.test(name)).map((name) => join(folder, name));
  const routes = (await sourcesBelow(join(root, "routes"))).map((path) => {
    const id = new URL(pathBelow(join(root, "routes"), path).replace(/\.\w+$/, ""), "http://localhost/").pathname;
    if (LEFT_OUT.test(id)) throw leftOut(`routes${id}`);
    return [id, path] as const;
  });
  return { islands: await sourcesBelow(join(root, "islands")), routes: new Map(routes) };
}

/** The files below a folder by their path in it, in a stable order; none without a folder. */
async function filesBelow(dir: string): Promise<string[]> {
  if (!existsSync(dir)) return [];
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => pathBelow(dir, join(entry.parentPath, entry.name))).toSorted();
}

/** A path below a folder as a URL writes it. */
export function pathBelow(folder: string, path: string): string {
  return relative(folder, path).split(sep).join("/");
}
