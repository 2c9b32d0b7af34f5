/** The middlewares that every request passes first: headers, errors, guards, and the services for what comes after. */
import { csp, csrf, HttpError } from "fresh";
import { log } from "../log.ts";
import { define } from "./define.ts";
import { refuseCrossSite, refuseHost } from "./guards.ts";
import { CSP_DIRECTIVES, isApiPath, secureHeaders } from "./headers.ts";
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
  const { pathname } = ctx.url;
  try {
    const response = await ctx.next();
    if (!isApiPath(pathname) || !isNotFoundPage(response)) return response;
    await response.body?.cancel();
    return wrongMethod(ctx.route);
  } catch (error) {
    const problem = toProblem(error);
    const speaksInference = pathname.startsWith("/v2"); // whose clients look for `error`
    return problemAnswer(problem, speaksInference ? { error: problem.detail } : {});
  }
});

/**
 * Fresh answers with its page for 404 when a route has no handler for the method. What the API itself does not find
 * never comes as a page.
 */
function isNotFoundPage(response: Response): boolean {
  return response.status === 404 && response.headers.get("content-type")?.startsWith("text/html") === true;
}

function wrongMethod(route: string | null): Response {
  const answer = problemAnswer(toProblem(new HttpError(405)));
  const allowed = methodsOf((route ?? "").replace(/:(\w+)/g, "{$1}"));
  if (allowed.length > 0) answer.headers.set("allow", allowed.join(", "));
  return answer;
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
