import { extname, join } from "node:path";
import { asset } from "../runtime/asset.ts";
import type { BuildFile } from "../snapshot.ts";
import { filesBelow } from "./crawl.ts";

const TEXT = "; charset=UTF-8";
const TYPES: Record<string, string> = {
  ".avif": "image/avif",
  ".bin": "application/octet-stream",
  ".css": "text/css" + TEXT,
  ".csv": "text/csv" + TEXT,
  ".gif": "image/gif",
  ".html": "text/html" + TEXT,
  ".ico": "image/vnd.microsoft.icon",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript" + TEXT,
  ".json": "application/json" + TEXT,
  ".map": "application/json" + TEXT,
  ".md": "text/markdown" + TEXT,
  ".mjs": "text/javascript" + TEXT,
  ".mp4": "video/mp4",
  ".onnx": "application/octet-stream",
  ".otf": "font/otf",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml" + TEXT,
  ".ttf": "font/ttf",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json" + TEXT,
  ".webp": "image/webp",
  ".woff": "font/woff",
  ".woff2": "font/woff2",
  ".xml": "application/xml" + TEXT,
};

/** Describes a file by the name it is served under; plain text by default. */
export async function describeFile(url: string, bytes: Uint8Array, content: Uint8Array | string): Promise<BuildFile> {
  return {
    hash: await sha256(bytes),
    size: bytes.byteLength,
    contentType: TYPES[extname(url).toLowerCase()] ?? "text/plain" + TEXT,
    content,
  };
}

/** SHA-256 in hex. */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return new Uint8Array(digest).toHex();
}

/** A file of the static folder. */
export interface StaticSource {
  /** URL path. */
  url: string;
  /** Absolute path. */
  path: string;
  /** Its content. */
  bytes: Uint8Array;
}

/** Reads the static folder, but for hidden files and what a build wrote. */
export async function readStatic(dir: string, outDir: string): Promise<StaticSource[]> {
  const files = (await filesBelow(dir)).filter(({ name, path }) =>
    !/(?:^|\/)\.(?!well-known(?:\/|$))/.test(name) &&
    !path.startsWith(join(outDir, "/"))
  );
  return await Promise.all(
    files.map(async ({ name, path }) => ({
      url: `/${name}`,
      path,
      bytes: await Deno.readFile(path),
    })),
  );
}

/** Makes the URLs in a stylesheet immutable; null where it has none. */
export function lockStylesheet({ url, bytes }: StaticSource): Uint8Array | null {
  if (!url.endsWith(".css")) return null;
  const text = new TextDecoder().decode(bytes);
  const locked = text.replaceAll(
    /url\(\s*(["']?)([^"')]+)\1\s*\)/g,
    (_, __, target) => `url(${JSON.stringify(asset(target))})`,
  );
  return locked === text ? null : new TextEncoder().encode(locked);
}
