/** The middleware that every request passes first: headers, errors, guards, and the services for what comes after. */
import { csp, csrf, HttpError } from "fresh";
import { isStructuredLog, log } from "../log.ts";
import { define } from "./define.ts";
import { refuseCrossSite, refuseHost } from "./guards.ts";
import { CSP_DIRECTIVES, isApiPath, secureHeaders } from "./headers.ts";
import { methodsOf, roleFor } from "./openapi.ts";
import { problemResponse, toProblem } from "./problem.ts";
import { REQUEST_ID, withRequestId } from "./request_id.ts";
import { currentServices } from "./state.ts";

/** Sets the headers of every response, counts it, and logs it: at `info` where programs read the log. */
const observe = define.middleware((ctx) =>
  withRequestId(ctx.req, async (id) => {
    const started = performance.now();
    const response = await ctx.next();
    secureHeaders(ctx.url.pathname, response.headers);
    response.headers.set(REQUEST_ID, id);
    const seconds = (performance.now() - started) / 1000;
    const { method } = ctx.req;
    ctx.state.services?.metrics.request(method, ctx.route, response.status, seconds);
    const fields = { method, path: ctx.url.pathname, route: ctx.route, status: response.status, seconds };
    if (isStructuredLog()) log.info("request", fields);
    else log.debug(`${method} ${ctx.url.pathname}`, { status: response.status, seconds });
    return response;
  })
);

/** As nginx counts requests whose client did not wait for the response. */
const CLIENT_LEFT = 499;

/** Turns the errors that no page has shown into problems, so that they too get the headers. */
const handleErrors = define.middleware(async (ctx) => {
  try {
    return await ctx.next();
  } catch (error) {
    const { route, req, url } = ctx;
    if (req.signal.aborted) return new Response(null, { status: CLIENT_LEFT }); // nobody reads it
    const allowed = methodsOf((route ?? "").replace(/:(\w+)/g, "{$1}"));
    const problem = toProblem(isWrongMethod(error, allowed, req.method) ? new HttpError(405) : error);
    if (problem.status === 401 && !isApiPath(url.pathname)) return tokenPage(problem.detail);
    const isInference = url.pathname.startsWith("/v2"); // whose clients look for `error`
    const response = problemResponse(problem, isInference ? { error: problem.detail } : {});
    if (problem.status === 405) response.headers.set("allow", allowed.join(", "));
    return response;
  }
});

/** Fresh throws 404 where a route has no handler for the method. */
function isWrongMethod(error: unknown, allowed: readonly string[], method: string): boolean {
  return error instanceof HttpError && error.status === 404 && allowed.length > 0 && !allowed.includes(method);
}

/** A page for people who came without a token; no other may be shown to them, so it has neither scripts nor styles. */
function tokenPage(detail: string): Response {
  const html =
    `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>Latentboard</title><h1>This board is not open to everyone</h1><p>${escapeHtml(detail)}.</p>` +
    `<form><label>Token <input name="token" type="password" required autocomplete="current-password"></label> ` +
    `<button>Open</button></form></html>`;
  return new Response(html, {
    status: 401,
    headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" },
  });
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

const checkRequest = define.middleware(async (ctx) => {
  const services = await currentServices();
  ctx.state.services = services; // refused requests are counted too
  const refusal = refuseHost(ctx.req, services.settings);
  if (refusal !== undefined) return refusal;
  refuseCrossSite(ctx.req);
  const { access } = services;
  const welcome = isApiPath(ctx.url.pathname) ? undefined : access.welcome(ctx.req.method, ctx.url);
  if (welcome !== undefined) return welcome;
  access.check(access.roleOf(ctx.req, ctx.url), roleFor(ctx.req.method, ctx.route));
  return await ctx.next();
});

/** In the order in which the app uses it. */
export const middleware = define.middleware([
  observe,
  csp({ csp: [...CSP_DIRECTIVES], useNonce: true }),
  handleErrors,
  checkRequest,
  csrf(),
]);
