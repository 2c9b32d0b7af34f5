import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isSpecialFile, type RouteFile } from "../fs_routes.ts";
import {
  type BuildSnapshot,
  registerIslands,
  type StaticFile,
} from "../snapshot.ts";
import type { Bundle } from "./bundle.ts";
import type { ResolvedBuildConfig } from "./config.ts";
import { contentType, lockStylesheet, sha256 } from "./files.ts";

/** Keeps a build in memory; static files are read as they are asked for. */
export async function memorySnapshot<State>(
  config: ResolvedBuildConfig,
  bundle: Bundle,
  routes: { id: string; path: string; lazy: boolean }[],
): Promise<BuildSnapshot<State>> {
  const islands = await Promise.all(bundle.islands.map(async (island) => ({
    ...island,
    mod: await load(island.path),
  })));
  return {
    root: config.root,
    buildId: bundle.buildId,
    clientEntry: bundle.clientEntry,
    liveReload: config.mode === "development",
    islands: registerIslands(islands),
    routes: await Promise.all(
      routes.map(async ({ id, path, lazy }) => ({
        id,
        mod: lazy && !isSpecialFile(id) ? () => load(path) : await load(path),
      })),
    ) as RouteFile<State>[],
    readFile: (path) => readFile(config.staticDir, bundle, path),
  };
}

async function load(path: string): Promise<Record<string, unknown>> {
  return await import(pathToFileURL(path).href);
}

async function readFile(
  staticDir: string,
  bundle: Bundle,
  url: string,
): Promise<StaticFile | null> {
  const content = bundle.scripts.get(url) ?? await readInside(staticDir, url);
  if (content === null) return null;
  const locked = lockStylesheet({ url, path: url, content });
  const bytes = locked === null ? content : new TextEncoder().encode(locked);
  return {
    hash: await sha256(bytes),
    size: bytes.byteLength,
    contentType: contentType(url),
    open: () => Promise.resolve(bytes),
  };
}

/** Reads a file of a folder; nothing outside it, by dots or by links. */
async function readInside(
  dir: string,
  url: string,
): Promise<Uint8Array | null> {
  if (/(?:^|\/)\.(?!well-known(?:\/|$))/.test(url)) return null;
  try {
    const path = await Deno.realPath(join(dir, url));
    const inside = path.startsWith(join(await Deno.realPath(dir), "/"));
    return inside && (await Deno.stat(path)).isFile
      ? await Deno.readFile(path)
      : null;
  } catch {
    return null;
  }
}
