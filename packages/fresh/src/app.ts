import { STATUS_CODES } from "node:http";
import type { Build } from "./build.ts";
import { Context } from "./context.ts";
import { HttpError } from "./error.ts";
import { addFiles } from "./fs_routes.ts";
import { allowKeys, leaveOut, leftOut } from "./left_out.ts";
import { METHODS, Router } from "./router.ts";
import { logUnexpected, runChain, Segment } from "./segment.ts";
import type { Method, Middleware, ResolvedFreshConfig } from "./types.ts";

/** Where registrations take effect: the tree of folders, and for each path the chain that answers it. */
export interface Site<State> {
  root: Segment<State>;
  router: Router<Middleware<State>[]>;
}

/** Gives the app what a build made; the builder and the server's entry do so. */
export let setBuild: <State>(app: App<State>, build: Build<State>) => void;

/** Fresh's texts where Node's differ. */
const STATUS_TEXT: Record<number, string | undefined> = { 413: "Content Too Large", 418: "I'm a teapot" };

const NO_CONNECTION: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 1234 },
  completed: Promise.resolve(),
};

/** An app: middlewares and routes, in the order they are added. `head` falls back to `get`. */
export class App<State> {
  config: ResolvedFreshConfig = { root: ".", basePath: "", mode: "production" };
  #steps: ((site: Site<State>) => void)[] = [];
  #build: Build<State> | null = null;
  get = this.#handle(["GET"]);
  post = this.#handle(["POST"]);
  patch = this.#handle(["PATCH"]);
  put = this.#handle(["PUT"]);
  delete = this.#handle(["DELETE"]);
  head = this.#handle(["HEAD"]);
  all = this.#handle(METHODS);

  static {
    setBuild = (app, build) => {
      app.config = { root: build.root, basePath: "", mode: build.liveReload ? "development" : "production" };
      app.#build = build;
    };
    const names = ["ws", "route", "layout", "appWrapper", "notFound", "onError", "mountApp", "listen"];
    leaveOut(this.prototype, "app", names);
  }

  /** Makes an app without routes. */
  constructor(config?: Record<never, never>) {
    allowKeys(config, [], "new App()");
  }

  /** Adds middlewares for every path. */
  use(...middlewares: Middleware<State>[]): this {
    if (typeof middlewares[0] === "string") throw leftOut("app.use() with a path");
    return this.#add(({ root }) => root.middlewares.push(...middlewares));
  }

  /** Adds the files of the routes folder at this point. */
  fsRoutes(pattern = "*"): this {
    if (pattern !== "*") throw leftOut("app.fsRoutes() with a pattern");
    return this.#add((site) => addFiles(site, this.#build?.routes ?? []));
  }

  /**
   * Makes the function that answers requests, for Deno.serve and for tests. As in Fresh it rejects with a URIError where
   * a parameter has an escape that can't be decoded.
   */
  handler(): (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const site: Site<State> = { root: new Segment(), router: new Router() };
    for (const step of this.#steps) step(site);
    const rootChain = site.root.chain();
    const build = this.#build;

    return async (request, info = NO_CONNECTION) => {
      const url = new URL(request.url);
      url.pathname = url.pathname.replace(/\/+/g, "/");
      const method = request.method.toUpperCase() as Method;
      const { route, value, params, allowed } = site.router.match(method, url);
      const last = () => {
        if (route === null || value !== null) throw new HttpError(404);
        if (method !== "OPTIONS") throw new HttpError(405);
        return Promise.resolve(new Response(null, { status: 204, headers: { Allow: allowed.join(", ") } }));
      };
      const ctx = new Context<State>(request, url, info, route, params, this.config, last, build);
      const response = await answer(value ?? rootChain, ctx, last);
      if (method !== "HEAD") return response;
      await response.body?.cancel();
      return new Response(null, response);
    };
  }

  #add(step: (site: Site<State>) => void): this {
    this.#steps.push(step);
    return this;
  }

  #handle(methods: readonly Method[]): (path: string, ...middlewares: Middleware<State>[]) => this {
    return (path, ...middlewares) =>
      this.#add(({ root, router }) => {
        const chain = root.chain(path.slice(0, path.lastIndexOf("/")));
        router.add(methods, path === "*" ? "/*" : path, [...chain, ...middlewares]);
      });
  }
}

async function answer<State>(
  chain: readonly Middleware<State>[],
  ctx: Context<State>,
  last: () => Promise<Response>,
): Promise<Response> {
  try {
    const response = await runChain(chain, ctx, last);
    if (response instanceof Response) return response;
    throw new TypeError(`Cannot answer ${ctx.url.pathname}: a handler returned ${response}, not a Response`);
  } catch (error) {
    logUnexpected(error);
    if (!(error instanceof HttpError)) return new Response("Internal server error", { status: 500 });
    const { message, status } = error;
    return new Response(message || (STATUS_TEXT[status] ?? STATUS_CODES[status]), { status });
  }
}
