import { parse } from "devalue";
import { type ComponentType, h, render } from "preact";
import { lockPicture, onEachVNode } from "../runtime/hooks.ts";
import { rootBetween } from "./root.ts";

onEachVNode("vnode", lockPicture);

/** Starts the islands of the page: components by name, and props as the server wrote them. */
export function boot(components: Record<string, ComponentType>, text: string): void {
  const props: Record<string, unknown>[] = parse(text);
  const comments: Comment[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
  while (walker.nextNode()) comments.push(walker.currentNode as Comment);
  const ends = comments.filter(({ data }) => data === "/frsh:island");
  for (const start of comments) {
    const [, name, index] = /^frsh:island:([^:]+):(\d+):/.exec(start.data) ?? [];
    if (name === undefined) continue;
    const end = ends.shift()!; // islands have no islands with markers in them
    // Each in its own task: one that fails leaves the others alone
    setTimeout(() => render(h(components[name]!, props[Number(index)]!), rootBetween(start, end)));
  }
}
