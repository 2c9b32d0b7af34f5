import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { compareRouteFiles, fileToPattern, joinPath } from "../../packages/fresh/src/paths.ts";

Deno.test("fileToPattern() turns file names into patterns", () => {
  const patterns = {
    "/index": "/",
    "/about": "/about",
    "/blog/index": "/blog",
    "/blog/[slug]": "/blog/:slug",
    "/blog/[slug]/comments": "/blog/:slug/comments",
    "/old/[...path]": "/old/:path*",
    "/docs/[[version]]/index": "/docs{/:version}?",
    "/[name]@[version]": "/:name@:version",
    "/foo/[bar].json": "/foo/:bar.json",
    "/(group)/index": "/",
    "/(group)/a/(inner)/b": "/a/b",
  };
  for (const [file, pattern] of Object.entries(patterns)) {
    assertEquals(fileToPattern(file), pattern);
  }
});

Deno.test("fileToPattern() refuses what has no meaning", () => {
  const files = [
    "/[a][b]",
    "/foo]",
    "/[foo]]",
    "/a-[[b]]",
    "/[[b]]-a",
    "/a-[...rest]",
    "/[a",
  ];
  for (const file of files) {
    assertThrows(() => fileToPattern(file), SyntaxError, file);
  }
});

Deno.test("compareRouteFiles() puts the more specific file first", () => {
  const sorted = [
    "/a/b",
    "/a/x-[id]",
    "/a/[id]",
    "/a/[id]/c",
    "/a/[[page]]",
    "/a/[...rest]",
    "/(group)/b",
    "/[any]",
  ];
  assertEquals(sorted.toReversed().toSorted(compareRouteFiles), sorted);
});

Deno.test("joinPath() joins a base path and a route's", () => {
  const joined = [
    ["", "/", "/"],
    ["/", "/a", "/a"],
    ["/a", "/", "/a"],
    ["/a/*", "/b", "/a/b"],
    ["/a", "*", "/a/*"],
    ["*", "/b", "/b"],
    ["/a", "b", "/a/b"],
  ] as const;
  for (const [base, path, result] of joined) {
    assertEquals(joinPath(base, path), result);
  }
});
