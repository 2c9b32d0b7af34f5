import { Fragment, h } from "preact";
import type { AnyVNode } from "../preact_hooks.ts";
import type { Context } from "../context.ts";
import { keepInPlace } from "./head.ts";
import { HiddenSlots, serializeProps } from "./islands.ts";
import { currentRender, type RenderState } from "./render_state.ts";

/** What the end of the body needs to know of the page. */
export interface PageScripts {
  /** URL path of the browser's runtime. */
  clientEntry: string;
  /** Whether the runtime reloads the page when the server was rebuilt. */
  liveReload: boolean;
  /** Path in front of every URL. */
  basePath: string;
  /** Stack of the error that the page shows, in development. */
  stack: string | null;
}

const pages = new WeakMap<RenderState, PageScripts>();

/** Says which scripts belong to a rendering. */
export function setPageScripts(state: RenderState, page: PageScripts): void {
  pages.set(state, page);
}

/** The end of the body: hidden slots, then the script that starts islands. */
export function PageEnd(): AnyVNode {
  return h(Fragment, null, h(HiddenSlots, { from: 0 }), h(BootScript, null));
}

function BootScript(): AnyVNode | null {
  const state = currentRender();
  const page = state === null ? undefined : pages.get(state);
  if (state === null || page === undefined) return null;
  const { clientEntry, liveReload, basePath, stack } = page;
  const report = stack === null ? null : h("pre", { id: "fresh-error-stack" }, stack);
  if (state.used.size === 0 && !liveReload) return report;

  const lines = [`import { boot } from "${basePath}${clientEntry}";`];
  const names: string[] = [];
  for (const { name, exportName, file } of state.used) {
    lines.push(
      `import { ${exportName} as ${name} } from "${basePath}${file}";`,
    );
    names.push(name);
  }
  // "<" is escaped, so that no prop can end the script
  const props = JSON.stringify(serializeProps(state))
    .replaceAll("<", "\\u003c");
  lines.push(`boot({ ${names.join(", ")} }, ${props});`);
  const script = keepInPlace(h("script", {
    type: "module",
    nonce: state.nonce,
    dangerouslySetInnerHTML: { __html: lines.join("") },
  }));
  return h(Fragment, null, script, report);
}

/** The Link header that lets the browser fetch scripts before it parses. */
export function preloadLink(state: RenderState, page: PageScripts): string {
  if (state.used.size === 0 && !page.liveReload) return "";
  const files = new Set([...state.used].map(({ file }) => file));
  return [page.clientEntry, ...files]
    .map((file) => `<${encodeURI(page.basePath + file)}>; rel="modulepreload"; as="script"`)
    .join(", ");
}

/** The stack for a rendered error page: in development alone. */
export function errorStack<State>(ctx: Context<State>): string | null {
  if (ctx.config.mode !== "development" || !(ctx.error instanceof Error)) {
    return null;
  }
  const status = (ctx.error as { status?: number }).status ?? 500;
  return status < 500 ? null : ctx.error.stack ?? ctx.error.message;
}
