import type { Context } from "../context.ts";
import { HttpError } from "../error.ts";
import type { Middleware } from "../types.ts";

/** Options of {@linkcode csrf}. */
// deno-lint-ignore no-explicit-any -- as Fresh declares it
export interface CsrfOptions<State = any> {
  /** Origins that may send requests; the app's own by default. */
  origin?:
    | string
    | string[]
    | ((origin: string, context: Context<State>) => boolean);
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Answers 403 to requests that change something and come from another site,
 * by Sec-Fetch-Site, else by Origin. Requests with neither pass: no browser
 * sends such.
 *
 * @param options Which origins are allowed.
 */
export function csrf<State>(options?: CsrfOptions<State>): Middleware<State> {
  const allowed = options?.origin;

  function isAllowed(origin: string, ctx: Context<State>): boolean {
    if (!allowed) return origin === ctx.url.origin;
    if (typeof allowed === "function") return allowed(origin, ctx);
    return [allowed].flat().includes(origin);
  }

  return async (ctx) => {
    const { method, headers } = ctx.req;
    const site = headers.get("Sec-Fetch-Site");
    const origin = headers.get("Origin");
    const passes = SAFE.has(method) || site === "same-origin" || site === "none" ||
      (origin === null ? site === null : isAllowed(origin, ctx));
    if (!passes) throw new HttpError(403);
    return await ctx.next();
  };
}
