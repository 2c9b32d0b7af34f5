import { h } from "preact";
import { leftOut } from "../left_out.ts";
import { type AnyVNode, beforeRender, completeTag } from "../preact_hooks.ts";
import { completeHead, wrapHeadTag } from "./head.ts";
import { wrapIsland } from "./islands.ts";
import { currentRender } from "./render_state.ts";
import { PageEnd } from "./scripts.ts";

/** Vnodes and templates that were seen before: an app may keep them between requests. */
const seen = new WeakSet<object>();

/** Attributes that only Fresh's own client acts on. */
const CLIENT_NAVIGATION = /\sf-(?:client-nav|partial)[\s=>]/;

beforeRender((vnode) => {
  const state = currentRender();
  if (state === null) return;
  const { type, props } = vnode;
  if (typeof type === "function") {
    if (props.tpl !== undefined) refuseInTemplate(props.tpl as string[]);
    wrapIsland(vnode, state);
    return;
  }
  if ("f-client-nav" in props || "f-partial" in props) throw leftOut("f-client-nav");
  if (type !== "html" && type !== "head" && type !== "body") {
    completeTag(vnode, state.page.path);
    wrapHeadTag(vnode);
    return;
  }
  state.has[type as keyof typeof state.has] = true;
  if (seen.has(vnode)) return;
  seen.add(vnode);
  if (type === "head") completeHead(vnode);
  if (type === "body") vnode.props = { ...props, children: [props.children as AnyVNode, h(PageEnd, null)] };
});

/** Precompiled JSX holds static attributes as text. */
function refuseInTemplate(template: string[]): void {
  if (seen.has(template)) return;
  if (template.some((text) => CLIENT_NAVIGATION.test(text))) throw leftOut("f-client-nav");
  seen.add(template);
}
