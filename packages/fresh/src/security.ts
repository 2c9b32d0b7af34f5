import { HttpError } from "./error.ts";
import { allowKeys } from "./left_out.ts";
import { NONCE } from "./server/page.ts";
import type { Middleware } from "./types.ts";

/** Options of {@linkcode csp}. */
export interface CSPOptions {
  /** Directives, each in place of the default one of its name. */
  csp?: string[];
  /** On rendered pages, put the page's nonce in place of `'unsafe-inline'`. */
  useNonce?: boolean;
}

const DEFAULTS = ["default-src 'self'", "script-src 'self' 'unsafe-inline'", "style-src 'self' 'unsafe-inline'"].concat(
  ["font-src 'self'", "img-src 'self' data:", "media-src 'self' data: blob:", "worker-src 'self' blob:"],
  ["connect-src 'self'", "object-src 'none'", "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'"],
  ["upgrade-insecure-requests"],
);

/** Directives in which a nonce means something. */
const WITH_NONCE = /^(?:default-src|script-src(?:-elem)?|style-src(?:-elem|-attr)?) /;

/** Sets Content-Security-Policy on the responses that come back through it; errors are answered further out. */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  allowKeys(options, ["csp", "useNonce"], "csp()");
  const { useNonce = false, csp: own = [] } = options;
  const nameOf = (directive: string) => directive.split(" ", 1)[0];
  const named = new Set(own.map(nameOf));
  const directives = [...DEFAULTS.filter((directive) => !named.has(nameOf(directive))), ...own];
  return async (ctx) => {
    const response = await ctx.next();
    const nonce = (response as { [NONCE]?: string })[NONCE];
    const policy = useNonce && nonce !== undefined
      ? directives.map((text) => WITH_NONCE.test(text) ? text.replaceAll("'unsafe-inline'", `'nonce-${nonce}'`) : text)
      : directives;
    response.headers.set("Content-Security-Policy", policy.join("; "));
    return response;
  };
}

/** Answers 403 to changes from another site, by Sec-Fetch-Site, else by Origin; no browser sends neither. */
export function csrf<State>(options?: Record<never, never>): Middleware<State> {
  allowKeys(options, [], "csrf()");
  return async (ctx) => {
    const { method, headers } = ctx.req;
    const site = headers.get("Sec-Fetch-Site");
    const origin = headers.get("Origin");
    const passes = ["GET", "HEAD", "OPTIONS"].includes(method) || site === "same-origin" || site === "none" ||
      (origin === null ? site === null : origin === ctx.url.origin);
    if (!passes) throw new HttpError(403);
    return await ctx.next();
  };
}
