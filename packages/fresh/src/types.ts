import type { AnyComponent, RenderableProps, VNode } from "preact";
import type { Context } from "./context.ts";

/** The HTTP methods that a route can answer. */
export type Method = "HEAD" | "GET" | "POST" | "PATCH" | "PUT" | "DELETE" | "OPTIONS";

/** The app's configuration: the project's folder, no base path, and whether it is being developed. */
export interface ResolvedFreshConfig {
  root: string;
  basePath: string;
  mode: "development" | "production";
}

/** A component that fetches before it renders; it may answer by itself. */
// deno-lint-ignore no-explicit-any -- a vnode of any props, and Preact's own context type
export type AsyncAnyComponent<P> = (props: RenderableProps<P>, context?: any) => Promise<VNode<any> | Response | null>;

/** What pages and the app wrapper are made of. */
export type RouteComponent<Data, State> =
  | AnyComponent<PageProps<Data, State>>
  | AsyncAnyComponent<PageProps<Data, State>>;

type Shared = "config" | "url" | "req" | "params" | "info" | "state" | "isPartial" | "Component" | "error" | "route";

/** The props of pages, `_app`, `_error` and `_404`; `data` is what the route's handler gave to `page()`. */
export type PageProps<Data = unknown, T = unknown> = Pick<Context<T>, Shared> & { data: Data };

/** Data for a page's component, with headers and status of the response. */
export interface PageResponse<T> {
  data: T;
  headers?: HeadersInit | undefined;
  status?: number | undefined;
}

/** Answers a request itself, or returns data for the page's component. */
export interface HandlerFn<Data, State> {
  (ctx: Context<State>): Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;
}

/** A handler for each method that the route answers. */
export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };

/** One handler for every method, or one for each. */
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

/** Stands between the request and the route; goes on with `ctx.next()`. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;
