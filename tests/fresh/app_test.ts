import { assertEquals, assertRejects, assertThrows } from "deno-std/assert/mod.js";
import { App, HttpError } from "fresh";
import { captured } from "./captured.ts";

type Handler = ReturnType<App<unknown>["handler"]>;

async function ask(handler: Handler, path: string, method = "GET") {
  const url = new URL(path, "http://localhost");
  const response = await handler(new Request(url, { method }));
  return { status: response.status, text: await response.text(), response };
}

Deno.test("App.use() runs middlewares in order around the route", async () => {
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
    .get("/", (ctx) => ctx.text(ctx.state.trace))
    .use((ctx) => {
      ctx.state.trace += "c";
      return ctx.next();
    })
    .get("/later", (ctx) => ctx.text(ctx.state.trace))
    .handler();
  const first = await ask(handler, "/");
  assertEquals(first.text, "ab");
  assertEquals(first.response.headers.get("X-After"), "yes");
  assertEquals((await ask(handler, "/later")).text, "abc");
});

Deno.test("App.use() takes a path, which holds for those below it", async () => {
  const handler = new App<{ seen?: boolean }>()
    .use("/in", (ctx) => {
      ctx.state.seen = true;
      return ctx.next();
    })
    .all("/in", (ctx) => ctx.text(`${ctx.state.seen}`))
    .get("/in/deep/:id", (ctx) => ctx.text(`${ctx.state.seen}`))
    .get("/out", (ctx) => ctx.text(`${ctx.state.seen}`))
    .handler();
  assertEquals((await ask(handler, "/in", "PUT")).text, "true");
  assertEquals((await ask(handler, "/in/deep/1")).text, "true");
  assertEquals((await ask(handler, "/out")).text, "undefined");
});

Deno.test("App.use() loads a lazy middleware once", async () => {
  let loads = 0;
  const handler = new App()
    .use(() => {
      loads++;
      return Promise.resolve(() => new Response("lazy"));
    })
    .get("/", () => new Response("route"))
    .handler();
  assertEquals((await ask(handler, "/")).text, "lazy");
  assertEquals((await ask(handler, "/")).text, "lazy");
  assertEquals(loads, 1);
});

Deno.test("App registers a handler for each method", async () => {
  const app = new App()
    .get("/x", () => new Response("GET"))
    .post("/x", () => new Response("POST"))
    .put("/x", () => new Response("PUT"))
    .patch("/x", () => new Response("PATCH"))
    .delete("/x", () => new Response("DELETE"))
    .all("/all", (ctx) => ctx.text(ctx.req.method));
  const handler = app.handler();
  for (const method of ["GET", "POST", "PUT", "PATCH", "DELETE"]) {
    assertEquals((await ask(handler, "/x", method)).text, method);
    assertEquals((await ask(handler, "/all", method)).text, method);
  }
  assertEquals((await ask(handler, "/all", "OPTIONS")).text, "OPTIONS");
});

Deno.test("App matches plain paths first, then patterns in order", async () => {
  const handler = new App()
    .get("/:any", (ctx) => ctx.text(`any ${ctx.params.any} ${ctx.route}`))
    .get("/:other", () => new Response("never"))
    .get("/plain", (ctx) => ctx.text(`plain ${ctx.route}`))
    .get("/plain", () => new Response("second registration"))
    .handler();
  assertEquals((await ask(handler, "/plain")).text, "plain /plain");
  assertEquals((await ask(handler, "/a%20b")).text, "any a b /:any");
  assertEquals((await ask(handler, "/%E0%A4%A")).text, "any %E0%A4%A /:any");
});

Deno.test("App collapses // in paths", async () => {
  const handler = new App()
    .get("/a/b", (ctx) => ctx.text(ctx.url.pathname))
    .handler();
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
  const own = await ask(handler, "/own", "HEAD");
  assertEquals(own.response.headers.get("X-Got"), "head");
});

Deno.test("App answers 405 with Allow, and 204 to OPTIONS", async () => {
  const handler = new App()
    .get("/", () => new Response("ok"))
    .post("/", () => new Response("ok"))
    .handler();
  const wrong = await ask(handler, "/", "DELETE");
  assertEquals([wrong.status, wrong.text], [405, "Method Not Allowed"]);
  assertEquals(wrong.response.headers.get("Allow"), "GET, POST");
  const options = await ask(handler, "/", "OPTIONS");
  assertEquals(options.status, 204);
  assertEquals(options.response.headers.get("Allow"), "GET, POST");
});

Deno.test("App shows an HttpError's message, else its status text", async () => {
  const handler = new App()
    .get("/told", () => {
      throw new HttpError(403, "Not for you");
    })
    .get("/bare", () => {
      throw new HttpError(418);
    })
    .handler();
  const told = await ask(handler, "/told");
  assertEquals([told.status, told.text], [403, "Not for you"]);
  const bare = await ask(handler, "/bare");
  assertEquals([bare.status, bare.text], [418, "I'm a teapot"]);
  assertEquals((await ask(handler, "/none")).text, "Not Found");
});

