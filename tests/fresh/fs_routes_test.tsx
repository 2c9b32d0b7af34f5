import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "deno-std/assert/mod.js";
import { App, HttpError, page } from "fresh";
import { setBuild } from "../../packages/fresh/src/app.ts";
import type { RouteFile } from "../../packages/fresh/src/fs_routes.ts";
import { captured } from "./captured.ts";
import { fixtureHandler } from "./fixture.ts";

const handler = await fixtureHandler();

async function ask(path: string, method = "GET", answer = handler) {
  const response = await answer(new Request(new URL(path, "http://localhost"), { method }));
  return { response, status: response.status, text: await response.text() };
}

/** The handler of an app whose routes folder holds the given files. */
function withFiles(files: RouteFile<unknown>[]) {
  const app = new App().fsRoutes();
  const build = { buildId: "x", islands: new Map(), routes: files, files: {}, root: "/", liveReload: false };
  setBuild(app, build);
  return app.handler();
}

const lazy = (mod: unknown) => () => Promise.resolve(mod as never);

Deno.test("fsRoutes() renders pages within _app", async () => {
  assertStringIncludes((await ask("/about")).text, '<body><p class="about">No islands here</p></body>');
});

Deno.test("fsRoutes() gives parameters, state and page() data", async () => {
  const { status, text, response } = await ask("/posts/a%20b");
  assertEquals(status, 201);
  assertEquals(response.headers.get("X-Post"), "yes");
  assertEquals(response.headers.get("X-Posts"), "1");
  assertStringIncludes(text, "<p>a b for anyone</p>");
});

Deno.test("fsRoutes() answers a missing handler with _404, and any method with a page that has no handlers", async () => {
  assertEquals((await ask("/posts/1", "DELETE")).text, "deleted 1");
  assertStringIncludes((await ask("/posts/1", "PUT")).text, "<h1>Nothing here</h1>");
  assertStringIncludes((await ask("/pages/1", "POST")).text, "<h1>Nothing here</h1>");
  assertEquals((await ask("/about", "POST")).status, 200);
});

Deno.test("fsRoutes() knows optional and rest parameters, optional ones at the root too", async () => {
  assertEquals((await ask("/pages")).text, "page first");
  assertEquals((await ask("/pages/2")).text, "page 2");
  assertStringIncludes((await ask("/pages/2/3")).text, "<h1>Nothing here</h1>");
  assertEquals((await ask("/files/a/b.txt", "PATCH")).text, "a/b.txt");
  assertEquals((await ask("/anything")).text, "optional anything");
  const root = withFiles([{ id: "/[[page]]", mod: lazy({ handler: () => new Response("root") }) }]);
  assertEquals([(await ask("/", "GET", root)).text, (await ask("/x", "GET", root)).text], ["root", "root"]);
});

Deno.test("fsRoutes() renders _404 with status 200 unless it sets another, for unknown paths and thrown 404s", async () => {
  for (const path of ["/no/where", "/posts/gone"]) {
    const { status, text } = await ask(path);
    assertEquals([path, status], [path, 200]);
    assertStringIncludes(text, "<h1>Nothing here</h1>");
  }
  const document = () => (
    <html>
      <head></head>
      <body></body>
    </html>
  );
  const own = withFiles([{ id: "/_404", mod: { handler: () => page(undefined, { status: 404 }), default: document } }]);
  assertEquals((await ask("/none", "GET", own)).status, 404);
});

Deno.test("fsRoutes() answers thrown 404s within the middlewares of the folders above", async () => {
  const { response } = await ask("/posts/gone");
  assertEquals(response.headers.get("X-Posts"), null);
  assertStringIncludes(response.headers.get("Content-Security-Policy") ?? "none", "default-src");
  const passing = withFiles([
    {
      id: "/_middleware",
      mod: {
        handler: async (ctx) => {
          const response = await ctx.next();
          response.headers.set("X-Root", "1");
          return response;
        },
      },
    },
    { id: "/_404", mod: { handler: () => new Response("mine") } },
    {
      id: "/in/x",
      mod: lazy({
        handler: () => {
          throw new HttpError(404);
        },
      }),
    },
  ]);
  assertEquals((await ask("/in/x", "GET", passing)).response.headers.get("X-Root"), "1");
  assertEquals((await ask("/none", "GET", passing)).response.headers.get("X-Root"), null, "the root's own, outside");
});

Deno.test("fsRoutes() renders _error with the error's status and tells nothing of it", async () => {
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
  const handler = withFiles([{ id: "/_middleware", mod: { default: () => new Response("mine") as never } }]);
  assertEquals((await ask("/", "GET", handler)).text, "mine");
});

Deno.test("fsRoutes() refuses files it cannot use, and what it leaves out", async () => {
  const get = { GET: () => new Response() };
  const cases: [RouteFile<unknown>, string][] = [
    [{ id: "/_app", mod: {} }, "exports neither"],
    [{ id: "/_middleware", mod: { handler: get } }, "export a function"],
    [{ id: "/_error", mod: { config: {} } }, '"config in routes/_error" exists in Fresh 2.3.3'],
  ];
  for (const [file, message] of cases) assertThrows(() => withFiles([file]), Error, message);
  const later = withFiles([{ id: "/x", mod: lazy({ handler: get, config: { routeOverride: "/y" } }) }]);
  const { errors } = await captured(() => ask("/x", "GET", later));
  assertStringIncludes(String(errors[0]), '"config in routes/x" exists in Fresh 2.3.3');
  await assertRejects(() => ask("/posts/%E0%A4%A"), URIError);
});
