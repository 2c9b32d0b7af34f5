import { resolve } from "node:path";
import { type Context, snapshotOf } from "../context.ts";
import { CACHE_KEY } from "../runtime/asset.ts";
import { BUILD_ID } from "../runtime/build_id.ts";
import type { BuildFile } from "../snapshot.ts";
import type { Middleware } from "../types.ts";
import { SCRIPTS_PATH } from "../urls.ts";

/** Serves the files of the static folder and the build's scripts. */
export function staticFiles<T>(): Middleware<T> {
  return async (ctx) => {
    const path = pathBelow(ctx.config.basePath, ctx.url.pathname);
    const snapshot = snapshotOf(ctx);
    const file = path === null ? undefined : snapshot?.files.get(path);
    if (file !== undefined) return await send(file, ctx);
    // Browsers ask for it unasked: no page need be rendered for that
    if (path === "/favicon.ico") return new Response(null, { status: 404 });
    return await ctx.next();
  };
}

function pathBelow(basePath: string, pathname: string): string | null {
  try {
    const path = decodeURIComponent(pathname);
    if (basePath === "" || basePath === "/") return path;
    return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : null;
  } catch {
    return null;
  }
}

async function send<T>(file: BuildFile, ctx: Context<T>): Promise<Response> {
  const { req, url, config } = ctx;
  if (req.method !== "GET" && req.method !== "HEAD") {
    return new Response("Method Not Allowed", { status: 405 });
  }
  const cacheKey = url.searchParams.get(CACHE_KEY);
  if (cacheKey !== null && cacheKey !== BUILD_ID) {
    url.searchParams.delete(CACHE_KEY);
    const location = url.pathname + url.search;
    return new Response(null, { status: 307, headers: { location } });
  }

  const headers = new Headers({ "Content-Type": file.contentType, vary: "If-None-Match" });
  const etag = `W/"${file.hash}"`;
  const known = req.headers.get("If-None-Match");
  if (known === etag || known === file.hash) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("Etag", etag);

  const scripts = `${config.basePath}${SCRIPTS_PATH}/${BUILD_ID}/`;
  const immutable = config.mode !== "development" && (cacheKey !== null || url.pathname.startsWith(scripts));
  headers.set(
    "Cache-Control",
    immutable ? "public, max-age=31536000, immutable" : "no-cache, no-store, max-age=0, must-revalidate",
  );
  headers.set("Content-Length", String(file.size));
  if (req.method === "HEAD") return new Response(null, { headers });
  if (typeof file.content !== "string") {
    return new Response(file.content as BodyInit, { headers });
  }
  const opened = await Deno.open(resolve(config.root, file.content));
  return new Response(opened.readable, { headers });
}
