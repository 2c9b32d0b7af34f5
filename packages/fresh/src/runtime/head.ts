import { type ComponentChildren, createContext, h, render } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Where a tag stands: in the body, within {@linkcode Head}, or in the document's head. */
export const HeadContext = createContext<"body" | "Head" | "head">("body");

/** Props of {@linkcode Head}. */
export interface HeadProps {
  /** Tags for the document's head. */
  children?: ComponentChildren;
}

/**
 * Puts its children into the document's head, from a page or an island. A
 * title replaces the title; another tag replaces the one with the same `key`,
 * the same `id` or, as a meta tag, the same `name`.
 */
export function Head({ children }: HeadProps): ComponentChildren {
  return typeof document === "undefined"
    ? h(HeadContext.Provider, { value: "Head" }, children)
    : h(BrowserHead, null, children);
}

/** Renders the tags aside and brings the document's head in line with them. */
function BrowserHead({ children }: HeadProps): null {
  const aside = useRef<HTMLElement | null>(null);
  useEffect(() => {
    aside.current ??= document.createElement("div");
    render(h(HeadContext.Provider, { value: "Head" }, children), aside.current);
    for (const tag of aside.current.children) applyTag(tag);
  });
  return null;
}

function applyTag(tag: Element): void {
  if (tag.localName === "title") {
    document.title = tag.textContent ?? "";
    return;
  }
  const old = document.head.querySelector(selectorOf(tag)) ??
    [...document.head.children].find((other) => other.isEqualNode(tag));
  if (old?.isEqualNode(tag)) return;
  const copy = tag.cloneNode(true);
  if (old) old.replaceWith(copy);
  else document.head.append(copy);
}

/** Finds the tag in the head that a tag takes the place of. */
function selectorOf(tag: Element): string {
  const attributes = ["data-key", "id"];
  if (tag.localName === "meta") attributes.push("name");
  for (const name of attributes) {
    const value = tag.getAttribute(name);
    if (value !== null) return `[${name}="${CSS.escape(value)}"]`;
  }
  return tag.localName === "base" ? "base" : ":not(*)";
}
