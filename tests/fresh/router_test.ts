import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { fileToPattern, sortKey } from "../../packages/fresh/src/router.ts";

Deno.test("fileToPattern() turns file names into patterns", () => {
  const patterns = {
    "/index": "/",
    "/about": "/about",
    "/blog/index": "/blog",
    "/blog/[slug]": "/blog/:slug",
    "/blog/[slug]/comments": "/blog/:slug/comments",
    "/old/[...path]": "/old/:path*",
    "/docs/[[version]]/index": "/docs{/:version}?",
    "/[[name]]": "/{:name}?",
    "/(group)/[[name]]/(inner)/index": "/{:name}?",
    "/[[lang]]/about": "{/:lang}?/about",
    "/[name]@[version]": "/:name@:version",
    "/foo/[bar].json": "/foo/:bar.json",
    "/(group)/index": "/",
    "/(group)/a/(inner)/b": "/a/b",
  };
  for (const [file, pattern] of Object.entries(patterns)) assertEquals(fileToPattern(file), pattern);
});

Deno.test("fileToPattern() refuses what has no meaning", () => {
  for (const file of ["/[a][b]", "/foo]", "/[foo]]", "/a-[[b]]", "/[[b]]-a", "/a-[...rest]", "/[a"]) {
    assertThrows(() => fileToPattern(file), SyntaxError, file);
  }
});

Deno.test("sortKey() puts the more specific file first", () => {
  const sorted = [
    "/a",
    "/a/b",
    "/a/x-[id]",
    "/a/[id]",
    "/a/[id]/c",
    "/a/[[page]]",
    "/a/[...rest]",
    "/(group)/b",
    "/[any]",
  ];
  assertEquals(sorted.toReversed().toSorted((a, b) => sortKey(a) < sortKey(b) ? -1 : 1), sorted);
});
