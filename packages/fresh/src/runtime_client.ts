/**
 * Fresh's runtime for bundles that its Vite plugin makes. Left out: `boot` and `revive` throw.
 *
 * @module
 */
import { leftOut } from "./left_out.ts";

export { asset, IS_BROWSER, Partial, type PartialProps } from "./runtime/mod.ts";

/** Left out: throws. */
export function boot(_islands: Record<string, unknown>, _props: string): void {
  throw leftOut("fresh/runtime-client");
}

/** Left out: throws. */
export function revive(..._parts: unknown[]): void {
  throw leftOut("fresh/runtime-client");
}
