import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { fileURLToPath } from "node:url";

/** What the entry points of @fresh/core 2.3.3 export, types among them. */
const FRESH: Record<string, { file: string; exports: string[] }> = {
  "fresh": {
    file: "mod.ts",
    exports: [
      "App",
      "CORSOptions",
      "CSPOptions",
      "Context",
      "CsrfOptions",
      "Define",
      "FreshConfig",
      "FreshContext",
      "HandlerByMethod",
      "HandlerFn",
      "HttpError",
      "IpFilterOptions",
      "IpFilterRules",
      "Island",
      "LayoutConfig",
      "Lazy",
      "ListenOptions",
      "MaybeLazy",
      "Method",
      "Middleware",
      "MiddlewareFn",
      "PageProps",
      "PageResponse",
      "ResolvedFreshConfig",
      "RouteConfig",
      "RouteData",
      "RouteHandler",
      "WebSocketHandlers",
      "WebSocketUpgradeOptions",
      "cors",
      "createDefine",
      "csp",
      "csrf",
      "ipFilter",
      "page",
      "staticFiles",
      "trailingSlashes",
    ],
  },
  "fresh/runtime": {
    file: "runtime/mod.ts",
    exports: [
      "Head",
      "HeadProps",
      "HttpError",
      "IS_BROWSER",
      "Partial",
      "PartialProps",
      "asset",
      "assetSrcSet",
    ],
  },
  "fresh/runtime-client": {
    file: "runtime_client.ts",
    exports: ["IS_BROWSER", "Partial", "PartialProps", "asset", "boot", "revive"],
  },
  "fresh/compat": {
    file: "compat.ts",
    exports: [
      "AppProps",
      "ErrorPageProps",
      "Handler",
      "Handlers",
      "LayoutProps",
      "RouteContext",
      "UnknownPageProps",
      "defineApp",
      "defineLayout",
      "defineRoute",
    ],
  },
  "fresh/dev": {
    file: "dev/mod.ts",
    exports: [
      "BuildOptions",
      "Builder",
      "OnTransformArgs",
      "OnTransformOptions",
      "ResolvedBuildConfig",
      "TransformFn",
    ],
  },
};

/** The public members of its classes. */
const MEMBERS: Record<string, string[]> = {
  App: [
    "all",
    "appWrapper",
    "config",
    "delete",
    "fsRoutes",
    "get",
    "handler",
    "head",
    "layout",
    "listen",
    "mountApp",
    "notFound",
    "onError",
    "patch",
    "post",
    "put",
    "route",
    "use",
    "ws",
  ],
  Context: [
    "Component",
    "config",
    "data",
    "error",
    "html",
    "info",
    "isPartial",
    "json",
    "next",
    "params",
    "redirect",
    "render",
    "req",
    "route",
    "state",
    "stream",
    "text",
    "upgrade",
    "url",
  ],
  Builder: [
    "build",
    "config",
    "listen",
    "onTransformStaticFile",
    "registerIsland",
  ],
  HttpError: ["status"],
};

interface Declaration {
  kind: string;
  declarationKind: "export" | "declare" | "private";
  def?: { properties?: Member[]; methods?: Member[] };
}

interface Member {
  name: string;
  accessibility?: string | null;
}

interface Documented {
  name: string;
  declarations: Declaration[];
}

/** What `deno doc` finds exported by a file of the package. */
async function documented(file: string): Promise<Documented[]> {
  const path = fileURLToPath(
    new URL(`../../packages/fresh/src/${file}`, import.meta.url),
  );
  const command = new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", path],
  });
  const { stdout } = await command.output();
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout));
  const [{ symbols }] = Object.values(nodes) as [{ symbols: Documented[] }];
  return symbols.filter(({ declarations }) => declarations[0]?.declarationKind === "export");
}

for (const [specifier, { file, exports }] of Object.entries(FRESH)) {
  Deno.test(`${specifier} exports what Fresh 2.3.3 exports`, async () => {
    const symbols = await documented(file);
    assertEquals(symbols.map(({ name }) => name).toSorted(), exports);

    for (const { name, declarations } of symbols) {
      for (const { kind, def } of declarations) {
        if (kind !== "class") continue;
        const members = [...def?.properties ?? [], ...def?.methods ?? []]
          .map(({ name }) => name)
          .filter((name) => !name.startsWith("#"));
        assertEquals([...new Set(members)].toSorted(), MEMBERS[name], name);
      }
    }

    const values = Object.keys(await import(specifier));
    assertEquals(values.filter((name) => !exports.includes(name)), []);
  });
}

Deno.test("fresh exports Context as a type alone", async () => {
  assertEquals("Context" in await import("fresh"), false);
});

Deno.test("fresh/compat and fresh/runtime-client throw when they are used", async () => {
  const { defineApp, defineLayout, defineRoute } = await import("fresh/compat");
  const { boot, revive } = await import("fresh/runtime-client");
  for (const define of [defineApp, defineLayout, defineRoute]) {
    assertThrows(() => define(() => null), Error, '"fresh/compat" exists in Fresh 2.3.3');
  }
  assertThrows(() => boot({}, ""), Error, '"fresh/runtime-client" exists in Fresh 2.3.3');
  assertThrows(() => revive(), Error, '"fresh/runtime-client" exists in Fresh 2.3.3');
});
