import { Fragment, h } from "preact";
import { useContext } from "preact/hooks";
import { type AnyVNode, HEAD_TAGS, type OpenVNode } from "../preact_hooks.ts";
import { HeadContext } from "../runtime/head.ts";
import { currentRender } from "./render_state.ts";

const inner = new WeakSet<object>();

interface TagProps {
  type: string;
  props: Record<string, unknown>;
}

/** Keeps a tag that the package itself renders where it is. */
export function keepInPlace(vnode: AnyVNode): AnyVNode {
  inner.add(vnode);
  return vnode;
}

/** Lets a tag in `<Head>` move to the head, and one in the head be replaced. */
export function wrapHeadTag(vnode: OpenVNode): void {
  const { type, props } = vnode;
  if (!HEAD_TAGS.has(type) || inner.has(vnode)) return;
  vnode.type = HeadTag;
  vnode.props = { type, props };
}

function HeadTag({ type, props }: TagProps): AnyVNode | null {
  const place = useContext(HeadContext);
  const state = currentRender();
  const nonce = type === "script" || type === "style" ? { nonce: props.nonce ?? state?.nonce } : {};
  const tag = keepInPlace(h(type, { ...props, ...nonce }));
  if (state === null || place === "body") return tag;
  const id = tagId(type, props);
  if (place === "Head") {
    state.head.set(id, tag);
    return null;
  }
  const replacement = state.head.get(id);
  state.head.delete(id);
  return replacement ?? tag;
}

/** Two tags with the same identity are one: the later is kept. */
function tagId(type: string, props: Record<string, unknown>): string {
  if (type === "title" || type === "base") return type;
  if (props["data-key"] !== undefined) return `key ${props["data-key"]}`;
  if (props.id !== undefined) return `id ${props.id}`;
  if (type === "meta" && props.name !== undefined) return `meta ${props.name}`;
  const attributes = Object.entries(props).filter(([name, value]) => name !== "nonce" && typeof value !== "object");
  const html = (props.dangerouslySetInnerHTML as { __html?: string } | undefined)?.__html;
  return JSON.stringify([type, attributes.toSorted(), html]);
}

/** The document's head: its own tags, then those of `<Head>` that replaced none. */
export function completeHead(vnode: OpenVNode): void {
  const { children } = vnode.props;
  vnode.props = {
    ...vnode.props,
    children: h(HeadContext.Provider, { value: "head" }, children as AnyVNode, h(RemainingHead, null)),
  };
}

function RemainingHead(): AnyVNode | null {
  const state = currentRender();
  if (state === null || state.head.size === 0) return null;
  const tags = [...state.head.values()];
  state.head.clear();
  return h(Fragment, null, tags);
}
