import { isAbsolute, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { App, setBuild } from "../app.ts";
import { type Build, prepareBuild, type WrittenBuild } from "../build.ts";
import { isSpecialFile } from "../fs_routes.ts";
import { absent, allowKeys, leaveOut } from "../left_out.ts";
import { LIVE_RELOAD_PATH, setBuildId } from "../runtime/asset.ts";
import { bundle } from "./bundle.ts";
import { describeFiles, findSources, readStatic } from "./files.ts";
import { type Parts, writeBuild } from "./output.ts";

/** Browsers the bundles are for, as esbuild names them, and the project's folder; the working directory by default. */
export interface BuildOptions {
  target?: string | string[];
  root?: string;
}

/** The builder's options; the build's id changes with every input and is empty before it. */
export interface ResolvedBuildConfig extends Required<BuildOptions> {
  mode: "development" | "production";
  buildId: string;
}

/**
 * Bundles the islands and writes a production build to `_fresh`, or serves the app while it is developed: the folders
 * `routes`, `islands` and `static` and the app in `main.ts`.
 */
// deno-lint-ignore no-explicit-any -- as Fresh declares it
export class Builder<State = any> {
  /** The options, with defaults filled in. */
  config: ResolvedBuildConfig;

  static {
    leaveOut(this.prototype, "builder", ["registerIsland", "onTransformStaticFile"]);
  }

  /** Makes a builder for a project. */
  constructor(options: BuildOptions = {}) {
    allowKeys(options, ["target", "root"], "new Builder()");
    const { target = ["chrome99", "firefox99", "safari15"], root = "." } = options;
    this.config = { target, root: isAbsolute(root) ? root : join(Deno.cwd(), root), mode: "production", buildId: "" };
  }

  /** Builds the app, for production and to the disk by default; a build in memory is given to an app, for tests. */
  async build(options: { snapshot?: "disk" | "memory" } = {}): Promise<(app: App<State>) => void> {
    allowKeys(options, ["snapshot"], "builder.build()");
    const parts = await this.#parts();
    if (options.snapshot === "memory") {
      const build = await this.#load(parts);
      return (app) => setBuild(app, build);
    }
    const folder = await writeBuild(this.config.root, parts);
    // deno-lint-ignore no-console -- tells the developer what was made
    console.log(`Assets written to: ${relative(Deno.cwd(), folder)}`);
    return absent("a build on the disk for another app");
  }

  /**
   * Serves the app, or the module that exports it, while it is developed; without a port on the first free one from
   * 8000. Run it with `deno run --watch`: each restart builds again, and open pages reload.
   */
  async listen(
    importApp: () => Promise<{ app: App<State> } | App<State>>,
    options: Partial<Deno.ServeTcpOptions> = {},
  ): Promise<void> {
    this.config.mode = "development";
    const [parts, loaded] = await Promise.all([this.#parts(), importApp()]);
    const app = loaded instanceof App ? loaded : loaded.app;
    setBuild(app, await this.#load(parts));
    serve(app.handler(), `retry: 200\ndata: ${parts.buildId}-${Date.now()}\n\n`, options);
  }

  async #parts(): Promise<Parts> {
    const { root } = this.config;
    const [sources, statics] = await Promise.all([findSources(root), readStatic(join(root, "static"))]);
    const { scripts, buildId, islands } = await bundle(this.config, sources.islands, statics);
    this.config.buildId = buildId;
    setBuildId(buildId);
    return { buildId, islands, routes: sources.routes, files: await describeFiles([...statics, ...scripts]) };
  }

  async #load({ buildId, islands, routes, files }: Parts): Promise<Build<State>> {
    const load = async (path: string) => await import(pathToFileURL(path).href);
    const written: WrittenBuild<State> = {
      buildId,
      islands: await Promise.all(islands.map(async (file) => ({ ...file, mod: await load(file.path) }))),
      routes: await Promise.all([...routes].map(async ([id, path]) => ({
        id,
        mod: isSpecialFile(id) ? await load(path) : () => load(path),
      }))),
      files,
    };
    return prepareBuild(written, this.config.root, this.config.mode === "development");
  }
}

/** Serves an app, and an event that tells open pages which build it is. */
function serve(app: Deno.ServeHandler<Deno.NetAddr>, event: string, options: Partial<Deno.ServeTcpOptions>): void {
  const onListen = ({ hostname, port }: Deno.NetAddr) => {
    // deno-lint-ignore no-console -- tells the developer where the app is
    console.log(`Fresh ready: http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}/`);
  };
  const handler: Deno.ServeHandler<Deno.NetAddr> = (request, info) => {
    if (new URL(request.url).pathname !== LIVE_RELOAD_PATH) return app(request, info);
    // Stays open until the server stops, which is what the page waits for
    const body = new ReadableStream<string>({ start: (controller) => controller.enqueue(event) });
    return new Response(body.pipeThrough(new TextEncoderStream()), {
      headers: { "Content-Type": "text/event-stream" },
    });
  };
  for (let port = options.port ?? 8000;; port++) {
    try {
      return void Deno.serve({ onListen, ...options, port }, handler);
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse) || options.port || port === 8019) throw error;
    }
  }
}
