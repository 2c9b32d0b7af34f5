import type { AnyComponent } from "preact";
import type { AsyncAnyComponent, HandlerByMethod, HandlerFn, Middleware, PageProps, RouteHandler } from "./types.ts";

/** Functions that return what they are given, with its types inferred. */
export interface Define<State> {
  /** Types a route's handlers. */
  handlers<
    Data,
    Handlers extends RouteHandler<Data, State> = RouteHandler<Data, State>,
  >(handlers: Handlers): typeof handlers;

  /**
   * Types a page's component. `Handler` is `typeof handler`, from which the
   * type of `props.data` follows.
   */
  page<
    // deno-lint-ignore no-explicit-any -- the handler's data is inferred
    Handler extends RouteHandler<any, State> = never,
    Data = Handler extends HandlerFn<infer Data, State> ? Data
      : Handler extends HandlerByMethod<infer Data, State> ? Data
      : never,
  >(render: AnyComponent<PageProps<Data, State>> | AsyncAnyComponent<PageProps<Data, State>>): typeof render;

  /** Types a middleware, or an array of them. */
  middleware<M extends Middleware<State> | Middleware<State>[]>(middleware: M): typeof middleware;

  /** Types a layout's component. */
  layout(
    render:
      | AnyComponent<PageProps<unknown, State>>
      | AsyncAnyComponent<PageProps<unknown, State>>,
  ): typeof render;
}

/**
 * Makes the `define` object that the app's routes import, typed once with the
 * state that its middlewares share.
 *
 * @example
 * ```ts
 * import { createDefine } from "fresh";
 * export const define = createDefine<{ visitor?: string }>();
 * ```
 */
export function createDefine<State>(): Define<State> {
  return {
    handlers: (handlers) => handlers,
    page: (render) => render,
    middleware: (middleware) => middleware,
    layout: (render) => render,
  };
}
