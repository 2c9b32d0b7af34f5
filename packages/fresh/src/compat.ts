/**
 * Fresh's names of old. Left out: the types stand, the functions throw.
 *
 * @module
 */
import type { ComponentChildren } from "preact";
import type { Context } from "./context.ts";
import { leftOut } from "./left_out.ts";
import type { HandlerFn, PageProps, RouteHandler } from "./types.ts";

type Answer = ComponentChildren | Response;
type PageFn<State> = (ctx: PageProps<State>) => Answer | Promise<Answer>;

/** @deprecated Use `PageProps` instead. */
export type AppProps<_Data = unknown, T = unknown> = Context<T>;
/** @deprecated Use `PageProps` instead. */
export type LayoutProps<_Data = unknown, T = unknown> = Context<T>;
/** @deprecated Use `PageProps` instead. */
export type UnknownPageProps<_Data = unknown, T = unknown> = Context<T>;
/** @deprecated Use `PageProps` instead. */
export type ErrorPageProps<_Data = unknown, T = unknown> = Context<T>;
/** @deprecated Use `Context` instead. */
export type RouteContext<_T = never, S = Record<string, unknown>> = Context<S>;
/** @deprecated Use `RouteHandler` instead. */
// deno-lint-ignore no-explicit-any -- as Fresh declares it
export type Handlers<T = any, State = Record<string, unknown>> = RouteHandler<T, State>;
/** @deprecated Use `HandlerFn` instead. */
// deno-lint-ignore no-explicit-any -- as Fresh declares it
export type Handler<T = any, State = Record<string, unknown>> = HandlerFn<T, State>;

/** Left out: throws. */
export function defineApp<State>(_fn: PageFn<State>): PageFn<State> {
  throw leftOut("fresh/compat");
}

/** Left out: throws. */
export const defineRoute = defineApp;

/** Left out: throws. */
export const defineLayout = defineApp;
