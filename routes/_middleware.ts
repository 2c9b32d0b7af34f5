import { HttpError } from "fresh";
import { h } from "preact";
import { define } from "../lib/http/define.ts";
import { isApiPath } from "../lib/http/headers.ts";
import { toProblem } from "../lib/http/problem.ts";
import NotFoundPage from "./_404.tsx";
import ErrorPage from "./_error.tsx";

/**
 * Answers a page's error with a page. Fresh would render the same two pages, but outside of every middleware: without
 * the security headers and without a nonce for their scripts.
 */
export default define.middleware(async (ctx) => {
  try {
    return await ctx.next();
  } catch (error) {
    if (isApiPath(ctx.url.pathname)) throw error;
    const { status } = toProblem(error); // logs what is not expected
    const page = error instanceof HttpError && status === 404 ? NotFoundPage : ErrorPage;
    const { config, url, req, params, info, state, isPartial, Component, route } = ctx;
    const props = {
      config,
      url,
      req,
      params,
      info,
      state,
      isPartial,
      Component,
      route,
      error,
      data: undefined as never,
    };
    return await ctx.render(h(page, props), { status });
  }
});
