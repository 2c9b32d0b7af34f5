import { assertEquals, assertRejects, assertStringIncludes } from "deno-std/assert/mod.js";
import { App, type Context, HttpError, type PageProps } from "fresh";
import type { VNode } from "preact";
import { setBuild } from "../../packages/fresh/src/app.ts";
import type { RouteFile } from "../../packages/fresh/src/fs_routes.ts";
import { captured } from "./captured.ts";

/** A whole document around something. */
const page = (content: VNode) => (
  <html>
    <head></head>
    <body>{content}</body>
  </html>
);

/** Answers of an app whose routes folder holds the given files. */
async function answerOf(files: RouteFile<unknown>[], path = "/"): Promise<Response> {
  const app = new App().fsRoutes();
  const build = { buildId: "x", islands: new Map(), routes: files, files: {}, root: "/", liveReload: false };
  setBuild(app, build);
  return await app.handler()(new Request(new URL(path, "http://localhost")));
}

async function render(vnode: VNode, path = "/a/b"): Promise<string> {
  const app = new App().get(path, (ctx) => ctx.render(vnode));
  return await (await app.handler()(new Request(new URL(path, "http://localhost")))).text();
}

/** Runs a function with the context of a request. */
async function withContext(use: (ctx: Context<unknown>) => unknown): Promise<void> {
  let failure: unknown;
  const app = new App().get("/", async (ctx) => {
    await Promise.resolve(ctx).then(use).catch((error) => failure = error);
    return new Response();
  });
  await app.handler()(new Request("http://localhost/"));
  if (failure !== undefined) throw failure;
}

Deno.test("Context.render() refuses what is not JSX, and pages that are no documents", async () => {
  await withContext(async (ctx) => {
    const render = ctx.render.bind(ctx) as (vnode?: unknown) => Promise<unknown>;
    await assertRejects(() => render(), Error, "takes JSX");
    await assertRejects(() => render("text"), Error, "takes JSX");
    await assertRejects(() => render(<p>bare</p>), Error, "exists in Fresh 2.3.3");
  });
});

Deno.test("Context.render() takes status and headers, and escapes text", async () => {
  const app = new App().get("/", (ctx) => ctx.render(page(<p>{"<"}</p>), { status: 416, headers: { "X-Foo": "foo" } }));
  const response = await app.handler()(new Request("http://localhost/"));
  assertEquals([response.status, response.headers.get("X-Foo")], [416, "foo"]);
  assertEquals(response.headers.get("Content-Type"), "text/html; charset=utf-8");
  assertEquals(
    await response.text(),
    "<!DOCTYPE html><html><head></head><body><p>&lt;</p></body></html>",
  );
});

Deno.test("Context.render() lets an async component answer by itself", async () => {
  // deno-lint-ignore require-await -- it answers without waiting
  const component = async () => new Response("mine");
  const response = await answerOf([{ id: "/index", mod: () => Promise.resolve({ default: component }) }]);
  assertEquals(await response.text(), "mine");
});

Deno.test("Context.render() gives pages and the app wrapper all their props", async () => {
  let seen: PageProps | undefined;
  const files: RouteFile<unknown>[] = [
    { id: "/_app", mod: { default: ({ Component }) => page(<Component />) } },
    {
      id: "/[id]",
      mod: () =>
        Promise.resolve({
          handler: () => ({ data: 7 }),
          default: (props: PageProps) => {
            seen = props;
            return <p>page</p>;
          },
        }),
    },
  ];
  assertStringIncludes(await (await answerOf(files, "/x")).text(), "<body><p>page</p></body>");
  const names = "Component,config,data,error,info,isPartial,params,req,route,state,url";
  assertEquals(Object.keys(seen ?? {}).toSorted().join(), names);
  assertEquals(
    [seen?.data, seen?.route, seen?.params.id, seen?.error, seen?.isPartial, seen?.config.basePath],
    [7, "/:id", "x", null, false, ""],
  );
});

Deno.test("Context.error is what a middleware or the route threw", async () => {
  const errors: unknown[] = [];
  const app = new App().use(async (ctx) => {
    await ctx.next().catch((error) => errors.push(error, ctx.error));
    return new Response();
  }).get("/", () => {
    throw "thrown";
  });
  await captured(() => app.handler()(new Request("http://localhost/")));
  assertEquals(errors, ["thrown", "thrown"]);
});

Deno.test("Context.render() marks links to the page and to those above it", async () => {
  const html = await render(page(<Links />));
  assertStringIncludes(
    html,
    '<a href="/a/b/" data-current="true" aria-current="page">1</a>' +
      '<a href="/a" data-ancestor="true" aria-current="true">2</a>' +
      '<a href="/" data-ancestor="true" aria-current="true">3</a>' +
      '<a href="/c">4</a><a href="#x">5</a>',
  );
});

function Links() {
  return (
    <nav>
      <a href="/a/b/">1</a>
      <a href="/a">2</a>
      <a href="/">3</a>
      <a href="/c">4</a>
      <a href="#x">5</a>
    </nav>
  );
}

Deno.test("Context throws where what it leaves out is used", async () => {
  for (const name of ["redirect", "text", "html", "json", "stream", "upgrade"]) {
    const use = (ctx: Context<unknown>) => (ctx as unknown as Record<string, () => void>)[name]!();
    await assertRejects(() => withContext(use), Error, `"ctx.${name}()" exists in Fresh 2.3.3`);
  }
  const skipping = (ctx: Context<unknown>) => ctx.render(null, {}, { skipAppWrapper: true } as never);
  await assertRejects(() => withContext(skipping), Error, "ctx.render() with skipAppWrapper");
});

Deno.test("HttpError keeps its status, message and cause", () => {
  const error = new HttpError(404, "No such page", { cause: "x" });
  assertEquals([error.name, error.status, error.message, error.cause], ["HttpError", 404, "No such page", "x"]);
});
