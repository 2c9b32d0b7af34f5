import { createContext, options, type VNode } from "preact";
import { leftOut } from "../left_out.ts";
import { asset } from "./asset.ts";

/** Whether a tag stands within `<Head>`. */
export const HeadContext = createContext(false);

/** A vnode of any component or tag, whose parts may be replaced before it is rendered. */
export interface OpenVNode {
  // deno-lint-ignore no-explicit-any -- any component or tag
  type: any;
  props: Record<string, unknown>;
  key: unknown;
}

/** Calls a function with each vnode: when it is made, or before it is rendered (`__b`, which Preact's builds keep). */
export function onEachVNode(moment: "vnode" | "__b", see: (vnode: OpenVNode) => void): void {
  const hooks = options as { [name in typeof moment]?: (vnode: VNode) => void };
  const before = hooks[moment];
  hooks[moment] = (vnode) => {
    see(vnode as unknown as OpenVNode);
    before?.(vnode);
  };
}

/** Gives pictures immutable URLs, on the server and in the browser. */
export function lockPicture({ type, props }: OpenVNode): void {
  if (type !== "img" && type !== "source" || props["data-fresh-disable-lock"]) return;
  if (typeof props.src === "string") props.src = asset(props.src);
  if (typeof props.srcset === "string") throw leftOut("srcset");
}
