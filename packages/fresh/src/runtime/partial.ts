import type { ComponentChildren, VNode } from "preact";
import { leftOut } from "../left_out.ts";

/** Props of {@linkcode Partial}. */
export interface PartialProps {
  /** What the partial holds. */
  children?: ComponentChildren;
  /** Name of the partial, unique on its page. */
  name: string;
  /** How new content is applied; `"replace"` by default. */
  mode?: "replace" | "prepend" | "append";
}

/** Left out: throws when it is rendered. */
export function Partial(_props: PartialProps): VNode {
  throw leftOut("<Partial>");
}
