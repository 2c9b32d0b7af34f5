import { computed, signal } from "@preact/signals";
import { parse } from "devalue";
import { type ComponentType, h, render } from "preact";
import { beforeRender, completeTag } from "../preact_hooks.ts";
import { type Markers, readMarkers, type Span } from "./markers.ts";
import { rootBetween } from "./root.ts";
import { SlotReference, toChildren } from "./slots.ts";

beforeRender((vnode) => completeTag(vnode, location.pathname));

/**
 * Starts the islands of the page.
 *
 * @param components The islands by name.
 * @param text Their props, as the server wrote them.
 */
export function boot(components: Record<string, ComponentType>, text: string): void {
  const props: Record<string, unknown>[] = parse(text, {
    Signal: ([value]: [unknown]) => signal(value),
    Computed: ([value]: [unknown]) => computed(() => value),
    Slot: ([id]: [number]) => new SlotReference(id),
  });
  const markers = readMarkers(document.body);
  for (const island of markers.islands) {
    // Each in its own task: one that fails leaves the others alone
    setTimeout(() => start(island, { components, props, markers }));
  }
}

/** What is needed to make an island from its markers. */
export interface Page {
  /** The islands by name. */
  components: Record<string, ComponentType>;
  /** The props by the index in an island's marker. */
  props: Record<string, unknown>[];
  /** Where islands and slots are in the document. */
  markers: Markers;
}

function start(island: Span, page: Page): void {
  render(islandVNode(island, page), rootBetween(island.start, island.end));
}

/** An island with its props, slots in place of their references. */
export function islandVNode({ name, index }: Span, page: Page) {
  const component = page.components[name];
  if (component === undefined) {
    throw new Error(`Cannot start island ${name}: the page does not load it`);
  }
  const props = { ...page.props[index] };
  for (const [key, value] of Object.entries(props)) {
    if (value instanceof SlotReference) props[key] = toChildren(value, page);
  }
  return h(component, props);
}
