import { leaveOut } from "./left_out.ts";
import type { HandlerByMethod, HandlerFn, Middleware, PageResponse, RouteComponent, RouteHandler } from "./types.ts";

/** Functions that return what they are given, with its types inferred. */
export interface Define<State> {
  /** Types a route's handlers. */
  handlers<Data, Handlers extends RouteHandler<Data, State> = RouteHandler<Data, State>>(
    handlers: Handlers,
  ): typeof handlers;

  /** Types a page's component; from `Handler`, `typeof handler`, follows the type of `props.data`. */
  page<
    // deno-lint-ignore no-explicit-any -- the handler's data is inferred
    Handler extends RouteHandler<any, State> = never,
    Data = Handler extends HandlerFn<infer Data, State> ? Data
      : Handler extends HandlerByMethod<infer Data, State> ? Data
      : never,
  >(render: RouteComponent<Data, State>): typeof render;

  /** Types a middleware, or an array of them. */
  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): typeof middleware;
}

/** Makes the `define` object that the app's routes import, typed once with the state that its middlewares share. */
export function createDefine<State>(): Define<State> {
  const define: Define<State> = {
    handlers: (handlers) => handlers,
    page: (render) => render,
    middleware: (middleware) => middleware,
  };
  leaveOut(define, "define", ["layout"]);
  return define;
}

/** Gives data to the page's component, which then renders the response; without an argument none. */
export function page<T = undefined>(data?: T, options?: Omit<PageResponse<T>, "data">): PageResponse<T> {
  return { data: data as T, headers: options?.headers, status: options?.status };
}
