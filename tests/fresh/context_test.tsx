import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "deno-std/assert/mod.js";
import { captured } from "./captured.ts";
import { App, type Context, HttpError, type PageProps } from "fresh";

/** Runs a function with the context of a request. */
async function withContext<T>(
  use: (ctx: Context<unknown>) => T | Promise<T>,
  url = "http://localhost/",
): Promise<T> {
  let result: T | undefined;
  const handler = new App()
    .get("/", async (ctx) => {
      result = await use(ctx);
      return new Response();
    })
    .handler();
  await handler(new Request(url));
  return result as T;
}

async function render(app: App<unknown>, path = "/"): Promise<string> {
  const response = await app.handler()(
    new Request(new URL(path, "http://localhost")),
  );
  return await response.text();
}

Deno.test("Context.redirect() collapses // so that it stays here", async () => {
  const location = (to: string, status?: number) =>
    withContext((ctx) => {
      const response = ctx.redirect(to, status);
      return [response.status, response.headers.get("location")];
    });
  assertEquals(await location("/"), [302, "/"]);
  assertEquals(await location("//evil.com/a"), [302, "/evil.com/a"]);
  assertEquals(await location("/a//b?to=//c#//d", 307), [
    307,
    "/a/b?to=//c#//d",
  ]);
  assertEquals(await location("https://example.com//x"), [
    302,
    "https://example.com//x",
  ]);
});

Deno.test("Context answers with text, HTML, JSON and streams", async () => {
  const answers = await withContext(async (ctx) => {
    const responses = [
      ctx.text("t"),
      ctx.html("<b>h</b>", { status: 201 }),
      ctx.json({ a: 1 }),
      ctx.stream(function* () {
        yield "s";
        yield new TextEncoder().encode("t");
      }),
    ];
    return await Promise.all(responses.map(async (response) => [
      response.status,
      response.headers.get("content-type"),
      await response.text(),
    ]));
  });
  assertEquals(answers, [
    [200, "text/plain;charset=UTF-8", "t"],
    [201, "text/html; charset=utf-8", "<b>h</b>"],
    [200, "application/json", '{"a":1}'],
    [200, null, "st"],
  ]);
});

Deno.test("Context.render() refuses what is not JSX", async () => {
  await withContext(async (ctx) => {
    const render = ctx.render.bind(ctx) as (
      vnode?: unknown,
    ) => Promise<unknown>;
    await assertRejects(() => render(), Error, "given nothing");
    await assertRejects(() => render("text"), Error, "takes JSX");
  });
});

Deno.test("Context.render() completes the document", async () => {
  const whole = "<!DOCTYPE html>" +
    '<html><head><meta charset="utf-8"/></head><body><p>hi &lt;</p></body></html>';
  assertEquals(
    await render(new App().get("/", (ctx) => ctx.render(<p>hi {"<"}</p>))),
    whole,
  );
  const own = await render(
    new App().get("/", (ctx) =>
      ctx.render(
        <html lang="en">
          <body>own</body>
        </html>,
      )),
  );
  assertStringIncludes(own, '<html lang="en"><body>own</body></html>');
});

