import { Fragment, type FunctionComponent, h } from "preact";
import { useContext } from "preact/hooks";
import type { AnyVNode, OpenVNode } from "../preact_hooks.ts";
import { HeadContext } from "../runtime/head.ts";
import { currentRender, type RenderState } from "./render_state.ts";

const TAGS = new Set([
  "title",
  "meta",
  "link",
  "script",
  "style",
  "base",
  "noscript",
  "template",
]);

const wrappers = new Map<string, FunctionComponent<TagProps>>();
const inner = new WeakSet<object>();

interface TagProps {
  vnode: AnyVNode;
  id: string;
}

/** Keeps a tag that the package itself renders where it is. */
export function keepInPlace(vnode: AnyVNode): AnyVNode {
  inner.add(vnode);
  return vnode;
}

/** Lets a tag in `<Head>` move to the head, and one in the head be replaced. */
export function wrapHeadTag(vnode: OpenVNode, state: RenderState): void {
  const { type, props, key } = vnode;
  if (typeof type !== "string" || !TAGS.has(type) || inner.has(vnode)) return;

  const attributes: Record<string, unknown> = { ...props };
  if (key !== undefined && key !== null) attributes["data-key"] = key;
  if (type === "script" || type === "style") attributes.nonce ??= state.nonce;
  const tag = keepInPlace(h(type, attributes));

  let wrapper = wrappers.get(type);
  if (wrapper === undefined) {
    wrapper = (props) => HeadTag(props);
    wrappers.set(type, wrapper);
  }
  vnode.type = wrapper;
  vnode.props = { vnode: tag, id: tagId(type, attributes) };
}

function HeadTag({ vnode, id }: TagProps): AnyVNode | null {
  const state = currentRender();
  if (state === null) return vnode;
  if (useContext(HeadContext)) {
    state.head.set(id, vnode);
    return null;
  }
  const replacement = state.head.get(id);
  state.head.delete(id);
  return replacement ?? vnode;
}

/** What a tag replaces: its key, else its name and attributes. */
function tagId(type: string, props: Record<string, unknown>): string {
  if (props["data-key"] !== undefined) return `${type}#${props["data-key"]}`;
  if (type === "title") return type;
  const attributes = Object.entries(props)
    .filter(([name]) => !["children", "nonce", "ref", "content"].includes(name))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return [type, ...attributes.toSorted()].join(" ");
}

/** The tags of `<Head>` that replaced none. */
export function RemainingHead(): AnyVNode | null {
  const state = currentRender();
  if (state === null || state.head.size === 0) return null;
  const tags = [...state.head.values()];
  state.head.clear();
  return h(Fragment, null, tags);
}
