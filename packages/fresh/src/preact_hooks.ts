import { options, type VNode } from "preact";
import { asset, assetSrcSet } from "./runtime/asset.ts";

/** Preact's option hooks by the short names that its builds keep stable. */
interface Hooks {
  /** Called before a vnode is rendered or compared. */
  __b?: (vnode: VNode) => void;
}

/** A vnode of any component or tag. */
// deno-lint-ignore no-explicit-any -- vnodes differ in nothing but their props
export type AnyVNode = VNode<any>;

/** A vnode whose parts may be replaced before it is rendered. */
export interface OpenVNode {
  /** Tag name or component. */
  // deno-lint-ignore no-explicit-any -- any component or tag
  type: any;
  /** Its props, children among them. */
  props: Record<string, unknown>;
  /** Its key. */
  key: unknown;
}

/** Calls a function with each vnode before it is rendered. */
export function beforeRender(see: (vnode: OpenVNode) => void): void {
  const hooks = options as Hooks;
  const before = hooks.__b;
  hooks.__b = (vnode) => {
    see(vnode as unknown as OpenVNode);
    before?.(vnode);
  };
}

/** Tags that `<Head>` puts into the document's head. */
export const HEAD_TAGS: ReadonlySet<unknown> = new Set([
  "title",
  "meta",
  "link",
  "script",
  "style",
  "base",
  "noscript",
  "template",
]);

/**
 * Completes plain tags alike on the server and in the browser: pictures get
 * immutable URLs, links tell whether they lead to the current page, and tags
 * for the head show their key.
 *
 * @param current Path of the current page.
 */
export function completeTag(vnode: OpenVNode, current: string): void {
  const { type, props, key } = vnode;
  if (HEAD_TAGS.has(type) && key !== undefined && key !== null) {
    vnode.props = { ...props, "data-key": key };
  } else if (type === "img" || type === "source") {
    if (props["data-fresh-disable-lock"]) return;
    vnode.props = { ...props };
    if (typeof props.src === "string") vnode.props.src = asset(props.src);
    if (typeof props.srcset === "string") {
      vnode.props.srcset = assetSrcSet(props.srcset);
    }
  } else if (type === "a" && typeof props.href === "string") {
    const relation = relationTo(current, props.href);
    if (relation !== null) vnode.props = { ...props, ...relation };
  }
}

function relationTo(current: string, href: string): Record<string, string> | null {
  if (!href.startsWith("/")) return null;
  const target = trimSlash(new URL(href, "http://localhost").pathname);
  const page = trimSlash(current);
  if (page === target) {
    return { "data-current": "true", "aria-current": "page" };
  }
  return page.startsWith(target === "/" ? target : target + "/")
    ? { "data-ancestor": "true", "aria-current": "true" }
    : null;
}

function trimSlash(path: string): string {
  return path !== "/" && path.endsWith("/") ? path.slice(0, -1) : path;
}
