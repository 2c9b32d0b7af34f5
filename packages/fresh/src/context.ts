import type { FunctionComponent, VNode } from "preact";
import { isValidElement } from "preact";
import { leftOut } from "./left_out.ts";
import { renderComponent } from "./server/component.ts";
import { renderPage } from "./server/page.ts";
import { NONCE } from "./server/render_state.ts";
import type { BuildSnapshot } from "./snapshot.ts";
import type {
  LayoutConfig,
  ResolvedFreshConfig,
  RouteComponent,
  WebSocketHandlers,
  WebSocketUpgradeOptions,
} from "./types.ts";

/** What the segments have put around the page so far. */
interface Internals<State> {
  app: RouteComponent<State> | null;
  layouts: RouteComponent<State>[];
}

/** What surrounds the page of a context; for the package's own use. */
export let internalsOf: <State>(ctx: Context<State>) => Internals<State>;
/** What the build made, null without one; for the package's own use. */
export let snapshotOf: <State>(ctx: Context<State>) => BuildSnapshot<State> | null;

/**
 * The former name of {@linkcode Context}.
 *
 * @deprecated Use {@linkcode Context} instead.
 */
export type FreshContext<State = unknown> = Context<State>;

/** What is known of one request; made for each, given to all its functions. */
export class Context<State> {
  /** The app's configuration. */
  readonly config: ResolvedFreshConfig;
  /** The request's URL, with `//` collapsed in its path. */
  readonly url: URL;
  /** The request as it came. */
  req: Request;
  /** The path under which the route is registered; null where none matches. */
  readonly route: string | null;
  /** The route's parameters, decoded. */
  readonly params: Record<string, string>;
  /** What middlewares share with the route. */
  readonly state: State = {} as State;
  /** Free for the app. */
  data: unknown = undefined;
  /** The error that was caught; null while there is none. */
  error: unknown | null = null;
  /** The connection. */
  readonly info: Deno.ServeHandlerInfo;
  /** Whether Fresh's client asks for partials. Its answers are whole pages. */
  readonly isPartial: boolean;
  /** Goes on to the next middleware, at last to the route. */
  next: () => Promise<Response>;
  /** In a layout and in the app wrapper: what they surround. */
  Component!: FunctionComponent;
  #internals: Internals<State> = { app: null, layouts: [] };
  #snapshot: BuildSnapshot<State> | null;

  static {
    internalsOf = (ctx) => ctx.#internals;
    snapshotOf = (ctx) => ctx.#snapshot;
  }

  /** Made by the app for each request. */
  constructor(
    req: Request,
    url: URL,
    info: Deno.ServeHandlerInfo,
    route: string | null,
    params: Record<string, string>,
    config: ResolvedFreshConfig,
    next: () => Promise<Response>,
    snapshot: BuildSnapshot<State> | null,
  ) {
    this.req = req;
    this.url = url;
    this.info = info;
    this.route = route;
    this.params = params;
    this.config = config;
    this.next = next;
    this.isPartial = url.searchParams.has("fresh-partial");
    this.#snapshot = snapshot;
  }

  /**
   * Redirects. In a path of this site `//` is collapsed, so that a visitor's
   * input cannot lead to another host.
   *
   * @param status 302 by default.
   */
  redirect(pathOrUrl: string, status = 302): Response {
    const location = pathOrUrl.startsWith("/")
      ? pathOrUrl.replace(/^[^?#]+/, (path) => path.replace(/\/+/g, "/"))
      : pathOrUrl;
    return new Response(null, { status, headers: { location } });
  }

  /**
   * Renders JSX within the layouts and the app wrapper.
   *
   * @param init Status and headers.
   * @param config Which surroundings to leave out.
   */
  async render(
    // deno-lint-ignore no-explicit-any -- a vnode of any props
    vnode: VNode<any> | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    if (arguments.length === 0) {
      throw new Error("Cannot render: ctx.render() was given nothing");
    }
    if (vnode !== null && !isValidElement(vnode)) {
      throw new Error("Cannot render: ctx.render() takes JSX or null");
    }
    const layouts = config.skipInheritedLayouts ? [] : this.#internals.layouts;
    let content = vnode;
    for (const layout of layouts.toReversed()) {
      const child = content;
      this.Component = () => child;
      const result = await renderComponent(this, layout, null, this.Component);
      if (result instanceof Response) return result;
      content = result;
    }

    const app = config.skipAppWrapper ? null : this.#internals.app;
    const page = await renderPage(this, content, app);
    if (page instanceof Response) return page;

    const headers = new Headers(init.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    if (page.link !== "") headers.append("Link", page.link);
    const response = new Response(page.html, { ...init, headers });
    // Read by csp(); a symbol, so that it is never sent
    Object.defineProperty(response, NONCE, { value: page.nonce });
    return response;
  }

  /** Answers with text. */
  text(content: string, init?: ResponseInit): Response {
    return new Response(content, init);
  }

  /** Answers with a string of HTML. */
  html(content: string, init?: ResponseInit): Response {
    const headers = new Headers(init?.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    return new Response(content, { ...init, headers });
  }

  /** Answers with JSON. */
  // deno-lint-ignore no-explicit-any -- whatever JSON.stringify takes
  json(content: any, init?: ResponseInit): Response {
    return Response.json(content, init);
  }

  /** Answers with what an iterable or a generator gives, as it comes. */
  stream<U extends string | Uint8Array>(
    stream:
      | Iterable<U>
      | AsyncIterable<U>
      | (() => Iterable<U> | AsyncIterable<U>),
    init?: ResponseInit,
  ): Response {
    const chunks = typeof stream === "function" ? stream() : stream;
    const encoder = new TextEncoder();
    const body = ReadableStream.from<string | Uint8Array>(chunks).pipeThrough(
      new TransformStream<string | Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          controller.enqueue(
            chunk instanceof Uint8Array ? chunk : encoder.encode(chunk),
          );
        },
      }),
    );
    return new Response(body as ReadableStream<Uint8Array<ArrayBuffer>>, init);
  }

  /** Left out: throws. */
  upgrade(options?: WebSocketUpgradeOptions): { socket: WebSocket; response: Response };
  /** Left out: throws. */
  upgrade(handlers: WebSocketHandlers, options?: WebSocketUpgradeOptions): Response;
  upgrade(): never {
    throw leftOut("ctx.upgrade()");
  }
}
