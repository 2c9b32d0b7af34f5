import { h } from "preact";
import { leftOut } from "../left_out.ts";
import { beforeRender, completeTag, type OpenVNode } from "../preact_hooks.ts";
import { RemainingHead, wrapHeadTag } from "./head.ts";
import { wrapIsland } from "./islands.ts";
import { currentRender } from "./render_state.ts";
import { PageEnd } from "./scripts.ts";

const completed = new WeakSet<object>();
const checked = new WeakSet<object>();

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
  if ("f-client-nav" in props || "f-partial" in props) {
    throw leftOut("f-client-nav");
  }
  if (type === "html" || type === "head" || type === "body") {
    state.has[type as keyof typeof state.has] = true;
    if (type === "head") append(vnode, RemainingHead);
    if (type === "body") append(vnode, PageEnd);
  } else {
    completeTag(vnode, state.path);
    wrapHeadTag(vnode, state);
  }
});

/** Adds a component as the last child, once. */
function append(vnode: OpenVNode, component: () => unknown): void {
  if (completed.has(vnode)) return;
  completed.add(vnode);
  const last = h(component as () => null, null);
  vnode.props = { ...vnode.props, children: [vnode.props.children, last] };
}

/** Precompiled JSX holds static attributes as text. */
function refuseInTemplate(template: string[]): void {
  if (checked.has(template)) return;
  if (template.some((text) => CLIENT_NAVIGATION.test(text))) {
    throw leftOut("f-client-nav");
  }
  checked.add(template);
}
