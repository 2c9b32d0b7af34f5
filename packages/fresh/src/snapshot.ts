import type { Island } from "./types.ts";
import type { ComponentType } from "preact";
import type { RouteFile } from "./fs_routes.ts";

/** A static file that is ready to be sent. */
export interface StaticFile {
  /** SHA-256 of the content in hex; null where it isn't known. */
  hash: string | null;
  /** Bytes. */
  size: number;
  /** Value of Content-Type. */
  contentType: string;
  /** The content, opened only when it is sent. */
  open(): Promise<ReadableStream<Uint8Array> | Uint8Array>;
}

/** What a build gives the app. */
export interface BuildSnapshot<State> {
  /** The project's folder. */
  root: string;
  /** Changes with every input; part of all immutable URLs. */
  buildId: string;
  /** URL path of the browser's runtime. */
  clientEntry: string;
  /** Whether pages load the runtime to reload with the server. */
  liveReload: boolean;
  /** The islands by component. */
  islands: Map<ComponentType, Island>;
  /** The files of the routes folder. */
  routes: RouteFile<State>[];
  /** Finds a static file by its decoded URL path below the base path. */
  readFile(path: string): Promise<StaticFile | null>;
}

/** An islands file as the build describes it. */
export interface IslandFile {
  /** Its name, which a default export is known by. */
  name: string;
  /** URL path of its browser chunk. */
  chunk: string;
  /** Its exports on the server. */
  mod: Record<string, unknown>;
}

/** Makes an island of each function that the files export. */
export function registerIslands(
  files: IslandFile[],
): Map<ComponentType, Island> {
  const islands = new Map<ComponentType, Island>();
  const taken = new Set<string>();
  for (const { name, chunk, mod } of files) {
    for (const [exportName, value] of Object.entries(mod)) {
      if (typeof value !== "function") continue;
      const fn = value as ComponentType;
      const wanted = exportName === "default" ? name : exportName;
      islands.set(fn, {
        file: chunk,
        name: uniqueName(wanted, taken),
        exportName,
        fn,
        css: [],
      });
    }
  }
  return islands;
}

/** A JavaScript name like the wanted one that no other has yet. */
export function uniqueName(wanted: string, taken: Set<string>): string {
  const base = wanted.replaceAll(/[^\w$]+/g, "_").replace(/^(?=\d)/, "_");
  let name = base;
  for (let i = 1; taken.has(name); i++) name = `${base}_${i}`;
  taken.add(name);
  return name;
}
