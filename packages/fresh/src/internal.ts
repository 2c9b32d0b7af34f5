/**
 * What the built `_fresh/server.js` imports. Not for the app.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type App, setSnapshot } from "./app.ts";
import { setBuildId } from "./runtime/build_id.ts";
import type { RouteFile } from "./fs_routes.ts";
import {
  type IslandFile,
  registerIslands,
  type StaticFile,
} from "./snapshot.ts";

/** What `_fresh/snapshot.js` exports. */
export interface WrittenSnapshot<State> {
  /** Changes with every input. */
  buildId: string;
  /** URL path of the browser's runtime. */
  clientEntry: string;
  /** The islands files. */
  islands: IslandFile[];
  /** The files of the routes folder. */
  routes: RouteFile<State>[];
  /** URL path to file, relative to the project's folder. */
  files: Record<
    string,
    { path: string; hash: string; size: number; contentType: string }
  >;
}

/**
 * Joins the app and its build into what `deno serve` takes.
 *
 * @param app The app that the server's entry module exports.
 * @param root URL of the project's folder.
 */
export function serveBuild<State>(
  app: App<State>,
  snapshot: WrittenSnapshot<State>,
  root: URL,
): { fetch: ReturnType<App<State>["handler"]> } {
  const { buildId, clientEntry, islands, routes } = snapshot;
  const files = new Map(Object.entries(snapshot.files));
  setBuildId(buildId);
  setSnapshot(app, {
    root: fileURLToPath(root),
    buildId,
    clientEntry,
    liveReload: false,
    islands: registerIslands(islands),
    routes,
    readFile: (path) => Promise.resolve(staticFile(files.get(path), root)),
  }, "production");
  return { fetch: app.handler() };
}

function staticFile(
  file: WrittenSnapshot<unknown>["files"][string] | undefined,
  root: URL,
): StaticFile | null {
  if (file === undefined) return null;
  const open = async () => (await Deno.open(new URL(file.path, root))).readable;
  return { ...file, open };
}
