/** Set by esbuild in the browser's bundles. */
declare const FRESH_BUILD_ID: string | undefined;

/** Identifies the build; part of every immutable URL. */
export let BUILD_ID = typeof FRESH_BUILD_ID === "string" ? FRESH_BUILD_ID : "unbuilt";

/** Sets {@linkcode BUILD_ID} on the server, which learns it from the build. */
export function setBuildId(id: string): void {
  BUILD_ID = id;
}
