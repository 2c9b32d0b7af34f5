import type { Site } from "./app.ts";
import { leftOut } from "./left_out.ts";
import { fileToPattern, METHODS, sortKey } from "./router.ts";
import { answerRoute, type Route } from "./segment.ts";
import type { Middleware, RouteComponent, RouteHandler } from "./types.ts";

/** What a file of the routes folder may export; only `_middleware` takes an array. */
interface RouteModule<State> {
  handler?: RouteHandler<unknown, State> | Middleware<State>[];
  handlers?: RouteHandler<unknown, State> | Middleware<State>[];
  default?: RouteComponent<unknown, State>;
  config?: unknown;
}

/** A file of the routes folder: its path there without extension, and its exports, or for a page what loads them. */
export interface RouteFile<State> {
  id: string;
  mod: RouteModule<State> | (() => Promise<RouteModule<State>>);
}

/** Whether a file surrounds pages and is therefore loaded at the start. */
export function isSpecialFile(id: string): boolean {
  return /\/_(?:app|middleware|error|404)$/.test(id);
}

/** Registers the files: what surrounds pages first, then the pages from plain to general paths. */
export function addFiles<State>({ root, router }: Site<State>, files: RouteFile<State>[]): void {
  for (const { id, mod } of files) if (typeof mod !== "function") addSpecial({ root, router }, id, toRoute(id, mod));
  for (const { id, mod } of files.toSorted((a, b) => sortKey(a.id) < sortKey(b.id) ? -1 : 1)) {
    if (typeof mod !== "function") continue;
    let loading: Promise<RouteModule<State>> | undefined;
    const page: Middleware<State> = async (ctx) => await answerRoute(ctx, toRoute(id, await (loading ??= mod())));
    router.add(METHODS, fileToPattern(id), [...root.chain(folderOf(id)), page]);
  }
}

function addSpecial<State>({ root }: Site<State>, id: string, route: Route<State>): void {
  const segment = root.down(folderOf(id)).at(-1)!;
  if (id.endsWith("/_404")) root.notFound = route;
  else if (id.endsWith("/_app")) root.app = route.component ?? null;
  else if (id.endsWith("/_error")) segment.onError = route;
  else {
    const middlewares = [route.handler ?? route.component ?? []].flat() as Middleware<State>[];
    if (typeof middlewares[0] === "object") throw new TypeError(`Cannot use routes${id}: export a function`);
    segment.middlewares.push(...middlewares);
  }
}

/** The path of a file's folder, as handlers name it. */
function folderOf(id: string): string {
  return id.slice(0, id.lastIndexOf("/")).replaceAll(/\[(\w+)\]/g, ":$1");
}

function toRoute<State>(id: string, mod: RouteModule<State>): Route<State> {
  if (mod.config !== undefined) throw leftOut(`config in routes${id}`);
  const handler = mod.handlers ?? mod.handler;
  if (handler === undefined && mod.default === undefined) {
    throw new TypeError(`Cannot use routes${id}: it exports neither a component nor handlers`);
  }
  return { handler: handler as RouteHandler<unknown, State>, component: mod.default };
}
