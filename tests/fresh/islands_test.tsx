import { signal } from "@preact/signals";
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "deno-std/assert/mod.js";
import { App, type Context } from "fresh";
import { Builder } from "fresh/dev";
import { Head, Partial } from "fresh/runtime";
import type { ComponentChildren, VNode } from "preact";
import { setBuild } from "../../packages/fresh/src/app.ts";
import { Counter } from "./fixture/islands/Counter.tsx";
import { Headed } from "./fixture/islands/Edges.tsx";
import Frame from "./fixture/islands/Frame.tsx";
import Types from "./fixture/islands/Types.tsx";
import { FIXTURE } from "./fixture.ts";

const builder = new Builder({ root: FIXTURE });
const apply = await builder.build({ snapshot: "memory" });

/** Renders as a page of the fixture; errors of the rendering come through. */
async function render(content: () => ComponentChildren): Promise<Response> {
  const Content = () => <>{content()}</>;
  const Document = () => (
    <html>
      <head></head>
      <body>
        <Content />
      </body>
    </html>
  );
  let failure: unknown;
  const app = new App().get("/", async (ctx: Context<unknown>) => {
    return await ctx.render(<Document />).catch((error) => {
      failure = error;
      return new Response();
    });
  });
  apply(app);
  const response = await app.handler()(new Request("http://localhost/"));
  if (failure !== undefined) throw failure;
  return response;
}

async function body(content: () => ComponentChildren): Promise<string> {
  return /<body>(.*)<\/body>/s.exec(await (await render(content)).text())?.[1] ?? "";
}

/** The head of a page whose app has some tags and which gives others to `<Head>`. */
async function headOf(head: ComponentChildren, tags: ComponentChildren): Promise<string> {
  const Wrapper = ({ Component }: { Component: () => VNode }) => (
    <html>
      <head>{head}</head>
      <body>
        <Component />
      </body>
    </html>
  );
  const app = new App().fsRoutes();
  const routes = [
    { id: "/_app", mod: { default: Wrapper as never } },
    { id: "/index", mod: () => Promise.resolve({ default: () => <Head>{tags}</Head> }) },
  ];
  const build = { buildId: "x", islands: new Map(), routes, files: {}, root: "/", liveReload: false };
  setBuild(app, build);
  const html = await (await app.handler()(new Request("http://localhost/"))).text();
  return /<head>(.*)<\/head>/s.exec(html)?.[1] ?? "";
}

// deno-lint-ignore no-explicit-any -- props that the types would refuse
const Loose = Types as any;

Deno.test("a page without islands ships no script", async () => {
  const response = await render(() => <p>plain</p>);
  assertEquals(response.headers.get("Link"), null);
  assertEquals((await response.text()).includes("<script"), false);
});

Deno.test("a page with an island loads it and starts it", async () => {
  const response = await render(() => <Counter start={3} />);
  const js = `/_fresh/js/${builder.config.buildId}`;
  assertEquals(
    response.headers.get("Link"),
    `<${js}/fresh-runtime.js>; rel="modulepreload"; as="script", ` +
      `<${js}/Counter.js>; rel="modulepreload"; as="script"`,
  );
  const html = await response.text();
  assertMatch(html, /<!--frsh:island:Counter_Counter:0:--><button .*<\/button><!--\/frsh:island-->/);
  assertMatch(
    html,
    /<script type="module" nonce="\w{32}">import \{ boot \} from "[^"]+";import \{ Counter as Counter_Counter \} from "[^"]+";boot\(\{ Counter_Counter \}, ".*"\);<\/script>/,
  );
});

Deno.test("an island within an island has no markers of its own", async () => {
  const html = await body(() => <Frame start={1} />);
  assertEquals(html.match(/<!--frsh:island/g)?.length, 1);
  assertStringIncludes(html, "{ default as Frame }");
});

Deno.test("props cannot end the script", async () => {
  const html = await body(() => <Loose text="</script><!--<script>" />);
  assertEquals(html.match(/<\/script>/g)?.length, 1);
  assertEquals(html.match(/<script/g)?.length, 1);
});

