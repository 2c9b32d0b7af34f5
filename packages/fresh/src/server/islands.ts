import { stringify } from "devalue";
import { createContext, Fragment, h, isValidElement, type VNode } from "preact";
import { useContext } from "preact/hooks";
import { leftOut } from "../left_out.ts";
import type { OpenVNode } from "../runtime/hooks.ts";
import type { RenderState } from "./hooks.ts";

/** Whether a component is rendered by an island, not by the page. */
export const InsideIsland = createContext(false);

/** Islands that have been wrapped. */
const wrapped = new WeakSet<object>();

/** Puts the markers around an island that the browser looks for; an island within an island is a plain component. */
export function wrapIsland(vnode: OpenVNode, state: RenderState): void {
  const island = state.build?.islands.get(vnode.type);
  if (island === undefined || wrapped.has(vnode)) return;
  const key = String(vnode.key ?? "").replaceAll(":", "_");
  vnode.type = (props: Record<string, unknown>) => {
    const plain = h(island.fn, props);
    wrapped.add(plain);
    if (useContext(InsideIsland)) return plain;
    const index = state.props.push({ island, props }) - 1;
    const inside = h(InsideIsland.Provider, { value: true }, plain);
    return h(Fragment, null, comment(`frsh:island:${island.name}:${index}:${key}`), inside, comment("/frsh:island"));
  };
}

/** A comment as preact-render-to-string writes it. */
function comment(text: string): VNode {
  return h(Fragment, { UNSTABLE_comment: text } as Record<string, unknown>);
}

/** What Fresh sends in forms of its own. */
const refusals = {
  Signal: (value: unknown) => typeof (value as { peek?: unknown } | null)?.peek === "function" && refuse("signals"),
  JSX: (value: unknown) => isValidElement(value) && refuse("children and JSX"),
};

function refuse(what: string): never {
  throw leftOut(`${what} in the props of an island`);
}

/** Writes the props of a page's islands as text. */
export function serializeProps(given: RenderState["props"]): string {
  if (given.some(({ props }) => props.children !== undefined)) refuse("children and JSX");
  return stringify(given.map(({ props }) => props), refusals);
}
