/**
 * What the built `_fresh/server.js` imports. Not for the app.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type App, setSnapshot } from "./app.ts";
import { setBuildId } from "./runtime/build_id.ts";
import { type Build, toSnapshot } from "./snapshot.ts";

/**
 * Joins the app and its build into what `deno serve` takes.
 *
 * @param app The app that the server's entry module exports.
 * @param root URL of the project's folder.
 */
export function serveBuild<State>(
  app: App<State>,
  build: Build<State>,
  root: URL,
): { fetch: ReturnType<App<State>["handler"]> } {
  setBuildId(build.buildId);
  setSnapshot(app, toSnapshot(build, fileURLToPath(root), false), "production");
  return { fetch: app.handler() };
}
