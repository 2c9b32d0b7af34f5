import { type Context, setAppWrapper } from "./context.ts";
import { HttpError } from "./error.ts";
import { renderComponent } from "./server/page.ts";
import type { HandlerFn, Middleware, RouteComponent, RouteHandler } from "./types.ts";

/** A page: handler, then component. */
export interface Route<State> {
  component?: RouteComponent<unknown, State> | undefined;
  handler?: RouteHandler<unknown, State> | undefined;
}

/** What one folder of the routes puts around the routes below it; `notFound` and `app` on the root alone. */
export class Segment<State> {
  readonly middlewares: Middleware<State>[] = [];
  readonly #children = new Map<string, Segment<State>>();
  onError: Route<State> | null = null;
  notFound: Route<State> | null = null;
  app: RouteComponent<unknown, State> | null = null;

  /** The segments from here down a path, made where they are missing. */
  down(path: string): Segment<State>[] {
    const [, name = "", rest = ""] = /^\/?([^/]*)(.*)$/.exec(path) ?? [];
    if (name === "") return [this];
    const child = this.#children.get(name) ?? new Segment();
    this.#children.set(name, child);
    return [this, ...child.down(rest)];
  }

  /** What a request passes from this root to the route's folder, as it is now. */
  chain(path = ""): Middleware<State>[] {
    return this.down(path).flatMap((segment) => [segment.#surround(this), ...segment.middlewares]);
  }

  /** Sets the app wrapper for everything further down the chain, and answers what is thrown there. */
  #surround(root: Segment<State>): Middleware<State> {
    const { app, onError } = this;
    return async (ctx) => {
      if (app !== null) setAppWrapper(ctx, app);
      try {
        return await ctx.next();
      } catch (error) {
        const status = error instanceof HttpError ? error.status : 500;
        if (status === 404 && root.notFound !== null) return await answerRoute(ctx, root.notFound);
        if (onError === null) throw error;
        if (onError.handler === undefined) logUnexpected(error);
        return await answerRoute(ctx, onError, status);
      }
    };
  }
}

/** Runs a chain; `last` answers where no middleware did. */
export async function runChain<State>(
  [middleware, ...rest]: readonly Middleware<State>[],
  ctx: Context<State>,
  last: () => Promise<Response>,
): Promise<Response> {
  if (middleware === undefined) return await last();
  ctx.next = () => runChain(rest, ctx, last);
  try {
    return await middleware(ctx);
  } catch (error) {
    ctx.error = error;
    throw error;
  }
}

/** Answers with a route: its handler, then its component, with a status where the handler names none. */
export async function answerRoute<State>(ctx: Context<State>, route: Route<State>, status = 200): Promise<Response> {
  const handler = pickHandler(route, ctx.req.method.toUpperCase());
  if (handler === undefined) return await ctx.next();
  const result = await handler(ctx);
  if (result instanceof Response) return result;
  const page = route.component === undefined ? null : await renderComponent(ctx, route.component, result.data);
  if (page instanceof Response) return page;
  return await ctx.render(page, { status: result.status ?? status, headers: result.headers ?? {} });
}

function pickHandler<State>(
  { handler, component }: Route<State>,
  method: string,
): HandlerFn<unknown, State> | undefined {
  if (typeof handler === "function") return handler;
  const rendering = component && (() => ({ data: {} }));
  if (handler === undefined) return rendering;
  const byMethod: Record<string, HandlerFn<unknown, State> | undefined> = { GET: rendering, ...handler };
  return byMethod[method] ?? (method === "HEAD" ? byMethod.GET : undefined);
}

/** Writes an error to the terminal, unless its status tells it all. */
export function logUnexpected(error: unknown): void {
  // deno-lint-ignore no-console -- what the visitor is not shown
  if (!(error instanceof HttpError) || error.status >= 500) console.error(error);
}
