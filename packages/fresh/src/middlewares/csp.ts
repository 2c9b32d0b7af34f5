import { NONCE } from "../server/render_state.ts";
import type { Middleware } from "../types.ts";

/** Options of {@linkcode csp}. */
export interface CSPOptions {
  /** Report violations, but let them pass. */
  reportOnly?: boolean;
  /** Where the browser reports violations to. */
  reportTo?: string;
  /** Directives, each in place of the default one of its name. */
  csp?: string[];
  /** On rendered pages, put the page's nonce in place of `'unsafe-inline'`. */
  useNonce?: boolean;
}

const DEFAULTS = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "upgrade-insecure-requests",
];

/**
 * Sets Content-Security-Policy on the responses that come back through it.
 * Answers to thrown errors are made further out and do not.
 *
 * @param options What differs from the defaults.
 */
export function csp<State>(options: CSPOptions = {}): Middleware<State> {
  const { reportOnly = false, reportTo, useNonce = false } = options;
  const own = options.csp ?? [];
  const named = new Set(own.map(nameOf));
  const directives = [...DEFAULTS.filter((directive) => !named.has(nameOf(directive))), ...own];
  if (reportTo !== undefined) {
    directives.push("report-to csp-endpoint", `report-uri ${reportTo}`);
  }
  const header = reportOnly ? "Content-Security-Policy-Report-Only" : "Content-Security-Policy";

  return async (ctx) => {
    const response = await ctx.next();
    const nonce = (response as { [NONCE]?: string })[NONCE];
    const policy = useNonce && nonce !== undefined
      ? directives.map((directive) => withNonce(directive, nonce))
      : directives;
    response.headers.set(header, policy.join("; "));
    if (reportTo !== undefined) {
      response.headers.set("Reporting-Endpoints", `csp-endpoint="${reportTo}"`);
    }
    return response;
  };
}

const NONCE_DIRECTIVES = new Set([
  "default-src",
  "script-src",
  "script-src-elem",
  "style-src",
  "style-src-elem",
  "style-src-attr",
]);

function withNonce(directive: string, nonce: string): string {
  return NONCE_DIRECTIVES.has(nameOf(directive)) ? directive.replace("'unsafe-inline'", `'nonce-${nonce}'`) : directive;
}

function nameOf(directive: string): string {
  return directive.trim().split(" ", 1)[0] ?? "";
}
