import "./hooks.ts";
import { Fragment, h } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import type { AnyVNode } from "../preact_hooks.ts";
import { type Context, snapshotOf } from "../context.ts";
import type { RouteComponent } from "../types.ts";
import { renderComponent } from "./component.ts";
import { RenderState, withRender } from "./render_state.ts";
import { errorStack, preloadLink } from "./scripts.ts";

/** A rendered page. */
export interface Page {
  /** The document. */
  html: string;
  /** Value of the Link header; empty without scripts. */
  link: string;
  /** The nonce that its scripts and styles carry. */
  nonce: string;
}

/**
 * Renders a whole document: first the page, so that its `<Head>` tags are
 * known, then the app wrapper around it, then whatever of html, head and body
 * is missing.
 */
export async function renderPage<State>(
  ctx: Context<State>,
  content: AnyVNode | null,
  app: RouteComponent<State> | null,
): Promise<Page | Response> {
  let inside: AnyVNode | null = content;
  const Component = () => inside;
  ctx.Component = Component;
  const outer = app === null ? null : await renderComponent(ctx, app, null, Component);
  if (outer instanceof Response) return outer;

  const snapshot = snapshotOf(ctx);
  const state = new RenderState(snapshot?.islands ?? new Map(), {
    path: ctx.url.pathname,
    basePath: ctx.config.basePath,
    clientEntry: snapshot?.clientEntry ?? "",
    liveReload: snapshot?.liveReload ?? false,
    stack: errorStack(ctx),
  });
  const html = withRender(state, () => {
    let html = renderToString(content ?? h(Fragment, null));
    if (app !== null) {
      inside = raw(html);
      html = renderToString(outer ?? h(Fragment, null));
    }
    return renderMissing(html, state);
  });
  return { html: `<!DOCTYPE html>${html}`, link: preloadLink(state), nonce: state.nonce };
}

function renderMissing(html: string, { has }: RenderState): string {
  const { html: hasHtml, head: hasHead, body: hasBody } = has;
  if (hasHtml && hasHead && hasBody) return html;
  let document = raw(html);
  if (!hasBody) document = h("body", null, document);
  if (!hasHead) {
    const head = h("head", null, h("meta", { charset: "utf-8" }));
    document = h(Fragment, null, head, document);
  }
  if (!hasHtml) document = h("html", null, document);
  return renderToString(document);
}

/** HTML that is rendered already. */
function raw(html: string): AnyVNode {
  return jsxTemplate([html]);
}
