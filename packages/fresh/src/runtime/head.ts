import { type ComponentChildren, createContext, h, render } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** True within {@linkcode Head}: tags go to the document's head. */
export const HeadContext = createContext(false);

/** Props of {@linkcode Head}. */
export interface HeadProps {
  /** Tags for the document's head. */
  children?: ComponentChildren;
}

/**
 * Puts its children into the document's head, from a page or an island. A
 * title replaces the title; another tag replaces the one with the same `key`,
 * or with the same attributes but `content`.
 */
export function Head({ children }: HeadProps): ComponentChildren {
  return typeof document === "undefined"
    ? h(HeadContext.Provider, { value: true }, children)
    : h(BrowserHead, null, children);
}

/** Renders the tags aside and brings the document's head in line with them. */
function BrowserHead({ children }: HeadProps): null {
  const aside = useRef<HTMLElement | null>(null);
  useEffect(() => {
    aside.current ??= document.createElement("div");
    render(h(HeadContext.Provider, { value: true }, children), aside.current);
    for (const tag of aside.current.children) applyTag(tag);
  });
  return null;
}

function applyTag(tag: Element): void {
  if (tag.localName === "title") {
    document.title = tag.textContent ?? "";
    return;
  }
  const key = tagKey(tag);
  const old = [...document.head.getElementsByTagName(tag.localName)]
    .find((candidate) => tagKey(candidate) === key);
  if (old?.isEqualNode(tag)) return;
  const copy = tag.cloneNode(true);
  old === undefined ? document.head.append(copy) : old.replaceWith(copy);
}

function tagKey(tag: Element): string {
  const key = tag.getAttribute("data-key");
  if (key !== null) return key;
  return [...tag.attributes]
    .filter(({ name }) => name !== "content" && name !== "nonce")
    .map(({ name, value }) => `${name}=${value}`)
    .toSorted()
    .join();
}
