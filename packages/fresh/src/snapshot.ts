import type { ComponentType } from "preact";
import type { RouteFile } from "./fs_routes.ts";
import type { Island } from "./types.ts";

/** A static file or a script of the build. */
export interface BuildFile {
  /** SHA-256 of the content in hex. */
  hash: string;
  /** Bytes. */
  size: number;
  /** Value of Content-Type. */
  contentType: string;
  /** Where the content is: in memory, or at a path below the project's folder. */
  content: Uint8Array | string;
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

/** What a build makes: the default export of `_fresh/snapshot.js`. */
export interface Build<State> {
  /** Changes with every input; part of all immutable URLs. */
  buildId: string;
  /** URL path of the browser's runtime. */
  clientEntry: string;
  /** The islands files. */
  islands: IslandFile[];
  /** The files of the routes folder. */
  routes: RouteFile<State>[];
  /** What `staticFiles()` sends, by decoded URL path. */
  files: Record<string, BuildFile>;
}

/** A build as the app uses it. */
export interface BuildSnapshot<State> extends Omit<Build<State>, "islands" | "files"> {
  /** The project's folder. */
  root: string;
  /** Whether pages load the runtime to reload with the server. */
  liveReload: boolean;
  /** The islands by component. */
  islands: Map<ComponentType, Island>;
  /** What `staticFiles()` sends, by decoded URL path. */
  files: Map<string, BuildFile>;
}

/** Prepares a build for an app. */
export function toSnapshot<State>(build: Build<State>, root: string, liveReload: boolean): BuildSnapshot<State> {
  return {
    ...build,
    root,
    liveReload,
    islands: registerIslands(build.islands),
    files: new Map(Object.entries(build.files)),
  };
}

/** Makes an island of each function that the files export. */
function registerIslands(files: IslandFile[]): Map<ComponentType, Island> {
  const islands = new Map<ComponentType, Island>();
  const taken = new Set<string>();
  for (const { name, chunk, mod } of files) {
    for (const [exportName, value] of Object.entries(mod)) {
      if (typeof value !== "function") continue;
      const fn = value as ComponentType;
      const wanted = exportName === "default" ? name : exportName;
      islands.set(fn, { file: chunk, name: uniqueName(wanted, taken), exportName, fn, css: [] });
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