Deno.test("Context.render() puts layouts and the app around a page", async () => {
  const app = new App()
    .appWrapper(({ Component }) => (
      <main>
        <Component />
      </main>
    ))
    .layout("*", async ({ Component }: PageProps) => {
      await Promise.resolve();
      return (
        <div>
          <Component />
        </div>
      );
    })
    .layout("/in", ({ Component }) => (
      <section>
        <Component />
      </section>
    ))
    .layout(
      "/alone",
      ({ Component }) => (
        <i>
          <Component />
        </i>
      ),
      { skipInheritedLayouts: true, skipAppWrapper: true },
    )
    .get("/", (ctx) => ctx.render(<p>0</p>))
    .get("/in/1", (ctx) => ctx.render(<p>1</p>))
    .get("/alone/2", (ctx) => ctx.render(<p>2</p>))
    .get(
      "/in/3",
      (ctx) => ctx.render(<p>3</p>, {}, { skipInheritedLayouts: true }),
    )
    .route("/in/4", {
      component: () => <p>4</p>,
      config: { skipAppWrapper: true },
    });
  const body = async (path: string) => /<body>(.*)<\/body>/.exec(await render(app, path))?.[1];
  assertEquals(await body("/"), "<main><div><p>0</p></div></main>");
  assertEquals(
    await body("/in/1"),
    "<main><div><section><p>1</p></section></div></main>",
  );
  assertEquals(await body("/alone/2"), "<i><p>2</p></i>");
  assertEquals(await body("/in/3"), "<main><p>3</p></main>");
  assertEquals(await body("/in/4"), "<div><section><p>4</p></section></div>");
});

Deno.test("Context.render() lets a component answer by itself", async () => {
  const app = new App()
    .route("/", {
      component: () => Promise.resolve(new Response("mine")) as never,
    })
    .route("/async", {
      // deno-lint-ignore require-await -- it answers without waiting
      component: async () => new Response("async"),
    });
  assertEquals(await render(app, "/async"), "async");
});

Deno.test("Context.render() gives pages all their props", async () => {
  let seen: PageProps | undefined;
  await render(
    new App().route("/:id", {
      handler: () => ({ data: 7 }),
      component: (props) => {
        seen = props;
        return null;
      },
    }),
    "/x?fresh-partial=true",
  );
  assertEquals(Object.keys(seen ?? {}).toSorted(), [
    "Component",
    "config",
    "data",
    "error",
    "info",
    "isPartial",
    "params",
    "req",
    "route",
    "state",
    "url",
  ]);
  assertEquals(
    [seen?.data, seen?.route, seen?.params.id, seen?.error, seen?.isPartial],
    [7, "/:id", "x", null, true],
  );
});

Deno.test("Context.render() surrounds an error page that the failed page left bare", async () => {
  const app = new App()
    .appWrapper(({ Component }) => (
      <main>
        <Component />
      </main>
    ))
    .onError("*", { component: () => <h1>Failed</h1> })
    .route("/", {
      config: { skipAppWrapper: true, skipInheritedLayouts: true },
      handler: () => {
        throw new HttpError(400);
      },
    });
  assertStringIncludes(await render(app), "<main><h1>Failed</h1></main>");
});

Deno.test("Context.render() shows stacks in development alone", async () => {
  for (const mode of ["production", "development"] as const) {
    const app = new App({ mode })
      .onError("*", { component: () => <h1>Failed</h1> })
      .get("/", () => {
        throw new Error("secret <detail>");
      })
      .get("/told", () => {
        throw new HttpError(403, "told");
      });
    const { result: html, errors } = await captured(() => render(app));
    assertEquals(errors.map(String), ["Error: secret <detail>"]);
    assertStringIncludes(html, "<h1>Failed</h1>");
    assertEquals(html.includes("secret &lt;detail>"), mode === "development");
    assertEquals((await render(app, "/told")).includes("<pre"), false);
  }
});

Deno.test("Context.render() marks links to the page", async () => {
  const html = await render(
    new App().get("/a/b", (ctx) =>
      ctx.render(
        <nav>
          <a href="/a/b/">1</a>
          <a href="/a">2</a>
          <a href="/c">3</a>
        </nav>,
      )),
    "/a/b",
  );
  assertStringIncludes(
    html,
    '<a href="/a/b/" data-current="true" aria-current="page">1</a>' +
      '<a href="/a" data-ancestor="true" aria-current="true">2</a>' +
      '<a href="/c">3</a>',
  );
});

Deno.test("Context.upgrade() throws when it is used", async () => {
  await withContext((ctx) => assertThrows(() => ctx.upgrade(), Error, '"ctx.upgrade()" exists in Fresh'));
});
