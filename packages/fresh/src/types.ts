import type { AnyComponent, ComponentType, RenderableProps, VNode } from "preact";
import type { Context } from "./context.ts";

/** The HTTP methods that a route can answer. */
export type Method =
  | "HEAD"
  | "GET"
  | "POST"
  | "PATCH"
  | "PUT"
  | "DELETE"
  | "OPTIONS";

/** All of {@linkcode Method}, in the order `app.all()` registers them. */
export const METHODS: readonly Method[] = ["GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

/** A function that loads a value when it is first needed. */
export type Lazy<T> = () => Promise<T>;

/** A value, or a function that loads it when it is first needed. */
export type MaybeLazy<T> = T | Lazy<T>;

/** What an app is made with. */
export interface FreshConfig {
  /** Path under which everything is served: `"/foo"`. Empty by default. */
  basePath?: string;
  /** `"production"` by default; the builder's `listen` sets `"development"`. */
  mode?: "development" | "production";
  /** Take the origin of `ctx.url` from X-Forwarded-Proto and X-Forwarded-Host. */
  trustProxy?: boolean;
}

/** {@linkcode FreshConfig} with its defaults filled in. */
export interface ResolvedFreshConfig {
  /** The project's folder. */
  root: string;
  /** Path under which everything is served; empty for the root. */
  basePath: string;
  /** Whether the app is being developed. */
  mode: "development" | "production";
  /** Whether X-Forwarded-Proto and X-Forwarded-Host are believed. */
  trustProxy: boolean;
}

/** What a layout's file may export as `config`. */
export interface LayoutConfig {
  /** Leave out the layouts of the folders above. */
  skipInheritedLayouts?: boolean;
  /** Leave out `_app`. */
  skipAppWrapper?: boolean;
}

/** What a route's file may export as `config`. */
export interface RouteConfig {
  /** URLPattern path that replaces the one made from the file's name. */
  routeOverride?: string;
  /** Accepted and ignored, as in Fresh 2.3.3: use the `csp()` middleware. */
  csp?: boolean;
  /** Leave out the layouts of the folders above. */
  skipInheritedLayouts?: boolean;
  /** Leave out `_app`. */
  skipAppWrapper?: boolean;
  /** Methods under which a lazy route is registered; all by default. */
  methods?: "ALL" | Method[];
}

/** A component that fetches before it renders; it may answer by itself. */
export type AsyncAnyComponent<P> = {
  (
    props: RenderableProps<P>,
    // deno-lint-ignore no-explicit-any -- Preact's own context type
    context?: any,
    // deno-lint-ignore no-explicit-any -- a vnode of any props
  ): Promise<VNode<any> | Response | null>;
  displayName?: string;
  defaultProps?: Partial<P> | undefined;
};

/** What pages, layouts and the app wrapper are made of. */
export type RouteComponent<State> =
  | AnyComponent<PageProps<unknown, State>>
  | AsyncAnyComponent<PageProps<unknown, State>>;

/** The props of pages, layouts, `_app` and `_error`. */
export type PageProps<Data = unknown, T = unknown> =
  & Pick<
    Context<T>,
    | "config"
    | "url"
    | "req"
    | "params"
    | "info"
    | "state"
    | "isPartial"
    | "Component"
    | "error"
    | "route"
  >
  & {
    /** What the route's handler returned with `page()`. */
    data: Data;
  };

/** A page as `app.route()` takes it. */
export interface Route<State> {
  /** Renders what the handler returned. */
  component?: RouteComponent<State> | undefined;
  /** What the page leaves out of its surroundings. */
  config?: RouteConfig | undefined;
  /** Answers, or returns data for the component. */
  handler?: RouteHandler<unknown, State> | undefined;
}

/** What {@linkcode page} makes: data for the page's component. */
export interface PageResponse<T> {
  /** Becomes `props.data`. */
  data: T;
  /** Headers of the rendered response. */
  headers?: HeadersInit | undefined;
  /** Status of the rendered response; 200 by default. */
  status?: number | undefined;
}

/** Answers a request itself, or returns data for the page's component. */
export interface HandlerFn<Data, State> {
  (ctx: Context<State>):
    | Response
    | PageResponse<Data>
    | Promise<Response | PageResponse<Data>>;
}

/** A handler for each method that the route answers. */
export type HandlerByMethod<Data, State> = {
  [M in Method]?: HandlerFn<Data, State>;
};

/** One handler for every method, or one for each. */
export type RouteHandler<Data, State> =
  | HandlerFn<Data, State>
  | HandlerByMethod<Data, State>;

/** The data that a {@linkcode RouteHandler} gives its page. */
export type RouteData<Handler extends RouteHandler<unknown, unknown>> = Handler extends
  (RouteHandler<infer Data, unknown>) ? Data : never;

/** Stands between the request and the route; goes on with `ctx.next()`. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;

/**
 * The former name of {@linkcode Middleware}.
 *
 * @deprecated Use {@linkcode Middleware} instead.
 */
export type MiddlewareFn<State> = Middleware<State>;

/** A {@linkcode Middleware}, or a function that loads one on its first call. */
export type MaybeLazyMiddleware<State> = (ctx: Context<State>) => Response | Promise<Response | Middleware<State>>;

/** An island as the server knows it. */
export interface Island {
  /** URL path of the browser chunk. */
  file: string;
  /** Name under which the browser finds it, unique in the build. */
  name: string;
  /** Name of its export in the chunk. */
  exportName: string;
  /** The component itself. */
  fn: ComponentType;
  /** Stylesheets of the island; always empty with this builder. */
  css: string[];
}

/** What happens on a WebSocket connection. Left out of this package. */
export interface WebSocketHandlers {
  /** The connection is open. */
  open?(socket: WebSocket): void;
  /** A message came. */
  message?(socket: WebSocket, event: MessageEvent): void;
  /** The connection is closed. */
  close?(socket: WebSocket, code: number, reason: string): void;
  /** The connection failed. */
  error?(socket: WebSocket, event: Event | ErrorEvent): void;
}

/** Options of `Deno.upgradeWebSocket()`. Left out of this package. */
export interface WebSocketUpgradeOptions {
  /** Seconds without a ping after which the connection is closed. */
  idleTimeout?: number;
  /** The sub-protocol to agree on. */
  protocol?: string;
}
