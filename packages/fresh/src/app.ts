import { Context } from "./context.ts";
import { HttpError, STATUS_TEXT } from "./error.ts";
import { fileSteps } from "./fs_routes.ts";
import { leftOut } from "./left_out.ts";
import { listen, type ListenOptions } from "./listen.ts";
import { joinPath } from "./paths.ts";
import { answerRoute, isByMethod } from "./route.ts";
import { Router } from "./router.ts";
import { logUnexpected, runChain, Segment } from "./segment.ts";
import type { BuildSnapshot } from "./snapshot.ts";
import {
  type FreshConfig,
  type LayoutConfig,
  type MaybeLazy,
  type MaybeLazyMiddleware,
  type Method,
  METHODS,
  type Middleware,
  type ResolvedFreshConfig,
  type Route,
  type RouteComponent,
  type RouteConfig,
  type WebSocketHandlers,
  type WebSocketUpgradeOptions,
} from "./types.ts";

/** Where a registration takes effect. */
export interface Site<State> {
  /** The root of the segments. */
  root: Segment<State>;
  /** The routes of the whole app, by full path. */
  router: Router<MaybeLazyMiddleware<State>[]>;
  /** The path at which the registering app is mounted. */
  mount: string;
  /** The app's base path. */
  basePath: string;
}

/** One registration, done again each time a handler is made. */
export type Step<State> = (site: Site<State>) => void;

/** Gives the app what a build made; the builder and the server's entry do so. */
export let setSnapshot: <State>(
  app: App<State>,
  snapshot: BuildSnapshot<State>,
  mode: "development" | "production",
) => void;

const NO_CONNECTION: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "localhost", port: 1234 },
  completed: Promise.resolve(),
};

/** An app: middlewares and routes, in the order they are added. */
export class App<State> {
  /** The configuration, with its defaults filled in. */
  config: ResolvedFreshConfig;
  #steps: Step<State>[] = [];
  #snapshot: () => BuildSnapshot<State> | null = () => null;

  static {
    setSnapshot = (app, snapshot, mode) => {
      app.config.root = snapshot.root;
      app.config.mode = mode;
      app.#snapshot = () => snapshot;
    };
  }

  /**
   * Makes an app without routes.
   *
   * @param config Base path, mode and trust in a proxy's headers.
   */
  constructor(config: FreshConfig = {}) {
    const basePath = config.basePath ?? "";
    if (!/^(?:\/|\.\/|(?:\/[\w.-]+)+)?$/.test(basePath)) {
      throw new Error(
        `Cannot serve from basePath "${basePath}": it starts with "/", does not end with it and holds plain names`,
      );
    }
    this.config = { root: ".", basePath, mode: config.mode ?? "production", trustProxy: config.trustProxy ?? false };
  }

  /** Adds middlewares for every path, or for one path and those below it. */
  use(...middleware: MaybeLazyMiddleware<State>[]): this;
  /** Adds middlewares for a path and those below it. */
  use(path: string, ...middleware: MaybeLazyMiddleware<State>[]): this;
  use(first: string | MaybeLazyMiddleware<State>, ...rest: MaybeLazyMiddleware<State>[]): this {
    const path = typeof first === "string" ? first : "*";
    const added = typeof first === "string" ? rest : [first, ...rest];
    return this.#add((site) => {
      segmentAt(site, path).middlewares.push(...added);
    });
  }

  /** Adds a handler for GET. */
  get(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle(["GET"], path, middlewares);
  }

  /** Adds a handler for POST. */
  post(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle(["POST"], path, middlewares);
  }

  /** Adds a handler for PATCH. */
  patch(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle(["PATCH"], path, middlewares);
  }

  /** Adds a handler for PUT. */
  put(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle(["PUT"], path, middlewares);
  }

  /** Adds a handler for DELETE. */
  delete(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle(["DELETE"], path, middlewares);
  }

  /** Adds a handler for HEAD; without one the GET handler answers it. */
  head(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle(["HEAD"], path, middlewares);
  }

  /** Adds a handler for every method. */
  all(path: string, ...middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#handle(METHODS, path, middlewares);
  }

  /** Left out: throws. */
  ws(_path: string, _handlers: WebSocketHandlers, _options?: WebSocketUpgradeOptions): this {
    throw leftOut("app.ws()");
  }

  /** Adds a page: handler, component and config, now or on the first request. */
  route(path: string, route: MaybeLazy<Route<State>>, config?: RouteConfig): this {
    return this.#add((site) => addRoute(site, path, path, route, config));
  }

  /** Puts a component around the pages at a path and below it. */
  layout(path: string, component: RouteComponent<State>, config: LayoutConfig = {}): this {
    return this.#add((site) => {
      segmentAt(site, path).layout = { component, config };
    });
  }

  /** Sets the outermost component, which renders `<html>`. */
  appWrapper(component: RouteComponent<State>): this {
    return this.#add((site) => {
      site.root.app = component;
    });
  }

  /** Answers where no route matches or a 404 was thrown. */
  notFound(routeOrMiddleware: Route<State> | Middleware<State>): this {
    const route = asRoute(routeOrMiddleware);
    return this.#add((site) => {
      site.root.notFound = (ctx) => answerRoute(ctx, route, 404);
    });
  }

  /** Answers errors that are thrown at a path and below it. */
  onError(path: string, routeOrMiddleware: Route<State> | Middleware<State>): this {
    const route = asRoute(routeOrMiddleware);
    return this.#add((site) => {
      segmentAt(site, path).onError = route;
    });
  }

  /**
   * Adds the files of the routes folder at this point.
   *
   * @param pattern Path under which they are added.
   */
  fsRoutes(pattern = "*"): this {
    return this.#add((site) => {
      const files = this.#snapshot()?.routes ?? [];
      const below = { ...site, mount: joinPath(site.mount, pattern) };
      for (const step of fileSteps(files)) step(below);
    });
  }

  /** Adds everything that another app has so far, under a path. */
  mountApp(path: string, app: App<State>): this {
    const steps = [...app.#steps];
    const inner = app.config.basePath;
    const at = inner === "" || inner === path ? path : joinPath(path, inner);
    app.#snapshot = () => this.#snapshot();
    return this.#add((site) => {
      const below = { ...site, mount: joinPath(site.mount, at) };
      for (const step of steps) step(below);
    });
  }

  /** Makes the function that answers requests, for Deno.serve and for tests. */
  handler(): (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response> {
    const site: Site<State> = { root: new Segment(), router: new Router(), mount: "", basePath: this.config.basePath };
    for (const step of this.#steps) step(site);
    const rootChain = site.root.chain();
    const snapshot = this.#snapshot();

    return async (request, info = NO_CONNECTION) => {
      const url = requestUrl(request, this.config.trustProxy);
      const method = request.method.toUpperCase() as Method;
      const match = site.router.match(method, url);
      const last = match.route === null || match.value !== null
        ? notFound
        : method === "OPTIONS"
        ? () => allowedMethods(match.allowed)
        : methodNotAllowed;
      const ctx = new Context<State>(request, url, info, match.route, match.params, this.config, last, snapshot);
      const response = await answer(match.value ?? rootChain, ctx, last);
      if (response.status === 405 && match.route !== null && match.value === null) {
        response.headers.set("Allow", match.allowed.join(", "));
      }
      if (method !== "HEAD") return response;
      await response.body?.cancel();
      return new Response(null, response);
    };
  }

  /** Starts to serve the app; without a port, on the first free one from 8000. */
  // deno-lint-ignore require-await -- as Fresh declares it: a taken port rejects
  async listen(options: ListenOptions = {}): Promise<void> {
    listen(this.handler(), this.config.basePath, options);
  }

  #add(step: Step<State>): this {
    this.#steps.push(step);
    return this;
  }

  #handle(methods: readonly Method[], path: string, middlewares: MaybeLazy<Middleware<State>>[]): this {
    return this.#add((site) => {
      const chain = [...segmentAt(site, path).chain(), ...middlewares as MaybeLazyMiddleware<State>[]];
      const full = fullPath(site, path);
      for (const method of methods) site.router.add(method, full, chain);
    });
  }
}

