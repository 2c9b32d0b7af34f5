/**
 * What pages and islands may import: it runs on the server and in the browser.
 *
 * @module
 */
export { asset, assetSrcSet } from "./asset.ts";
export { Head, type HeadProps } from "./head.ts";
export { Partial, type PartialProps } from "./partial.ts";
export { HttpError } from "../error.ts";

/** Whether the code runs in the browser. */
export const IS_BROWSER: boolean = typeof document !== "undefined";
