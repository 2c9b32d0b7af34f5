/**
 * What pages and islands may import: it runs on the server and in the browser.
 *
 * @module
 */
import { type ComponentChildren, h } from "preact";
import { type Absent, absent, leftOut } from "../left_out.ts";
import { HeadContext } from "./hooks.ts";

export { asset } from "./asset.ts";
export { HttpError } from "../error.ts";

/** Whether the code runs in the browser. */
export const IS_BROWSER: boolean = typeof document !== "undefined";

/**
 * Puts its children into the document's head. There a tag takes the place of the one with its `key`; without a key, of
 * the one with the same attributes, but for a link's `href` and a meta tag's `content`; a title takes the title's.
 */
export function Head({ children }: { children?: ComponentChildren }): ComponentChildren {
  if (IS_BROWSER) throw leftOut("<Head> in an island");
  return h(HeadContext.Provider, { value: true }, children);
}

/** Left out: throw when they are called or rendered. */
export const [assetSrcSet, Partial]: [Absent, Absent] = [absent("assetSrcSet()"), absent("<Partial>")];
