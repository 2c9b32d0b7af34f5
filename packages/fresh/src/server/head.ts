import { Fragment, type FunctionComponent, h } from "preact";
import { useContext } from "preact/hooks";
import { type AnyVNode, HEAD_TAGS, type OpenVNode } from "../preact_hooks.ts";
import { HeadContext } from "../runtime/head.ts";
import { currentRender, type RenderState } from "./render_state.ts";

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
  const { type } = vnode;
  if (!HEAD_TAGS.has(type) || inner.has(vnode)) return;

  const attributes: Record<string, unknown> = { ...vnode.props };
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

/** Two tags with the same identity are one: the later is kept. */
function tagId(type: string, props: Record<string, unknown>): string {
  if (type === "title" || type === "base") return type;
  if (props["data-key"] !== undefined) return `key ${props["data-key"]}`;
  if (props.id !== undefined) return `id ${props.id}`;
  if (type === "meta" && props.name !== undefined) return `meta ${props.name}`;
  const { nonce: _, ...rest } = props;
  return `${type} ${JSON.stringify(Object.entries(rest).toSorted())}`;
}

/** The tags of `<Head>` that replaced none. */
export function RemainingHead(): AnyVNode | null {
  const state = currentRender();
  if (state === null || state.head.size === 0) return null;
  const tags = [...state.head.values()];
  state.head.clear();
  return h(Fragment, null, tags);
}
