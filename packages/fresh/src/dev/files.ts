import { extname, join } from "node:path";
import { asset } from "../runtime/asset.ts";
import { filesBelow } from "./crawl.ts";

const TYPES: Record<string, string> = {
  ".avif": "image/avif",
  ".bin": "application/octet-stream",
  ".css": "text/css; charset=UTF-8",
  ".csv": "text/csv; charset=UTF-8",
  ".gif": "image/gif",
  ".html": "text/html; charset=UTF-8",
  ".ico": "image/vnd.microsoft.icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=UTF-8",
  ".json": "application/json; charset=UTF-8",
  ".map": "application/json; charset=UTF-8",
  ".md": "text/markdown; charset=UTF-8",
  ".mjs": "text/javascript; charset=UTF-8",
  ".mp4": "video/mp4",
  ".onnx": "application/octet-stream",
  ".otf": "font/otf",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml; charset=UTF-8",
  ".ttf": "font/ttf",
  ".txt": "text/plain; charset=UTF-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json; charset=UTF-8",
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".xml": "application/xml; charset=UTF-8",
};

/** The media type of a file by its extension; plain text by default. */
export function contentType(path: string): string {
  return TYPES[extname(path).toLowerCase()] ?? "text/plain; charset=UTF-8";
}

/** SHA-256 in hex. */
export async function sha256(content: Uint8Array): Promise<string> {
  const bytes = content as Uint8Array<ArrayBuffer>;
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}

/** A file of the static folder. */
export interface StaticSource {
  /** URL path. */
  url: string;
  /** Absolute path. */
  path: string;
  /** Its content. */
  content: Uint8Array;
}

/** Reads the static folder, but for hidden files and what a build wrote. */
export async function readStatic(
  dir: string,
  outDir: string,
): Promise<StaticSource[]> {
  const files = (await filesBelow(dir)).filter(({ name, path }) =>
    !/(?:^|\/)\.(?!well-known(?:\/|$))/.test(name) &&
    !path.startsWith(join(outDir, "/"))
  );
  return await Promise.all(files.map(async ({ name, path }) => ({
    url: `/${name}`,
    path,
    content: await Deno.readFile(path),
  })));
}

/** Makes the URLs in a stylesheet immutable; null where it has none. */
export function lockStylesheet({ url, content }: StaticSource): string | null {
  if (!url.endsWith(".css")) return null;
  const text = new TextDecoder().decode(content);
  const locked = text.replaceAll(
    /url\(\s*(["']?)([^"')]+)\1\s*\)/g,
    (_, __, target) => `url(${JSON.stringify(asset(target))})`,
  );
  return locked === text ? null : locked;
}
