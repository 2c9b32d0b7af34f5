/** The middlewares that every request passes first: headers, errors, guards, and the services for what comes after. */
import { csp, csrf, HttpError } from "fresh";
import { log } from "../log.ts";
import { define } from "./define.ts";
import { refuseCrossSite, refuseHost } from "./guards.ts";
import { CSP_DIRECTIVES, secureHeaders } from "./headers.ts";
import { methodsOf } from "./openapi.ts";
import { problemAnswer, toProblem } from "./problem.ts";
import { currentServices } from "./state.ts";

const setHeaders = define.middleware(async (ctx) => {
  const started = performance.now();
  const response = await ctx.next();
  secureHeaders(ctx.url.pathname, response.headers);
  const { method } = ctx.req;
  log.debug(`${method} ${ctx.url.pathname}`, {
    status: response.status,
    milliseconds: Math.round((performance.now() - started) * 10) / 10,
  });
  return response;
});

/** Answers every error that no page has answered, so that it too passes the headers. */
const answerErrors = define.middleware(async (ctx) => {
  try {
    return await ctx.next();
  } catch (error) {
    const { route, req, url } = ctx;
    const allowed = methodsOf((route ?? "").replace(/:(\w+)/g, "{$1}"));
    const problem = toProblem(isWrongMethod(error, allowed, req.method) ? new HttpError(405) : error);
    const speaksInference = url.pathname.startsWith("/v2"); // whose clients look for `error`
    const answer = problemAnswer(problem, speaksInference ? { error: problem.detail } : {});
    if (problem.status === 405) answer.headers.set("allow", allowed.join(", "));
    return answer;
  }
});

/** Fresh throws 404 where a route has no handler for the method. */
function isWrongMethod(error: unknown, allowed: readonly string[], method: string): boolean {
  return error instanceof HttpError && error.status === 404 && allowed.length > 0 && !allowed.includes(method);
}

const guard = define.middleware(async (ctx) => {
  const services = await currentServices();
  const refusal = refuseHost(ctx.req, services.settings);
  if (refusal !== undefined) return refusal;
  refuseCrossSite(ctx.req);
  ctx.state.services = services;
  return await ctx.next();
});

/** What the app uses before everything else, in this order. */
export const protect = define.middleware([
  setHeaders,
  csp({ csp: [...CSP_DIRECTIVES], useNonce: true }),
  answerErrors,
  guard,
  csrf(),
]);