Deno.test("App tells visitors nothing of other errors, in any mode", async () => {
  for (const mode of ["production", "development"] as const) {
    const thrown = new Error("secret detail");
    const handler = new App({ mode })
      .get("/", () => {
        throw thrown;
      })
      .handler();
    const { result, errors } = await captured(() => ask(handler, "/"));
    assertEquals([result.status, result.text], [500, "Internal server error"]);
    assertEquals(errors, [thrown]);
  }
});

Deno.test("App answers 500 where a handler returns no Response", async () => {
  const handler = new App()
    .get("/", (() => "text") as unknown as () => Response)
    .handler();
  const { result: { status } } = await captured(() => ask(handler, "/"));
  assertEquals(status, 500);
});

Deno.test("App.notFound() answers unknown paths and thrown 404s", async () => {
  const handler = new App()
    .onError("*", () => new Response("error"))
    .notFound((ctx) => {
      const headers = { "X-Security": "on" };
      return new Response(`no ${ctx.url.pathname}`, { status: 404, headers });
    })
    .get("/thrown", () => {
      throw new HttpError(404);
    })
    .handler();
  for (const path of ["/unknown", "/thrown"]) {
    const { status, text, response } = await ask(handler, path);
    assertEquals([status, text], [404, `no ${path}`]);
    assertEquals(response.headers.get("X-Security"), "on");
  }
});

Deno.test("App.onError() answers with the error of the nearest path", async () => {
  const handler = new App()
    .onError("*", (ctx) => {
      const text = ctx.error instanceof Error ? ctx.error.message : "?";
      return new Response(`root ${text}`, { status: 500 });
    })
    .onError("/in", () => new Response("inner", { status: 500 }))
    .get("/in/x", () => {
      throw new Error("a");
    })
    .get("/out", () => {
      throw new Error("b");
    })
    .post("/out", () => new Response("posted"))
    .handler();
  assertEquals((await ask(handler, "/in/x")).text, "inner");
  assertEquals((await ask(handler, "/out")).text, "root b");
  assertEquals((await ask(handler, "/nowhere")).text, "root ");
  const wrong = await ask(handler, "/out", "PUT");
  assertEquals(wrong.response.headers.get("Allow"), null);
});

Deno.test("App.mountApp() adds another app under a path", async () => {
  const inner = new App<{ trace: string }>()
    .use((ctx) => {
      ctx.state.trace = `${ctx.state.trace ?? ""}inner`;
      return ctx.next();
    })
    .get("/", (ctx) => ctx.text(`home ${ctx.state.trace}`))
    .get("/:name", (ctx) => ctx.text(`${ctx.params.name} ${ctx.state.trace}`));
  const handler = new App<{ trace: string }>()
    .mountApp("/api", inner)
    .get("/", (ctx) => ctx.text(`outer ${ctx.state.trace}`))
    .handler();
  assertEquals((await ask(handler, "/api")).text, "home inner");
  assertEquals((await ask(handler, "/api/x")).text, "x inner");
  assertEquals((await ask(handler, "/")).text, "outer undefined");
});

Deno.test("App serves everything under its basePath", async () => {
  const handler = new App({ basePath: "/base" })
    .get("/", () => new Response("home"))
    .get("/a", () => new Response("a"))
    .handler();
  assertEquals((await ask(handler, "/base")).text, "home");
  assertEquals((await ask(handler, "/base/a")).text, "a");
  assertEquals((await ask(handler, "/a")).status, 404);
  for (const basePath of ["base", "/base/", "/b?"]) {
    assertThrows(() => new App({ basePath }), Error, "basePath");
  }
});

Deno.test("App believes a proxy's headers when it is told to", async () => {
  const headers = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "example.com",
  };
  const request = () => new Request("http://localhost/", { headers });
  for (const trustProxy of [true, false]) {
    const handler = new App({ trustProxy })
      .get("/", (ctx) => ctx.text(ctx.url.origin))
      .handler();
    const origin = await (await handler(request())).text();
    assertEquals(
      origin,
      trustProxy ? "https://example.com" : "http://localhost",
    );
  }
});

Deno.test("App.route() takes handlers by method, now or lazily", async () => {
  const route = {
    handler: {
      GET: () => ({ data: "got", status: 202, headers: { "X-Page": "1" } }),
      POST: () => new Response("posted"),
    },
    component: () => null,
  };
  const handler = new App()
    .route("/now", route)
    .route("/lazy", () => Promise.resolve(route))
    .handler();
  for (const path of ["/now", "/lazy"]) {
    const got = await ask(handler, path);
    assertEquals(got.status, 202);
    assertEquals(got.response.headers.get("X-Page"), "1");
    assertEquals((await ask(handler, path, "POST")).text, "posted");
  }
  assertEquals((await ask(handler, "/now", "DELETE")).status, 405);
  assertEquals((await ask(handler, "/lazy", "DELETE")).status, 404);
});

Deno.test("App.ws() throws when it is used", () => {
  assertThrows(
    () => new App().ws("/", {}),
    Error,
    '"app.ws()" exists in Fresh 2.3.3 but not in packages/fresh: ' +
      'delete "links" from deno.json to use Fresh itself',
  );
});

Deno.test("App.listen() rejects where its port is taken", async () => {
  const hostname = "127.0.0.1";
  using taken = Deno.listen({ port: 0, hostname });
  const { port } = taken.addr;
  await assertRejects(() => new App().listen({ port, hostname }), Deno.errors.AddrInUse);
});
