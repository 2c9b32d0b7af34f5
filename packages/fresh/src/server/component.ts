import { type FunctionComponent, h } from "preact";
import type { AnyVNode } from "../preact_hooks.ts";
import type { Context } from "../context.ts";
import type { AsyncAnyComponent, PageProps, RouteComponent } from "../types.ts";

/** The props that pages, layouts and the app wrapper get. */
export function pageProps<State>(
  ctx: Context<State>,
  data: unknown,
  Component: FunctionComponent,
): PageProps<unknown, State> {
  const { config, error, info, isPartial, params, req, route, state, url } = ctx;
  return { Component, config, data, error, info, isPartial, params, req, route, state, url };
}

/** Calls an async component; makes a vnode of any other. */
export async function renderComponent<State>(
  ctx: Context<State>,
  component: RouteComponent<State>,
  data: unknown,
  Child: FunctionComponent = () => null,
): Promise<AnyVNode | Response | null> {
  const props = pageProps(ctx, data, Child);
  if (isAsync(component)) return await component(props);
  return h(component, props) as AnyVNode;
}

function isAsync<State>(component: RouteComponent<State>): component is AsyncAnyComponent<PageProps<unknown, State>> {
  return component.constructor.name === "AsyncFunction";
}
