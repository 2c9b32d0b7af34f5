import type { ComponentType } from "preact";
import type { AnyVNode } from "../preact_hooks.ts";
import type { Island } from "../types.ts";

/** Key under which a rendered response carries its nonce. */
export const NONCE: unique symbol = Symbol.for("__freshNonce");

/** What a page's scripts depend on. */
export interface PageInfo {
  /** Path of the page, for links to it. */
  path: string;
  /** Path in front of every URL. */
  basePath: string;
  /** URL path of the browser's runtime. */
  clientEntry: string;
  /** Whether the runtime reloads the page when the server was rebuilt. */
  liveReload: boolean;
  /** Stack of the error that the page shows, in development. */
  stack: string | null;
}

/** What one rendering collects. Rendering is synchronous: one at a time. */
export class RenderState {
  /** Random value that marks this page's own scripts and styles. */
  readonly nonce = crypto.randomUUID().replaceAll("-", "");
  /** Islands on the page. */
  readonly used = new Set<Island>();
  /** Each island's name and props, by the index its marker has. */
  readonly props: { island: Island; props: Record<string, unknown> }[] = [];
  /** Children and JSX props of islands; null once the island has shown it. */
  readonly slots: (AnyVNode | null)[] = [];
  /** Tags from `<Head>`, by what they replace. */
  readonly head = new Map<string, AnyVNode>();
  /** Which of the outer tags the app renders itself. */
  readonly has = { html: false, head: false, body: false };

  /** @param islands The build's islands. */
  constructor(readonly islands: Map<ComponentType, Island>, readonly page: PageInfo) {}
}

let current: RenderState | null = null;

/** The state of the rendering that goes on; null between renderings. */
export function currentRender(): RenderState | null {
  return current;
}

/** Runs a rendering with its state. */
export function withRender<T>(state: RenderState, render: () => T): T {
  current = state;
  try {
    return render();
  } finally {
    current = null;
  }
}
