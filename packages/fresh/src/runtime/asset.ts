/** Identifies the build, part of every immutable URL; in the browser also of the script's own. */
export let BUILD_ID: string = /\/_fresh\/js\/(\w+)\//.exec(import.meta.url)?.[1] ?? "unbuilt";

/** Sets {@linkcode BUILD_ID} on the server, which learns it from the build. */
export function setBuildId(id: string): void {
  BUILD_ID = id;
}

/** Query parameter that names the build and so makes a URL immutable. */
export const CACHE_KEY = "__frsh_c";

/** Adds the build to a path of this site, so that the file can be cached for good. Other URLs come back as they are. */
export function asset(path: string): string {
  if (!path.startsWith("/") || path.startsWith("//")) return path;
  const url = new URL(path, "http://localhost");
  if (url.searchParams.has(CACHE_KEY)) return path;
  url.searchParams.set(CACHE_KEY, BUILD_ID);
  return url.pathname + url.search + url.hash;
}

/** URL path of the browser's runtime in a build; the islands' chunks are beside it. */
export const runtimeUrl = (buildId: string): string => `/_fresh/js/${buildId}/fresh-runtime.js`;

/** Event stream on which the development server tells its build. */
export const LIVE_RELOAD_PATH = "/_frsh/alive";
