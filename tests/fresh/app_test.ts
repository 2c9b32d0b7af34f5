import { assertEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import { App, type Context, HttpError } from "fresh";
import { captured } from "./captured.ts";

type Handler = ReturnType<App<unknown>["handler"]>;

async function ask(handler: Handler, path: string, method = "GET") {
  const response = await handler(new Request(new URL(path, "http://localhost"), { method }));
  return { status: response.status, text: await response.text(), response };
}

/** Answers with the parameters and the registered path. */
const echo = (ctx: Context<unknown>) => Response.json({ ...ctx.params, route: ctx.route });

async function answered(handler: Handler, path: string): Promise<unknown> {
  return JSON.parse((await ask(handler, path)).text);
}

Deno.test("App.use() runs middlewares in order around what is registered after them", async () => {
  const handler = new App<{ trace: string }>()
    .use((ctx) => {
      ctx.state.trace = "a";
      return ctx.next();
    }, async (ctx) => {
      ctx.state.trace += "b";
      const response = await ctx.next();
      response.headers.set("X-After", "yes");
      return response;
    })
    .get("/", (ctx) => new Response(ctx.state.trace))
    .use((ctx) => {
      ctx.state.trace += "c";
      return ctx.next();
    })
    .get("/later", (ctx) => new Response(ctx.state.trace))
    .handler();
  const first = await ask(handler, "/");
  assertEquals(first.text, "ab");
  assertEquals(first.response.headers.get("X-After"), "yes");
  assertEquals((await ask(handler, "/later")).text, "abc");
});

Deno.test("App runs its middlewares for unknown paths too", async () => {
  const handler = new App().use(() => new Response("mine")).handler();
  assertEquals((await ask(handler, "/none")).text, "mine");
});

Deno.test("App registers a handler for each method", async () => {
  const answer = (ctx: Context<unknown>) => new Response(ctx.req.method);
  const handler = new App().get("/x", answer).post("/x", answer).put("/x", answer).patch("/x", answer)
    .delete("/x", answer).all("/all", answer).handler();
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    assertEquals((await ask(handler, "/x", method)).text, method);
    assertEquals((await ask(handler, "/all", method)).text, method);
  }
  assertEquals((await ask(handler, "/all", "OPTIONS")).text, "OPTIONS");
});

Deno.test("App matches plain paths first, then patterns in order", async () => {
  const handler = new App().get("/:any", echo).get("/:other", echo).get("/plain", echo).get("/plain", () => {
    throw new Error("the first registration stays");
  }).handler();
  assertEquals(await answered(handler, "/plain"), { route: "/plain" });
  assertEquals(await answered(handler, "/x"), { any: "x", route: "/:any" });
});

Deno.test("App matches plain paths with and without a final slash, patterns as they are written", async () => {
  const handler = new App().get("/plain", echo).get("/slash/", echo).get("/items/:id", echo).get("/", echo).handler();
  for (const path of ["/plain", "/plain/"]) assertEquals(await answered(handler, path), { route: "/plain" });
  for (const path of ["/slash", "/slash/"]) assertEquals(await answered(handler, path), { route: "/slash/" });
  assertEquals(await answered(handler, "/"), { route: "/" });
  assertEquals((await ask(handler, "/items/1")).status, 200);
  assertEquals((await ask(handler, "/items/1/")).status, 404);
});

Deno.test("App decodes parameters by decodeURI: what would separate parts of a URL stays escaped", async () => {
  const handler = new App().get("/:name", echo).handler();
  assertEquals(await answered(handler, "/a%20%C3%A9"), { name: "a é", route: "/:name" });
  assertEquals(await answered(handler, "/a%2Fb%3Fc%23d"), { name: "a%2Fb%3Fc%23d", route: "/:name" });
});

Deno.test("App rejects where a parameter can't be decoded, before any middleware", async () => {
  let ran = false;
  const handler = new App().use((ctx) => {
    ran = true;
    return ctx.next();
  }).get("/items/:name", echo).handler();
  await assertRejects(() => ask(handler, "/items/%E0%A4%A"), URIError);
  assertEquals(ran, false);
});

Deno.test("App collapses // in paths", async () => {
  const handler = new App().get("/a/b", (ctx) => new Response(ctx.url.pathname)).handler();
  assertEquals((await ask(handler, "http://localhost//a///b")).text, "/a/b");
});

Deno.test("App answers HEAD with the GET handler and no body", async () => {
  const handler = new App()
    .get("/", () => new Response("body", { headers: { "X-Got": "1" } }))
    .get("/own", () => new Response("get"))
    .head("/own", () => new Response(null, { headers: { "X-Got": "head" } }))
    .handler();
  const { status, text, response } = await ask(handler, "/", "HEAD");
  assertEquals([status, text, response.headers.get("X-Got")], [200, "", "1"]);
  assertEquals((await ask(handler, "/own", "HEAD")).response.headers.get("X-Got"), "head");
});

Deno.test("App answers 405 without Allow, and 204 with it to OPTIONS", async () => {
  const handler = new App().get("/", () => new Response("ok")).post("/", () => new Response("ok")).handler();
  const wrong = await ask(handler, "/", "DELETE");
  assertEquals([wrong.status, wrong.text], [405, "Method Not Allowed"]);
  assertEquals(wrong.response.headers.get("Allow"), null);
  const options = await ask(handler, "/", "OPTIONS");
  assertEquals([options.status, options.response.headers.get("Allow")], [204, "GET, POST"]);
});

Deno.test("App shows an HttpError's message, else its status text", async () => {
  const failing = (error: HttpError) => () => {
    throw error;
  };
  const handler = new App()
    .get("/own-words", failing(new HttpError(403, "Not for you")))
    .get("/bare", failing(new HttpError(418)))
    .get("/large", failing(new HttpError(413)))
    .handler();
  const texts = await Promise.all(
    ["/own-words", "/bare", "/large", "/none"].map(async (path) => await ask(handler, path)),
  );
  assertEquals(texts.map(({ status, text }) => [status, text]), [
    [403, "Not for you"],
    [418, "I'm a teapot"],
    [413, "Content Too Large"],
    [404, "Not Found"],
  ]);
});

Deno.test("App tells visitors nothing of other errors, nor of a handler without a response", async () => {
  const thrown = new Error("secret detail");
  const handler = new App()
    .get("/", () => {
      throw thrown;
    })
    .get("/text", (() => "text") as unknown as () => Response)
    .handler();
  const { result, errors } = await captured(() => ask(handler, "/"));
  assertEquals([result.status, result.text], [500, "Internal server error"]);
  assertEquals(errors, [thrown]);
  assertEquals((await captured(() => ask(handler, "/text"))).result.status, 500);
});

Deno.test("App throws where what it leaves out is used", () => {
  const loose = (config?: unknown) => new App(config as never) as unknown as Record<string, (path?: unknown) => void>;
  assertThrows(
    () => loose().ws!("/"),
    Error,
    '"app.ws()" exists in Fresh 2.3.3 but not in packages/fresh: add it there, or delete "links" from deno.json',
  );
  for (
    const [what, use] of [
      ["app.use() with a path", () => loose().use!("/admin")],
      ["app.fsRoutes() with a pattern", () => loose().fsRoutes!("/admin")],
      ["new App() with basePath", () => loose({ basePath: "/x" })],
    ] as const
  ) {
    assertThrows(use, Error, `"${what}" exists in Fresh 2.3.3`);
  }
});
