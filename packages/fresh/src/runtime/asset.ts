import { BUILD_ID } from "./build_id.ts";

/** Query parameter that names the build and so makes a URL immutable. */
export const CACHE_KEY = "__frsh_c";

/**
 * Adds the build to a path of this site, so that the file can be cached for
 * good. Other URLs come back as they are.
 *
 * @param path Path of a file of the static folder.
 * @param basePath Put in front of the path.
 */
export function asset(path: string, basePath?: string): string {
  if (!path.startsWith("/") || path.startsWith("//")) return path;
  const url = new URL(path, "http://localhost");
  if (url.searchParams.has(CACHE_KEY)) return path;
  url.searchParams.set(CACHE_KEY, BUILD_ID);
  const locked = url.pathname + url.search + url.hash;
  return basePath === undefined || basePath === "/" ? locked : basePath.replace(/\/$/, "") + locked;
}

/** Applies {@linkcode asset} to each URL of a `srcset`. */
export function assetSrcSet(srcset: string, basePath?: string): string {
  if (srcset.includes("(")) return srcset;
  const parts = srcset.split(",");
  if (parts.some((part) => part.trim() === "")) return srcset;
  return parts
    .map((part) => part.replace(/\S+/, (url) => asset(url, basePath)))
    .join(",");
}
