import { addRoute, segmentAt, type Step } from "./app.ts";
import { compareRouteFiles, fileToPattern } from "./paths.ts";
import { answerRoute } from "./route.ts";
import type { LayoutConfig, Lazy, Middleware, Route, RouteComponent, RouteConfig, RouteHandler } from "./types.ts";

/** What a file of the routes folder may export. */
interface RouteModule<State> {
  config?: RouteConfig & LayoutConfig;
  handler?: RouteHandler<unknown, State> | Middleware<State>[];
  handlers?: RouteHandler<unknown, State> | Middleware<State>[];
  default?: RouteComponent<State>;
}

/** A file of the routes folder. */
export interface RouteFile<State> {
  /** Its path below the folder, without extension: `"/posts/[id]"`. */
  id: string;
  /** Its exports, or for a page the function that loads them. */
  mod: RouteModule<State> | Lazy<RouteModule<State>>;
}

/** Files that surround pages; `_500` is the former name of `_error`. */
const SPECIAL = /\/_(?:app|layout|middleware|error|500|404)$/;

/** Whether a file surrounds pages and is therefore loaded at the start. */
export function isSpecialFile(id: string): boolean {
  return SPECIAL.test(id);
}

/** Turns the files into registrations: surroundings first, then the pages. */
export function fileSteps<State>(files: RouteFile<State>[]): Step<State>[] {
  const special = files.filter(({ id }) => isSpecialFile(id));
  const pages = files.filter(({ id }) => !isSpecialFile(id))
    .toSorted((a, b) => compareRouteFiles(a.id, b.id));
  return [...special.map(specialStep), ...pages.map(pageStep)];
}

function pageStep<State>({ id, mod }: RouteFile<State>): Step<State> {
  const path = fileToPattern(id);
  const folder = id.slice(0, id.lastIndexOf("/"));
  const route = typeof mod === "function" ? async () => toRoute(id, await mod()) : toRoute(id, mod);
  return (site) => addRoute(site, path, folder, route);
}

function specialStep<State>({ id, mod }: RouteFile<State>): Step<State> {
  if (typeof mod === "function") throw new TypeError(`Cannot load routes${id} later: it surrounds other files`);
  const slash = id.lastIndexOf("/");
  const folder = id.slice(0, slash);
  const kind = id.slice(slash + 1);
  if (kind === "_middleware") {
    const middlewares = middlewaresOf(id, mod);
    return (site) => void segmentAt(site, folder).middlewares.push(...middlewares);
  }
  if (kind === "_app" || kind === "_layout") {
    const { default: component, config = {} } = mod;
    if (component === undefined) throw new TypeError(`Cannot render routes${id}: it has no default export`);
    return (site) => {
      if (kind === "_app") site.root.app = component;
      else segmentAt(site, folder).layout = { component, config };
    };
  }
  const route = toRoute(id, mod);
  return (site) => {
    if (kind === "_404") site.root.notFound = (ctx) => answerRoute(ctx, route, 404);
    else segmentAt(site, folder).onError = route;
  };
}

function toRoute<State>(id: string, mod: RouteModule<State>): Route<State> {
  const handler = handlersOf(id, mod);
  if (Array.isArray(handler)) {
    throw new TypeError(
      `Cannot use an array as handler in routes${id}: only _middleware takes several`,
    );
  }
  return { handler, component: mod.default, config: mod.config };
}

function middlewaresOf<State>(id: string, mod: RouteModule<State>): Middleware<State>[] {
  const found = handlersOf(id, mod) ?? mod.default;
  if (typeof found === "object" && !Array.isArray(found)) {
    throw new TypeError(
      `Cannot use handlers by method in routes${id}: export a function`,
    );
  }
  return [found ?? []].flat() as Middleware<State>[];
}

function handlersOf<State>(id: string, mod: RouteModule<State>): RouteModule<State>["handler"] {
  const handlers = mod.handlers ?? mod.handler;
  if (handlers === undefined && !mod.default && !mod.config) {
    throw new TypeError(
      `Cannot use routes${id}: it exports neither a component, handlers nor a config`,
    );
  }
  if (typeof handlers === "function" && handlers.length > 1) {
    throw new TypeError(
      `Cannot use the handler of routes${id}: it takes ctx alone`,
    );
  }
  return handlers;
}
