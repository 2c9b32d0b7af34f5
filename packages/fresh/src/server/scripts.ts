import { Fragment, h } from "preact";
import type { AnyVNode } from "../preact_hooks.ts";
import type { Context } from "../context.ts";
import { HttpError } from "../error.ts";
import { keepInPlace } from "./head.ts";
import { HiddenSlots, serializeProps } from "./islands.ts";
import { currentRender, type RenderState } from "./render_state.ts";

/** The end of the body: hidden slots, then the script that starts islands. */
export function PageEnd(): AnyVNode {
  return h(Fragment, null, h(HiddenSlots, { from: 0 }), h(BootScript, null));
}

function BootScript(): AnyVNode | null {
  const state = currentRender();
  if (state === null) return null;
  const { clientEntry, basePath, stack } = state.page;
  const report = stack === null ? null : h("pre", { id: "fresh-error-stack" }, stack);
  if (!needsScript(state)) return report;

  const used = [...state.used];
  const imports = used.map(({ name, exportName, file }) =>
    `import { ${exportName} as ${name} } from "${basePath}${file}";`
  );
  const names = used.map(({ name }) => name).join(", ");
  // "<" is escaped, so that no prop can end the script
  const props = JSON.stringify(serializeProps(state)).replaceAll("<", "\\u003c");
  const __html = `import { boot } from "${basePath}${clientEntry}";${imports.join("")}boot({ ${names} }, ${props});`;
  const script = h("script", { type: "module", nonce: state.nonce, dangerouslySetInnerHTML: { __html } });
  return h(Fragment, null, keepInPlace(script), report);
}

/** The Link header that lets the browser fetch scripts before it parses. */
export function preloadLink(state: RenderState): string {
  if (!needsScript(state)) return "";
  const { clientEntry, basePath } = state.page;
  return [...new Set([clientEntry, ...[...state.used].map(({ file }) => file)])]
    .map((file) => `<${encodeURI(basePath + file)}>; rel="modulepreload"; as="script"`)
    .join(", ");
}

function needsScript({ used, page }: RenderState): boolean {
  return used.size > 0 || page.liveReload;
}

/** The stack for a rendered error page: in development alone. */
export function errorStack<State>(ctx: Context<State>): string | null {
  const { config, error } = ctx;
  if (config.mode !== "development" || !(error instanceof Error)) return null;
  return error instanceof HttpError && error.status < 500 ? null : error.stack ?? error.message;
}
