import { assertEquals, assertStringIncludes, assertThrows } from "deno-std/assert/mod.js";
import { App } from "fresh";
import type { RouteFile } from "../../packages/fresh/src/fs_routes.ts";
import { setSnapshot } from "../../packages/fresh/src/app.ts";
import { captured } from "./captured.ts";
import { fixtureHandler } from "./fixture.ts";

const handler = await fixtureHandler();

async function ask(path: string, method = "GET") {
  const url = new URL(path, "http://localhost");
  const response = await handler(new Request(url, { method }));
  return { response, status: response.status, text: await response.text() };
}

/** The handler of an app whose routes folder holds the given files. */
function withFiles(files: RouteFile<unknown>[]) {
  const app = new App().fsRoutes();
  setSnapshot(app, {
    root: "/",
    buildId: "x",
    clientEntry: "",
    liveReload: false,
    islands: new Map(),
    routes: files,
    files: new Map(),
  }, "production");
  return app.handler();
}

Deno.test("fsRoutes() renders pages within _app and _layout", async () => {
  assertStringIncludes(
    (await ask("/about")).text,
    '<body><p class="about">No islands here</p></body>',
  );
  assertStringIncludes((await ask("/local")).text, '<div class="group">');
});

Deno.test("fsRoutes() gives parameters, state and page() data", async () => {
  const { status, text, response } = await ask("/posts/a%20b");
  assertEquals(status, 201);
  assertEquals(response.headers.get("X-Post"), "yes");
  assertEquals(response.headers.get("X-Posts"), "1");
  assertStringIncludes(text, "<p>a b for anyone</p>");
});

Deno.test("fsRoutes() answers a missing handler with 404, as Fresh does", async () => {
  assertEquals((await ask("/posts/1", "DELETE")).text, "deleted 1");
  assertEquals((await ask("/posts/1", "PUT")).status, 404);
  assertEquals((await ask("/pages/1", "POST")).status, 404);
  assertEquals((await ask("/about", "POST")).status, 200);
});

Deno.test("fsRoutes() knows optional and rest parameters", async () => {
  assertEquals((await ask("/pages")).text, "page first");
  assertEquals((await ask("/pages/2")).text, "page 2");
  assertEquals((await ask("/pages/2/3")).status, 404);
  assertEquals((await ask("/files/a/b.txt", "PATCH")).text, "a/b.txt");
});

Deno.test("fsRoutes() follows routeOverride, with 405 for other methods", async () => {
  assertEquals((await ask("/other/name")).text, "other name");
  assertEquals((await ask("/renamed")).status, 404);
  const wrong = await ask("/other/name", "POST");
  assertEquals(wrong.status, 405);
  assertEquals(wrong.response.headers.get("Allow"), "GET");
});

Deno.test("fsRoutes() renders _404 and _error with their status", async () => {
  for (const path of ["/nowhere", "/posts/gone"]) {
    const { status, text } = await ask(path);
    assertEquals(status, 404);
    assertStringIncludes(text, "<h1>Nothing here</h1>");
  }
  const { result: { status, text }, errors } = await captured(() => ask("/throws"));
  assertEquals(status, 500);
  assertStringIncludes(text, '<h1 class="error">Failed with 500</h1>');
  assertEquals(text.includes("secret"), false);
  assertEquals(errors.map(String), ["Error: secret detail"]);
});

Deno.test("fsRoutes() keeps what the app adds around it", async () => {
  assertEquals((await ask("/plain")).text, "plain");
});

Deno.test("fsRoutes() takes a default export as middleware", async () => {
  const handler = withFiles([
    {
      id: "/_middleware",
      mod: { default: () => new Response("mine") as never },
    },
    { id: "/index", mod: { default: () => null } },
  ]);
  const response = await handler(new Request("http://localhost/"));
  assertEquals(await response.text(), "mine");
});

Deno.test("fsRoutes() refuses files it cannot use", () => {
  const get = { GET: () => new Response() };
  const twoArguments = ((_: unknown, __: unknown) => new Response()) as never;
  const cases: [RouteFile<unknown>, string][] = [
    [{ id: "/empty", mod: {} }, "exports neither"],
    [{ id: "/_middleware", mod: { handler: get } }, "export a function"],
    [{ id: "/x", mod: { handler: [() => new Response()] } }, "_middleware"],
    [{ id: "/x", mod: { handler: twoArguments } }, "takes ctx alone"],
    [{ id: "/_layout", mod: { config: {} } }, "no default export"],
  ];
  for (const [file, message] of cases) {
    assertThrows(() => withFiles([file]), TypeError, message);
  }
});
