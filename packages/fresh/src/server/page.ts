import { type AnyComponent, Fragment, type FunctionComponent, h, type VNode } from "preact";
import { jsxTemplate } from "preact/jsx-runtime";
import { renderToString } from "preact-render-to-string";
import type { Build } from "../build.ts";
import type { Context } from "../context.ts";
import { leftOut } from "../left_out.ts";
import type { AsyncAnyComponent, RouteComponent } from "../types.ts";
import { RenderState, withRender } from "./hooks.ts";

/** Key under which a rendered response carries its nonce for csp(). */
export const NONCE: unique symbol = Symbol.for("__freshNonce");

// deno-lint-ignore no-explicit-any -- a vnode of any props
type AnyVNode = VNode<any>;

/** Renders a whole document: first the page, so that its `<Head>` tags are known, then the app wrapper around it. */
export async function renderPage<State>(
  ctx: Context<State>,
  content: AnyVNode | null,
  app: RouteComponent<unknown, State> | null,
  build: Build<State> | null,
  init: ResponseInit,
): Promise<Response> {
  let inside: AnyVNode | null = content;
  ctx.Component = () => inside;
  const outer = app === null ? null : await renderComponent(ctx, app, null, ctx.Component);
  if (outer instanceof Response) return outer;
  const state = new RenderState(ctx.url.pathname, build);
  const html = withRender(state, () => {
    const html = renderToString(content ?? h(Fragment, null));
    if (app === null) return html;
    inside = jsxTemplate([html]);
    return renderToString(outer ?? h(Fragment, null));
  });
  if (state.rendered.size < 3) throw leftOut("pages without <html>, <head> and <body> of their own");
  const headers = new Headers(init.headers);
  headers.set("Content-Type", "text/html; charset=utf-8");
  const preloads = state.scripts.map((path) => `<${encodeURI(path)}>; rel="modulepreload"; as="script"`);
  if (preloads.length > 0) headers.append("Link", preloads.join(", "));
  const response = new Response(`<!DOCTYPE html>${html}`, { ...init, headers });
  // A symbol, so that it is never sent
  return Object.defineProperty(response, NONCE, { value: state.nonce });
}

/** Calls an async component; makes a vnode of any other. `Component` is what an app wrapper surrounds. */
export async function renderComponent<State>(
  ctx: Context<State>,
  component: RouteComponent<unknown, State>,
  data: unknown,
  Component: FunctionComponent = () => null,
): Promise<AnyVNode | Response | null> {
  const { config, error, info, isPartial, params, req, route, state, url } = ctx;
  const props = { Component, config, data, error, info, isPartial, params, req, route, state, url };
  if (component.constructor.name !== "AsyncFunction") return h(component as AnyComponent<typeof props>, props);
  return await (component as AsyncAnyComponent<typeof props>)(props);
}
