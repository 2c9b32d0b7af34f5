import { type ComponentChild, type ComponentChildren, Fragment, h } from "preact";
import { islandVNode, type Page } from "./boot.ts";
import { type Markers, readMarkers } from "./markers.ts";

/** Stands in an island's props for children that are in the document. */
export class SlotReference {
  /** @param id The slot's number. */
  constructor(readonly id: number) {}
}

/**
 * Turns server-rendered children back into vnodes, which take over the nodes
 * that are there. Children that the island did not show wait in a template.
 */
export function toChildren({ id }: SlotReference, page: Page): ComponentChildren {
  const span = page.markers.slots.get(id);
  if (span !== undefined) {
    return nodesBetween(span.start.nextSibling, span.end, page, page.markers);
  }
  const template = document.getElementById(`frsh-${id}`);
  if (!(template instanceof HTMLTemplateElement)) return null;
  const { content } = template;
  const markers = readMarkers(content);
  // Slots of islands in the template are found there and nowhere else
  for (const [key, slot] of markers.slots) page.markers.slots.set(key, slot);
  return nodesBetween(content.firstChild, null, page, markers);
}

function nodesBetween(first: Node | null, end: Node | null, page: Page, markers: Markers): ComponentChild {
  const children: ComponentChild[] = [];
  for (let node = first; node !== null && node !== end;) {
    const span = markers.byStart.get(node);
    if (span !== undefined) {
      children.push(islandVNode(span, page));
      node = span.end;
    } else if (node instanceof Text) {
      children.push(node.data);
    } else if (node instanceof Element) {
      children.push(elementVNode(node, page, markers));
    }
    node = node.nextSibling;
  }
  return h(Fragment, null, children);
}

function elementVNode(element: Element, page: Page, markers: Markers): ComponentChild {
  const props: Record<string, unknown> = {};
  for (const { name, value } of element.attributes) {
    const isFlag = typeof (element as unknown as Record<string, unknown>)[name] ===
      "boolean";
    props[name] = isFlag ? true : value;
  }
  if (element instanceof HTMLTemplateElement) {
    props.dangerouslySetInnerHTML = { __html: element.innerHTML };
    return h(element.localName, props);
  }
  return h(element.localName, props, nodesBetween(element.firstChild, null, page, markers));
}
