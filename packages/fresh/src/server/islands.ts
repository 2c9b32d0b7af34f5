import { computed, Signal } from "@preact/signals";
import { DevalueError, stringify } from "devalue";
import { type ComponentChildren, createContext, Fragment, type FunctionComponent, h, isValidElement } from "preact";
import { useContext } from "preact/hooks";
import type { Island } from "../types.ts";
import type { AnyVNode, OpenVNode } from "../preact_hooks.ts";
import { keepInPlace } from "./head.ts";
import { currentRender, type RenderState } from "./render_state.ts";

/** Whether a component is rendered by an island, not by the page. */
const InsideIsland = createContext(false);

const boundaries = new WeakMap<Island, FunctionComponent>();
const inner = new WeakSet<object>();

/** Puts the markers around an island that the browser looks for. */
export function wrapIsland(vnode: OpenVNode, state: RenderState): void {
  const island = state.islands.get(vnode.type);
  if (island === undefined || inner.has(vnode)) return;
  let boundary = boundaries.get(island);
  if (boundary === undefined) {
    boundary = (props) => renderIsland(island, props);
    boundaries.set(island, boundary);
  }
  vnode.type = boundary;
}

function renderIsland(island: Island, props: Record<string, unknown>): AnyVNode {
  const state = currentRender();
  if (useContext(InsideIsland) || state === null) return plain(island, props);

  const shown: Record<string, unknown> = { ...props };
  const sent: Record<string, unknown> = { ...props };
  for (const [name, value] of Object.entries(props)) {
    if (!isSlot(name, value)) continue;
    const id = state.slots.push(h(Fragment, null, value)) - 1;
    shown[name] = h(Slot, { id }, value);
    sent[name] = new SlotReference(id);
  }
  state.used.add(island);
  const index = state.props.push({ island, props: sent }) - 1;
  return marked(
    `island:${island.name}:${index}`,
    h(InsideIsland.Provider, { value: true }, plain(island, shown)),
  );
}

/** The island itself, not to be wrapped again. */
function plain(island: Island, props: Record<string, unknown>): AnyVNode {
  const vnode = h(island.fn, props);
  inner.add(vnode);
  return vnode;
}

function isSlot(name: string, value: unknown): value is ComponentChildren {
  if (value === null || value === undefined) return false;
  return name === "children" && typeof value !== "function" || isValidElement(value) && !(value instanceof Signal);
}

/** Stands in the props for children that the browser finds in the page. */
class SlotReference {
  constructor(readonly id: number) {}
}

function Slot({ id, children }: { id: number; children?: ComponentChildren }) {
  const state = currentRender();
  if (state !== null) state.slots[id] = null;
  return marked(
    `slot:${id}`,
    h(InsideIsland.Provider, { value: false }, children),
  );
}

/** Content between two comments that the browser's runtime understands. */
function marked(name: string, content: AnyVNode): AnyVNode {
  return h(Fragment, null, comment(`frsh:${name}`), content, comment("/frsh"));
}

function comment(text: string): AnyVNode {
  // UNSTABLE_comment is how preact-render-to-string writes a comment
  return h(Fragment, { UNSTABLE_comment: text } as Record<string, unknown>);
}

/** The slots that no island has shown, for the browser to take from. */
export function HiddenSlots({ from }: { from: number }): AnyVNode | null {
  const slots = currentRender()?.slots ?? [];
  if (from >= slots.length) return null;
  const templates = slots.slice(from).map((content, i) =>
    content &&
    keepInPlace(h("template", { id: `frsh-${from + i}` }, content))
  );
  // Rendering these may add slots, which come next
  return h(Fragment, null, templates, h(HiddenSlots, { from: slots.length }));
}

const ComputedSignal = Object.getPrototypeOf(computed(() => 0));

const reducers = {
  Signal: (value: unknown) => value instanceof Signal && !isComputed(value) && [value.peek()],
  Computed: (value: unknown) => isComputed(value) && [(value as Signal).peek()],
  Slot: (value: unknown) => value instanceof SlotReference && [value.id],
};

function isComputed(value: unknown): boolean {
  return value instanceof Signal && Object.getPrototypeOf(value) === ComputedSignal;
}

/**
 * Writes the props of a page's islands as text. One signal in two islands
 * stays one.
 */
export function serializeProps(state: RenderState): string {
  for (const { island, props } of state.props) refuseJsx(island, props);
  try {
    return stringify(state.props.map(({ props }) => props), reducers);
  } catch (error) {
    if (!(error instanceof DevalueError)) throw error;
    const path = /^\[(\d+)\]\.?(.*)$/.exec(error.path);
    const island = state.props[Number(path?.[1])]?.island.name;
    throw new TypeError(
      `Cannot send prop "${path?.[2]}" of island ${island} to the browser: ` + error.message,
      { cause: error },
    );
  }
}

function refuseJsx(island: Island, props: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(props)) {
    if (Array.isArray(value) && value.some((item) => isValidElement(item))) {
      throw new TypeError(
        `Cannot send prop "${name}" of island ${island.name} to the browser: ` +
          "JSX goes alone or as children, not in an array",
      );
    }
  }
}
