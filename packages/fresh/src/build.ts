/**
 * What a build is, and `fresh/internal`: what the built `_fresh/server.js` imports. Not for the app.
 *
 * @module
 */
import type { ComponentType } from "preact";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type App, setBuild } from "./app.ts";
import type { RouteFile } from "./fs_routes.ts";
import { setBuildId } from "./runtime/asset.ts";

/** A static file or a script of the build, by its SHA-256 in hex; without content it lies in the build's folder. */
export interface BuildFile {
  hash: string;
  size: number;
  contentType: string;
  content?: Uint8Array;
}

/** An island: where the browser finds it, by a name that is unique in the build, and the component itself. */
export interface Island {
  file: string;
  name: string;
  exportName: string;
  fn: ComponentType;
}

/** An islands file: its name, the URL path of its browser chunk and its exports on the server. */
export interface IslandFile {
  name: string;
  chunk: string;
  mod: Record<string, unknown>;
}

/** What is written to `_fresh/server.js`: routes, islands, and by decoded URL path what `staticFiles()` sends. */
export interface WrittenBuild<State> {
  buildId: string;
  islands: IslandFile[];
  routes: RouteFile<State>[];
  files: Record<string, BuildFile>;
}

/** A build as the app uses it. While it is developed, pages load the runtime to reload with the server. */
export interface Build<State> extends Omit<WrittenBuild<State>, "islands"> {
  islands: Map<unknown, Island>;
  root: string;
  liveReload: boolean;
}

/** The folder of the build's files, below the project's. */
export const FILES_FOLDER: string = join("_fresh", "static");

/** Joins the app and the build of the project at a URL into what `deno serve` takes. */
export function serveBuild<State>(app: App<State>, build: WrittenBuild<State>, root: string) {
  setBuild(app, prepareBuild(build, fileURLToPath(root), false));
  return { fetch: app.handler() };
}

/** Sets the build's id and makes an island of each function that its islands files export. */
export function prepareBuild<State>(build: WrittenBuild<State>, root: string, liveReload: boolean): Build<State> {
  setBuildId(build.buildId);
  const islands = new Map<unknown, Island>();
  for (const { name: file, chunk, mod } of build.islands) {
    for (const [exportName, fn] of Object.entries(mod)) {
      const name = exportName === "default" ? file : `${file}_${exportName}`;
      if (typeof fn === "function") islands.set(fn, { file: chunk, name, exportName, fn: fn as ComponentType });
    }
  }
  return { ...build, islands, root, liveReload };
}
