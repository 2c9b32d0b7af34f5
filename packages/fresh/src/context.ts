import { type FunctionComponent, isValidElement, type VNode } from "preact";
import type { Build } from "./build.ts";
import { allowKeys, leaveOut } from "./left_out.ts";
import { renderPage } from "./server/page.ts";
import type { ResolvedFreshConfig, RouteComponent } from "./types.ts";

/** Sets the component that `ctx.render()` puts around pages. */
export let setAppWrapper: <State>(ctx: Context<State>, app: RouteComponent<unknown, State>) => void;
/** What the build made; null without one. */
export let buildOf: <State>(ctx: Context<State>) => Build<State> | null;

/** What is known of one request; made for each, given to all its functions. */
export class Context<State> {
  readonly state: State = {} as State;
  data: unknown = undefined;
  /** The error that a middleware or the route threw; null while there is none. */
  error: unknown | null = null;
  /** Whether Fresh's client asks for partials, which are left out. */
  readonly isPartial: boolean = false;
  /** In the app wrapper: what it surrounds. */
  Component!: FunctionComponent;
  #app: RouteComponent<unknown, State> | null = null;
  #build: Build<State> | null;

  static {
    setAppWrapper = (ctx, app) => void (ctx.#app = app);
    buildOf = (ctx) => ctx.#build;
    leaveOut(this.prototype, "ctx", ["redirect", "text", "html", "json", "stream", "upgrade"]);
  }

  /** Made by the app for each request: `//` is collapsed in the url's path, and params are decoded by `decodeURI`. */
  constructor(
    public req: Request,
    readonly url: URL,
    readonly info: Deno.ServeHandlerInfo,
    readonly route: string | null,
    readonly params: Record<string, string>,
    readonly config: ResolvedFreshConfig,
    public next: () => Promise<Response>,
    build: Build<State> | null,
  ) {
    this.#build = build;
  }

  /** Renders JSX within the app wrapper, with a status and headers. */
  // deno-lint-ignore no-explicit-any -- a vnode of any props
  async render(vnode: VNode<any> | null, init: ResponseInit = {}, config?: Record<never, never>): Promise<Response> {
    if (vnode !== null && !isValidElement(vnode)) throw new Error("Cannot render: ctx.render() takes JSX or null");
    allowKeys(config, [], "ctx.render()");
    return await renderPage(this, vnode, this.#app, this.#build, init);
  }
}
