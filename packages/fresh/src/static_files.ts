import { join } from "node:path";
import { type BuildFile, FILES_FOLDER } from "./build.ts";
import { buildOf, type Context } from "./context.ts";
import { BUILD_ID, CACHE_KEY } from "./runtime/asset.ts";
import type { Middleware } from "./types.ts";

/** Serves the files of the static folder and the build's scripts. */
export function staticFiles<T>(): Middleware<T> {
  return async (ctx) => {
    const build = buildOf(ctx);
    if (build === null) return await ctx.next();
    const path = decodeURIComponent(ctx.url.pathname);
    if (Object.hasOwn(build.files, path)) {
      return await send(build.files[path]!, join(build.root, FILES_FOLDER, path), ctx);
    }
    // Browsers ask for it unasked: no page need be rendered for that
    if (path === "/favicon.ico") return new Response(null, { status: 404 });
    return await ctx.next();
  };
}

async function send<T>(file: BuildFile, path: string, { req, url, config }: Context<T>): Promise<Response> {
  if (req.method !== "GET" && req.method !== "HEAD") return new Response("Method Not Allowed", { status: 405 });
  const cacheKey = url.searchParams.get(CACHE_KEY);
  if (cacheKey !== null && cacheKey !== BUILD_ID) {
    url.searchParams.delete(CACHE_KEY);
    return new Response(null, { status: 307, headers: { location: url.pathname + url.search } });
  }

  const headers = new Headers({ "Content-Type": file.contentType, vary: "If-None-Match" });
  const etag = `W/"${file.hash}"`;
  const known = req.headers.get("If-None-Match");
  if (known === etag || known === file.hash) return new Response(null, { status: 304, headers });
  const isScript = url.pathname.startsWith(`/_fresh/js/${BUILD_ID}/`);
  const isImmutable = config.mode !== "development" && (cacheKey !== null || isScript);
  const never = "no-cache, no-store, max-age=0, must-revalidate";
  headers.set("Etag", etag);
  headers.set("Cache-Control", isImmutable ? "public, max-age=31536000, immutable" : never);
  headers.set("Content-Length", String(file.size));
  if (req.method === "HEAD") return new Response(null, { headers });
  const content = file.content ?? (await Deno.open(path)).readable;
  return new Response(content as BodyInit, { headers });
}
