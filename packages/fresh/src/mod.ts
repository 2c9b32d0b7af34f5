/**
 * The part of Fresh 2.3.3 that Latentboard uses, under Fresh's own names.
 *
 * @module
 */
import { type Absent, absent } from "./left_out.ts";

export { App } from "./app.ts";
export type { Context } from "./context.ts";
export { createDefine, type Define, page } from "./define.ts";
export { HttpError } from "./error.ts";
export { csp, type CSPOptions, csrf } from "./security.ts";
export { staticFiles } from "./static_files.ts";
export type { HandlerByMethod, HandlerFn, Method, Middleware, PageProps, PageResponse } from "./types.ts";
export type { ResolvedFreshConfig, RouteHandler } from "./types.ts";

/** Left out: throw when they are called. */
export const [cors, ipFilter, trailingSlashes]: [Absent, Absent, Absent] = [
  absent("cors()"),
  absent("ipFilter()"),
  absent("trailingSlashes()"),
];
