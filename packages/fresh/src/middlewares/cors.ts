import type { Context } from "../context.ts";
import type { Middleware } from "../types.ts";

/** Options of {@linkcode cors}. */
export type CORSOptions<State> = {
  /** Origins that may read responses; `"*"` by default. */
  origin:
    | string
    | string[]
    | ((origin: string, ctx: Context<State>) => string | undefined | null);
  /** Methods told to a preflight request. */
  allowMethods?: string[];
  /** Request headers told to a preflight request; the asked ones by default. */
  allowHeaders?: string[];
  /** Seconds for which the answer to a preflight request holds. */
  maxAge?: number;
  /** Whether requests may carry cookies. */
  credentials?: boolean;
  /** Response headers that scripts may read. */
  exposeHeaders?: string[];
};

const METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"];

/**
 * Lets other sites' scripts read responses, and answers preflight requests.
 *
 * @param options Who may do what; everyone by default.
 */
export function cors<State>(options?: CORSOptions<State>): Middleware<State> {
  const {
    origin = "*",
    allowMethods = METHODS,
    allowHeaders = [],
    exposeHeaders = [],
    credentials = false,
    maxAge,
  } = options ?? {};

  function allowedOrigin(ctx: Context<State>): string | null {
    if (origin === "*") return origin;
    const asking = ctx.req.headers.get("Origin") ?? "";
    if (typeof origin === "function") return origin(asking, ctx) ?? null;
    return [origin].flat().includes(asking) ? asking : null;
  }

  return async (ctx) => {
    const allowed = allowedOrigin(ctx);
    const vary = new Set<string>();
    if (origin !== "*" && allowed && allowed !== "*") vary.add("Origin");

    const preflight = ctx.req.method === "OPTIONS";
    const response = preflight ? new Response(null, { status: 204, statusText: "No Content" }) : await ctx.next();
    const { headers } = response;
    if (allowed) headers.set("Access-Control-Allow-Origin", allowed);
    if (credentials) headers.set("Access-Control-Allow-Credentials", "true");
    if (exposeHeaders.length > 0) {
      headers.set("Access-Control-Expose-Headers", exposeHeaders.join(","));
    }
    if (preflight) {
      if (maxAge !== undefined) {
        headers.set("Access-Control-Max-Age", String(maxAge));
      }
      if (allowMethods.length > 0) {
        headers.set("Access-Control-Allow-Methods", allowMethods.join(","));
      }
      const asked = ctx.req.headers.get("Access-Control-Request-Headers");
      const granted = allowHeaders.length > 0 ? allowHeaders : asked?.split(/\s*,\s*/) ?? [];
      if (granted.length > 0) {
        headers.set("Access-Control-Allow-Headers", granted.join(","));
        vary.add("Access-Control-Request-Headers");
      }
    }
    if (vary.size > 0) {
      const before = headers.get("Vary")?.split(/\s*,\s*/) ?? [];
      headers.set("Vary", [...new Set([...vary, ...before])].join(", "));
    }
    return response;
  };
}
