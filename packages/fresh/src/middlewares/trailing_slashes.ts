import type { Middleware } from "../types.ts";

/**
 * Redirects so that paths either always end with a slash or never do.
 *
 * @param mode Which of the two.
 */
export function trailingSlashes<State>(mode: "always" | "never"): Middleware<State> {
  return (ctx) => {
    const { pathname, search } = ctx.url;
    const ends = pathname.endsWith("/");
    if (pathname === "/" || ends === (mode === "always")) return ctx.next();
    return ctx.redirect(
      (ends ? pathname.slice(0, -1) : `${pathname}/`) + search,
    );
  };
}
