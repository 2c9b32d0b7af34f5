import { type Context, internalsOf } from "./context.ts";
import { HttpError } from "./error.ts";
import { renderComponent } from "./server/component.ts";
import type { HandlerByMethod, HandlerFn, Method, Route, RouteHandler } from "./types.ts";

/** Whether a handler has a function for each method. */
export function isByMethod<Data, State>(
  handler: RouteHandler<Data, State> | undefined,
): handler is HandlerByMethod<Data, State> {
  return typeof handler === "object" && handler !== null;
}

/**
 * Answers a request with a route: its handler, then its component.
 *
 * @param status Status of the rendered page where the handler names none.
 */
export async function answerRoute<State>(ctx: Context<State>, route: Route<State>, status = 200): Promise<Response> {
  const internals = internalsOf(ctx);
  if (route.config?.skipAppWrapper) internals.app = null;
  if (route.config?.skipInheritedLayouts) internals.layouts = [];

  const handler = pickHandler(route, ctx.req.method.toUpperCase() as Method);
  if (handler === null) return await ctx.next();
  const result = await handler(ctx);
  if (result instanceof Response) return result;

  const init = { status: result.status ?? status, headers: new Headers(result.headers) };
  if (route.component === undefined) return await ctx.render(null, init);
  const page = await renderComponent(ctx, route.component, result.data);
  return page instanceof Response ? page : await ctx.render(page, init);
}

function pickHandler<State>({ handler, component }: Route<State>, method: Method): HandlerFn<unknown, State> | null {
  if (handler === undefined) return component ? emptyPage : nothing;
  if (!isByMethod(handler)) return handler;
  const wanted = method === "HEAD" && handler.HEAD === undefined ? "GET" : method;
  return handler[wanted] ?? (wanted === "GET" && component !== undefined ? emptyPage : null);
}

function emptyPage(): { data: unknown } {
  return { data: {} };
}

function nothing(): never {
  throw new HttpError(404);
}
