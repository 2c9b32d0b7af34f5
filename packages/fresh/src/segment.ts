import { type Context, internalsOf } from "./context.ts";
import { HttpError } from "./error.ts";
import { answerRoute } from "./route.ts";
import { segmentsOf } from "./paths.ts";
import type { LayoutConfig, MaybeLazyMiddleware, Middleware, Route, RouteComponent } from "./types.ts";

/** What one folder of the URL's path puts around the routes below it. */
export class Segment<State> {
  /** Run before the route. */
  readonly middlewares: MaybeLazyMiddleware<State>[] = [];
  /** Around the page. */
  layout: { component: RouteComponent<State>; config: LayoutConfig } | null = null;
  /** The outermost component; on the root alone. */
  app: RouteComponent<State> | null = null;
  /** Answers errors thrown below. */
  onError: Route<State> | null = null;
  /** Answers 404; on the root alone. */
  notFound: Middleware<State> | null = null;
  readonly #parent: Segment<State> | null;
  readonly #children = new Map<string, Segment<State>>();

  /** @param parent The segment above; null for the root. */
  constructor(parent: Segment<State> | null = null) {
    this.#parent = parent;
  }

  /** The segment at a path below this one, made where it is missing. */
  at(path: string): Segment<State> {
    return segmentsOf(path).reduce<Segment<State>>((segment, name) => {
      let child = segment.#children.get(name);
      if (child === undefined) {
        child = new Segment(segment);
        segment.#children.set(name, child);
      }
      return child;
    }, this);
  }

  /** What a request passes on its way here from the root, as it is now. */
  chain(): MaybeLazyMiddleware<State>[] {
    const above = this.#parent?.chain() ?? [];
    return [...above, this.#surround(), ...this.middlewares];
  }

  /** Sets app, layout and error page for everything further down the chain. */
  #surround(): Middleware<State> {
    const { app, layout, onError } = this;
    const root = this.#root();

    return async (ctx) => {
      const internals = internalsOf(ctx);
      const before = { ...internals };
      if (app !== null) internals.app = app;
      if (layout?.config.skipAppWrapper) internals.app = null;
      if (layout !== null) {
        internals.layouts = layout.config.skipInheritedLayouts
          ? [layout.component]
          : [...internals.layouts, layout.component];
      }
      const inside = { ...internals };
      try {
        return await ctx.next();
      } catch (error) {
        // The route that failed may have left surroundings out
        Object.assign(internals, inside);
        ctx.error = error;
        const status = error instanceof HttpError ? error.status : 500;
        if (status === 404 && root.notFound !== null) {
          return await root.notFound(ctx);
        }
        if (onError !== null) {
          if (onError.handler === undefined) logUnexpected(error);
          return await answerRoute(ctx, onError, status);
        }
        throw error;
      } finally {
        Object.assign(internals, before);
      }
    };
  }

  #root(): Segment<State> {
    return this.#parent === null ? this : this.#parent.#root();
  }
}

/** Runs a chain; `last` answers where no middleware did. */
export function runChain<State>(
  chain: MaybeLazyMiddleware<State>[],
  ctx: Context<State>,
  last: () => Promise<Response>,
): Promise<Response> {
  async function run(index: number): Promise<Response> {
    const middleware = chain[index];
    if (middleware === undefined) return await last();
    ctx.next = () => run(index + 1);
    try {
      const result = await middleware(ctx);
      if (typeof result !== "function") return result;
      chain[index] = result;
      return await result(ctx);
    } catch (error) {
      ctx.error = error;
      throw error;
    }
  }
  return run(0);
}

/** Writes an error to the terminal, unless its status tells it all. */
export function logUnexpected(error: unknown): void {
  if (error instanceof HttpError && error.status < 500) return;
  // deno-lint-ignore no-console -- the visitor is told nothing, the terminal all
  console.error(error);
}
