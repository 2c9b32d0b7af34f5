import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import * as fresh from "fresh";
import * as dev from "fresh/dev";
import * as runtime from "fresh/runtime";

/** The values that the entry points of @fresh/core 2.3.3 export, and which of them are left out here. */
const FRESH = [
  {
    specifier: "fresh",
    module: fresh as Record<string, unknown>,
    exports: "App HttpError cors createDefine csp csrf ipFilter page staticFiles trailingSlashes",
    leftOut: "cors ipFilter trailingSlashes",
  },
  {
    specifier: "fresh/runtime",
    module: runtime as Record<string, unknown>,
    exports: "Head HttpError IS_BROWSER Partial asset assetSrcSet",
    leftOut: "Partial assetSrcSet",
  },
  { specifier: "fresh/dev", module: dev as Record<string, unknown>, exports: "Builder", leftOut: "" },
];

/** The methods of what it exports, and which of them are left out here. */
const METHODS = [
  {
    object: new fresh.App(),
    methods: "all appWrapper delete fsRoutes get handler head layout listen mountApp notFound onError patch post put " +
      "route use ws",
    leftOut: "appWrapper layout listen mountApp notFound onError route ws",
  },
  {
    object: new dev.Builder(),
    methods: "build listen onTransformStaticFile registerIsland",
    leftOut: "onTransformStaticFile registerIsland",
  },
  { object: fresh.createDefine(), methods: "handlers layout middleware page", leftOut: "layout" },
];

const words = (text: string) => text.split(" ").filter((word) => word !== "");

function assertLeftOut(use: unknown, name: string): void {
  assertThrows(() => (use as () => void)(), Error, "exists in Fresh 2.3.3", name);
}

for (const { specifier, module, exports, leftOut } of FRESH) {
  Deno.test(`${specifier} exports what Fresh 2.3.3 exports, and what is left out throws`, () => {
    assertEquals(Object.keys(module).toSorted(), words(exports));
    for (const name of words(leftOut)) assertLeftOut(module[name], name);
  });
}

Deno.test("objects have the methods that Fresh's have, and what is left out throws", () => {
  for (const { object, methods, leftOut } of METHODS) {
    const loose = object as unknown as Record<string, unknown>;
    for (const name of words(methods)) assertEquals(typeof loose[name], "function", name);
    for (const name of words(leftOut)) assertLeftOut(loose[name], name);
    const own = [...Object.getOwnPropertyNames(object), ...Object.getOwnPropertyNames(Object.getPrototypeOf(object))]
      .filter((name) => typeof loose[name] === "function" && !(name in Object.prototype));
    assertEquals([...new Set(own)].toSorted(), words(methods));
  }
});

Deno.test("new Builder() throws where options that it leaves out are used", () => {
  const options = { outDir: "out" } as never;
  assertThrows(() => new dev.Builder(options), Error, '"new Builder() with outDir" exists in Fresh 2.3.3');
});