Deno.test("props that Fresh sends in forms of its own are left out, others that cannot be sent throw", async () => {
  const rows = [<li key="1">a</li>];
  const cases: [string, () => VNode][] = [
    ['"signals in the props of an island" exists in Fresh 2.3.3', () => <Loose text={signal(1)} />],
    ['"children and JSX in the props of an island"', () => <Loose text={<b>t</b>} />],
    ['"children and JSX in the props of an island"', () => <Loose map={{ rows }} />],
    ['"children and JSX in the props of an island"', () => <Loose>text</Loose>],
    ["Cannot stringify a function", () => <Loose date={() => 1} />],
  ];
  for (const [message, page] of cases) await assertRejects(() => render(page), Error, message);
});

Deno.test("own scripts and styles carry the page's nonce", async () => {
  const response = await render(() => (
    <>
      <style>{"p { color: red }"}</style>
      <script src="/a.js" />
      <script nonce="own" src="/b.js" />
      <Counter start={1} />
    </>
  ));
  const nonces = (await response.text()).match(/nonce="\w+"/g) ?? [];
  assertEquals(nonces.length, 4);
  assertEquals(new Set(nonces).size, 2);
});

Deno.test("Head replaces the title, and meta tags by all but their content", async () => {
  const app = (
    <>
      <title>App</title>
      <meta name="description" content="app" />
      <meta name="author" content="app" />
      <meta property="og:title" content="app" />
    </>
  );
  const page = (
    <>
      <title>Early</title>
      <title>Page</title>
      <meta name="description" content="page" />
      <meta property="og:title" content="page" />
      <meta name="robots" content="none" />
    </>
  );
  assertEquals(
    await headOf(app, page),
    '<title>Page</title><meta name="description" content="page"/><meta name="author" content="app"/>' +
      '<meta property="og:title" content="page"/><meta name="robots" content="none"/>',
  );
});

Deno.test("Head replaces by key, and a link without one by rel, whatever its href", async () => {
  const app = (
    <>
      <link key="icon" rel="icon" href="/app.svg" />
      <link rel="canonical" href="/app" />
      <link rel="stylesheet" href="/app.css" />
    </>
  );
  const page = (
    <>
      <link key="icon" rel="shortcut icon" href="/page.svg" />
      <link rel="canonical" href="/page" />
      <link rel="preload" href="/x" />
    </>
  );
  assertEquals(
    await headOf(app, page),
    '<link rel="shortcut icon" href="/page.svg" data-key="icon"/><link rel="canonical" href="/page"/>' +
      '<link rel="stylesheet" href="/app.css"/><link rel="preload" href="/x"/>',
  );
});

Deno.test("Head's title takes the place of one in the body too, as Fresh's does", async () => {
  const html = await body(() => (
    <>
      <Head>
        <title>Page</title>
      </Head>
      <svg>
        <title>Chart</title>
      </svg>
    </>
  ));
  assertEquals(html, "<svg><title>Page</title></svg>");
});

Deno.test("Head is left out of islands", async () => {
  await assertRejects(() => render(() => <Headed />), Error, '"<Head> in an island" exists in Fresh 2.3.3');
});

Deno.test("pictures get immutable URLs, unless they decline", async () => {
  const id = builder.config.buildId;
  const html = await body(() => (
    <p>
      <img src="/a.png" />
      <img src="/a.png" data-fresh-disable-lock />
      <img src="data:image/png,x" />
    </p>
  ));
  assertEquals(
    html,
    `<p><img src="/a.png?__frsh_c=${id}"/><img src="/a.png" data-fresh-disable-lock="true"/>` +
      `<img src="data:image/png,x"/></p>`,
  );
});

Deno.test("what is left out of pages throws when it is used", async () => {
  const Loose = Partial as unknown as () => VNode;
  const pages = [
    () => <Loose />,
    () => <img srcset="/a.png 1x, /b.png 2x" />,
  ];
  for (const page of pages) await assertRejects(() => render(page), Error, "exists in Fresh 2.3.3", String(page));
});