/** The segment at a path of the registering app. */
export function segmentAt<State>(site: Site<State>, path: string): Segment<State> {
  return site.root.at(site.mount).at(path);
}

/**
 * Registers a page.
 *
 * @param folder Path of the segment that surrounds it.
 */
export function addRoute<State>(
  site: Site<State>,
  path: string,
  folder: string,
  route: MaybeLazy<Route<State>>,
  config?: RouteConfig,
): void {
  const chain = segmentAt(site, folder).chain();
  let methods: readonly Method[] = METHODS;
  if (typeof route === "function") {
    let loading: Promise<Route<State>> | undefined;
    chain.push(async (ctx) => answerRoute(ctx, await (loading ??= route())));
    if (Array.isArray(config?.methods)) methods = config.methods;
  } else {
    chain.push((ctx) => answerRoute(ctx, route));
    if (isByMethod(route.handler)) {
      const keys = Object.keys(route.handler) as Method[];
      methods = route.component === undefined ? keys : ["GET", ...keys];
    }
    config = { ...config, ...route.config };
  }
  const full = fullPath(site, config?.routeOverride ?? path);
  for (const method of methods) site.router.add(method, full, chain);
}

function fullPath<State>(site: Site<State>, path: string): string {
  return joinPath(site.basePath, joinPath(site.mount, path));
}

function asRoute<State>(route: Route<State> | Middleware<State>): Route<State> {
  return typeof route === "function" ? { handler: route } : route;
}

/** The URL that the app sees: `//` collapsed, a trusted proxy's origin. */
function requestUrl(request: Request, trustProxy: boolean): URL {
  const url = new URL(request.url);
  if (trustProxy) {
    const host = request.headers.get("X-Forwarded-Host");
    const protocol = request.headers.get("X-Forwarded-Proto");
    if (protocol !== null) url.protocol = protocol.split(",")[0]!.trim();
    if (host !== null) url.host = host.split(",")[0]!.trim();
  }
  url.pathname = url.pathname.replace(/\/+/g, "/");
  return url;
}

async function answer<State>(
  chain: MaybeLazyMiddleware<State>[],
  ctx: Context<State>,
  last: () => Promise<Response>,
): Promise<Response> {
  try {
    const response = await runChain(chain, ctx, last);
    if (response instanceof Response) return response;
    throw new TypeError(
      `Cannot answer ${ctx.url.pathname}: a handler returned ${response}, not a Response`,
    );
  } catch (error) {
    logUnexpected(error);
    if (!(error instanceof HttpError)) {
      return new Response("Internal server error", { status: 500 });
    }
    const { status, message } = error;
    return new Response(message || STATUS_TEXT[status], { status });
  }
}

function notFound(): Promise<Response> {
  throw new HttpError(404);
}

function methodNotAllowed(): Promise<Response> {
  throw new HttpError(405);
}

function allowedMethods(methods: Method[]): Promise<Response> {
  const headers = { Allow: methods.join(", ") };
  return Promise.resolve(new Response(null, { status: 204, headers }));
}
