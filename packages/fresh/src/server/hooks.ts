import { Fragment, h, type VNode } from "preact";
import { useContext } from "preact/hooks";
import type { Build, Island } from "../build.ts";
import { leftOut } from "../left_out.ts";
import { HeadContext, lockPicture, onEachVNode, type OpenVNode } from "../runtime/hooks.ts";
import { runtimeUrl } from "../runtime/asset.ts";
import { InsideIsland, serializeProps, wrapIsland } from "./islands.ts";

/** What one rendering needs and collects. */
export class RenderState {
  /** Random value that marks this page's own scripts and styles. */
  readonly nonce = crypto.randomUUID().replaceAll("-", "");
  /** Each island's props, by the index its marker has. */
  readonly props: { island: Island; props: Record<string, unknown> }[] = [];
  /** Tags from `<Head>`, by what they replace. */
  readonly head = new Map<string, VNode>();
  /** Which of html, head and body were rendered. */
  readonly rendered = new Set<string>();

  constructor(
    readonly path: string,
    readonly build: Pick<Build<unknown>, "buildId" | "islands" | "liveReload"> | null,
  ) {}

  /** The islands on the page. */
  get islands(): Island[] {
    return [...new Set(this.props.map(({ island }) => island))];
  }

  /** URL paths of the scripts that the page starts with; none for a page without islands. */
  get scripts(): string[] {
    if (this.build === null || this.props.length === 0 && !this.build.liveReload) return [];
    return [runtimeUrl(this.build.buildId), ...new Set(this.islands.map(({ file }) => file))];
  }
}

/** The state of the rendering that goes on. Rendering is synchronous: one at a time. */
let current: RenderState | null = null;

/** Runs a rendering with its state. */
export function withRender<T>(state: RenderState, render: () => T): T {
  current = state;
  try {
    return render();
  } finally {
    current = null;
  }
}

/** Tags that `<Head>` puts into the document's head. */
const HEAD_TAGS = new Set(["title", "meta", "link", "script", "style", "base", "noscript", "template"]);

/** Tags that have been wrapped. */
const wrapped = new WeakSet<object>();

onEachVNode("vnode", (vnode) => {
  lockPicture(vnode);
  const { type, props } = vnode;
  if (current === null || typeof type !== "string") return;
  if (type === "a" && typeof props.href === "string") Object.assign(props, relationTo(current.path, props.href));
  if (type === "script" || type === "style") props.nonce ||= current.nonce;
});

onEachVNode("__b", (vnode) => {
  if (current === null || wrapped.has(vnode)) return;
  const { type, props } = vnode;
  if (typeof type === "function") {
    wrapIsland(vnode, current);
  } else if (HEAD_TAGS.has(type)) {
    wrapHeadTag(vnode);
  } else if (type === "html" || type === "head" || type === "body") {
    current.rendered.add(type);
    const end = type === "head" ? h(RemainingHead, null) : type === "body" ? h(BootScript, null) : null;
    vnode.props = { ...props, children: [props.children as VNode, end] };
  }
});

/** Tells a link to the current page, or to one above it, from others. */
function relationTo(current: string, href: string): Record<string, string> {
  if (!href.startsWith("/")) return {};
  const [page, target] = [current, new URL(href, "http://localhost").pathname].map((path) => path.replace(/\/$/, ""));
  if (page === target) return { "data-current": "true", "aria-current": "page" };
  return page!.startsWith(`${target}/`) ? { "data-ancestor": "true", "aria-current": "true" } : {};
}

/** Lets a tag in `<Head>` move to the head, and any later one like it be replaced. */
function wrapHeadTag(vnode: OpenVNode): void {
  const { type, props, key } = vnode;
  const id = tagId(vnode);
  vnode.type = function HeadTag() {
    const tag = h(type, key ? { ...props, "data-key": key } : props);
    wrapped.add(tag);
    if (current === null) return tag;
    if (useContext(HeadContext)) {
      if (useContext(InsideIsland)) throw leftOut("<Head> in an island");
      current.head.set(id, tag);
      return null;
    }
    const replacement = current.head.get(id);
    current.head.delete(id);
    return replacement ?? tag;
  };
}

/** Two tags with the same identity are one: the later is kept. */
function tagId({ type, props, key }: OpenVNode): string {
  if (key !== undefined && key !== null) return String(key);
  if (type === "title") return type;
  const ignored = ["children", "nonce", "ref", type === "meta" ? "content" : type === "link" ? "href" : ""];
  const values = Object.keys(props).toSorted().filter((name) => !ignored.includes(name)).map((name) =>
    name === "dangerouslySetInnerHTML" ? (props[name] as { __html: string }).__html : `::${props[name]}`
  );
  return type + values.join("");
}

/** The tags of `<Head>` that replaced none. */
const RemainingHead = () => h(Fragment, null, [...current?.head.values() ?? []]);

/** The script that starts the page's islands. */
// deno-lint-ignore no-explicit-any -- a vnode of any props
function BootScript(): VNode<any> | null {
  const [runtime] = current?.scripts ?? [];
  if (current === null || runtime === undefined) return null;
  const { islands } = current;
  const imports = islands.map(({ name, exportName, file }) => `import { ${exportName} as ${name} } from "${file}";`);
  const names = islands.map(({ name }) => name).join(", ");
  // "<" is escaped, so that no prop can end the script
  const props = JSON.stringify(serializeProps(current.props)).replaceAll("<", "\\u003c");
  const __html = `import { boot } from "${runtime}";${imports.join("")}boot({ ${names} }, ${props});`;
  return h("script", { type: "module", dangerouslySetInnerHTML: { __html } });
}
