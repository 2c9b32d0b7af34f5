import { relative } from "node:path";
import { App, setSnapshot } from "../app.ts";
import { isSpecialFile } from "../fs_routes.ts";
import { leftOut } from "../left_out.ts";
import type { ListenOptions } from "../listen.ts";
import { setBuildId } from "../runtime/build_id.ts";
import { toSnapshot } from "../snapshot.ts";
import { LIVE_RELOAD_PATH } from "../urls.ts";
import { bundle } from "./bundle.ts";
import {
  type BuildOptions,
  type OnTransformOptions,
  resolveConfig,
  type ResolvedBuildConfig,
  resolvePath,
  type TransformFn,
} from "./config.ts";
import { findSources } from "./crawl.ts";
import { readStatic, sha256 } from "./files.ts";
import { loadBuild, type Parts, writeBuild } from "./output.ts";

/**
 * Bundles the islands and writes a production build, or serves the app while
 * it is developed.
 *
 * @example
 * ```ts ignore
 * const builder = new Builder();
 * if (Deno.args.includes("build")) await builder.build();
 * else await builder.listen(() => import("./main.ts"));
 * ```
 */
// deno-lint-ignore no-explicit-any -- as Fresh declares it
export class Builder<State = any> {
  /** The options, with defaults filled in. */
  config: ResolvedBuildConfig;
  #extraIslands = new Set<string>();

  /**
   * Makes a builder for a project.
   *
   * @param options Folders, target and source maps.
   */
  constructor(options: BuildOptions = {}) {
    this.config = resolveConfig(options);
  }

  /**
   * Makes a file outside the islands folder an islands file.
   *
   * @param specifier Path or file URL; packages are left out and throw.
   */
  registerIsland(specifier: string): void {
    if (/^(?:jsr|npm|https?):/.test(specifier)) {
      throw leftOut("builder.registerIsland() of a package");
    }
    this.#extraIslands.add(resolvePath(specifier, this.config.root));
  }

  /** Left out: throws. */
  onTransformStaticFile(_options: OnTransformOptions, _callback: TransformFn): void {
    throw leftOut("builder.onTransformStaticFile()");
  }

  /**
   * Builds the app.
   *
   * @param options The mode, `"production"` by default, and whether the build
   * goes to the output folder or stays in memory.
   * @returns A function that gives a build in memory to an app, for tests.
   */
  async build(
    options: {
      mode?: ResolvedBuildConfig["mode"];
      snapshot?: "disk" | "memory";
    } = {},
  ): Promise<(app: App<State>) => void> {
    this.config.mode = options.mode ?? "production";
    const parts = await this.#parts();
    if (options.snapshot === "memory") {
      const snapshot = await this.#load(parts);
      return (app) => setSnapshot(app, snapshot, app.config.mode);
    }
    await writeBuild(this.config, parts);
    const { outDir } = this.config;
    // deno-lint-ignore no-console -- tells the developer what was made
    console.log(`Assets written to: ${relative(Deno.cwd(), outDir)}`);
    return () => {
      throw new Error(
        `Cannot give an app the build in ${outDir}: import its server.js, or build with { snapshot: "memory" }`,
      );
    };
  }

  /**
   * Serves the app while it is developed. Run it with `deno run --watch`: each
   * restart builds anew, and open pages reload.
   *
   * @param importApp Loads the app, or a module that exports it as `app`.
   */
  async listen(importApp: () => Promise<{ app: App<State> } | App<State>>, options: ListenOptions = {}): Promise<void> {
    this.config.mode = "development";
    const [parts, loaded] = await Promise.all([this.#parts(), importApp()]);
    const app = loaded instanceof App ? loaded : loaded.app;
    setSnapshot(app, await this.#load(parts), "development");
    await withLiveReload(app, parts.bundle.buildId).listen(options);
  }

  async #parts(): Promise<Parts> {
    const { routeDir, islandDir, ignore, staticDir, outDir } = this.config;
    const [sources, statics] = await Promise.all([
      findSources(routeDir, islandDir, ignore),
      readStatic(staticDir, outDir),
    ]);
    const hashes = await Promise.all(statics.map(async ({ url, bytes }) => url + await sha256(bytes)));
    const islands = [...new Set([...sources.islands, ...this.#extraIslands])];
    const bundled = await bundle(this.config, islands, hashes.join());
    this.config.buildId = bundled.buildId;
    setBuildId(bundled.buildId);
    const routes = await Promise.all(sources.routes.map(async (route) => ({
      ...route,
      lazy: !isSpecialFile(route.id) && !await overridesRoute(route.path),
    })));
    return { bundle: bundled, routes, statics };
  }

  async #load(parts: Parts) {
    const { root, mode } = this.config;
    return toSnapshot<State>(await loadBuild(parts), root, mode === "development");
  }
}

/** A route's own path must be known before the first request. */
async function overridesRoute(path: string): Promise<boolean> {
  return (await Deno.readTextFile(path)).includes("routeOverride");
}

/** Tells open pages which build they are served from. */
function withLiveReload<State>(app: App<State>, buildId: string): App<State> {
  const handler = app.handler();
  const message = new TextEncoder().encode(
    `retry: 200\ndata: ${buildId}-${Date.now()}\n\n`,
  );
  const headers = { "Content-Type": "text/event-stream" };
  return new App<State>({ mode: "development" })
    .get(LIVE_RELOAD_PATH, () => {
      // Stays open until the server stops, which is what the page waits for
      const body = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(message) });
      return new Response(body, { headers });
    })
    .all("*", (ctx) => handler(ctx.req, ctx.info));
}
