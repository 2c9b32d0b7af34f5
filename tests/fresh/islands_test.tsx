import { computed, signal } from "@preact/signals";
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "deno-std/assert/mod.js";
import { App, type Context } from "fresh";
import { Builder } from "fresh/dev";
import { Head, Partial } from "fresh/runtime";
import type { ComponentChildren, VNode } from "preact";
import { Counter } from "./fixture/islands/Counter.tsx";
import { Fold } from "./fixture/islands/Fold.tsx";
import Frame from "./fixture/islands/Frame.tsx";
import Types from "./fixture/islands/Types.tsx";
import { FIXTURE } from "./fixture.ts";

const builder = new Builder({ root: FIXTURE });
const apply = await builder.build({ snapshot: "memory" });

/** Renders as a page of the fixture; errors of the rendering come through. */
async function render(vnode: VNode): Promise<Response> {
  const app = new App();
  let failure: unknown;
  app.get("/", async (ctx: Context<unknown>) => {
    try {
      return await ctx.render(vnode);
    } catch (error) {
      failure = error;
      return new Response();
    }
  });
  apply(app);
  const response = await app.handler()(new Request("http://localhost/"));
  if (failure !== undefined) throw failure;
  return response;
}

async function body(vnode: VNode): Promise<string> {
  const html = await (await render(vnode)).text();
  return /<body>(.*)<\/body>/s.exec(html)?.[1] ?? "";
}

// deno-lint-ignore no-explicit-any -- props that the types would refuse
const Loose = Types as any;

Deno.test("a page without islands ships no script", async () => {
  const response = await render(<p>plain</p>);
  assertEquals(response.headers.get("Link"), null);
  assertEquals((await response.text()).includes("<script"), false);
});

Deno.test("a page with an island loads it and starts it", async () => {
  const response = await render(<Counter start={3} />);
  const js = `/_fresh/js/${builder.config.buildId}`;
  assertEquals(
    response.headers.get("Link"),
    `<${js}/fresh-runtime.js>; rel="modulepreload"; as="script", ` +
      `<${js}/Counter.js>; rel="modulepreload"; as="script"`,
  );
  const html = await response.text();
  assertStringIncludes(
    html,
    "<!--frsh:island:Counter:0--><button ",
  );
  assertMatch(
    html,
    /<script type="module" nonce="\w{32}">import \{ boot \} from "[^"]+";import \{ Counter as Counter \} from "[^"]+";boot\(\{ Counter \}, ".*"\);<\/script>/,
  );
});

Deno.test("an island within an island has no markers of its own", async () => {
  const html = await body(<Frame start={1} />);
  assertEquals(html.match(/<!--frsh:island/g)?.length, 1);
  assertStringIncludes(html, "{ default as Frame }");
});

Deno.test("children of an island are slots, in which islands start", async () => {
  const html = await body(
    <Fold open title={<b>t</b>}>
      <i>shown</i>
      <Counter start={1} />
    </Fold>,
  );
  assertStringIncludes(html, "<!--frsh:slot:0--><b>t</b><!--/frsh-->");
  assertMatch(
    html,
    /<!--frsh:slot:1--><i>shown<\/i><!--frsh:island:Counter:1--><button.*<!--\/frsh--><!--\/frsh-->/,
  );
  assertEquals(html.includes("<template"), false);
});

Deno.test("children that an island hides wait in a template", async () => {
  const html = await body(
    <Fold open={false}>
      <Fold open={false}>
        <Counter start={1} />
      </Fold>
    </Fold>,
  );
  assertMatch(html, /<template id="frsh-0"><!--frsh:island:Fold:1-->/);
  assertMatch(html, /<template id="frsh-1"><!--frsh:island:Counter:2-->/);
});

Deno.test("one signal of two islands is sent once", async () => {
  const shared = signal(4);
  const html = await body(
    <>
      <Loose text={shared} />
      <Loose text={shared} date={computed(() => 5)} />
    </>,
  );
  assertEquals(html.match(/\[\\"Signal\\"/g)?.length, 1);
  assertEquals(html.match(/\[\\"Computed\\"/g)?.length, 1);
});

Deno.test("props cannot end the script", async () => {
  const tricky = "</script><!--<script>";
  const html = await body(<Loose text={tricky} />);
  assertEquals(html.match(/<\/script>/g)?.length, 1);
  assertEquals(html.match(/<script/g)?.length, 1);
});

Deno.test("a prop that cannot be sent is named", async () => {
  const rows = [<li key="1">a</li>];
  const called = (() => <p>called</p>) as unknown as ComponentChildren;
  class Custom {}
  const cases: [string, () => VNode][] = [
    ['prop "date" of island Types', () => <Loose date={() => 1} />],
    ['prop "map.deep[0]"', () => <Loose map={{ deep: [() => 1] }} />],
    ['prop "url"', () => <Loose url={new Custom()} />],
    ['prop "text"', () => <Loose text={rows} />],
    ['prop "children" of island Fold', () => <Fold open>{called}</Fold>],
  ];
  for (const [message, page] of cases) {
    await assertRejects(() => render(page()), TypeError, message);
  }
});

Deno.test("own scripts and styles carry the page's nonce", async () => {
  const response = await render(
    <html>
      <head>
        <style>{"p { color: red }"}</style>
        <script src="/a.js" />
        <script nonce="own" src="/b.js" />
      </head>
      <body>
        <Counter start={1} />
      </body>
    </html>,
  );
  const nonces = (await response.text()).match(/nonce="\w+"/g) ?? [];
  assertEquals(nonces.length, 4);
  assertEquals(new Set(nonces).size, 2);
});

Deno.test("Head replaces tags of the head and adds to them", async () => {
  const app = new App()
    .appWrapper(({ Component }) => (
      <html>
        <head>
          <title>App</title>
          <meta name="description" content="app" />
          <meta name="author" content="app" />
          <link key="icon" rel="icon" href="/app.svg" />
        </head>
        <body>
          <Component />
        </body>
      </html>
    ))
    .get("/", (ctx) =>
      ctx.render(
        <p>
          <Head>
            <title>Early</title>
          </Head>
          <Head>
            <title>Page</title>
            <meta name="description" content="page" />
            <link key="icon" rel="icon" href="/page.svg" />
            <link rel="preload" href="/x" />
          </Head>
          text
        </p>,
      ));
  const html = await (await app.handler()(new Request("http://localhost/")))
    .text();
  assertEquals(
    html,
    "<!DOCTYPE html><html><head><title>Page</title>" +
      '<meta name="description" content="page"/>' +
      '<meta name="author" content="app"/>' +
      '<link rel="icon" href="/page.svg" data-key="icon"/>' +
      '<link rel="preload" href="/x"/></head><body><p>text</p></body></html>',
  );
});

Deno.test("Head leaves tags of the same name in the body alone", async () => {
  const html = await (await render(
    <main>
      <Head>
        <title>Page</title>
      </Head>
      <svg>
        <title>Chart</title>
      </svg>
    </main>,
  )).text();
  assertStringIncludes(html, "<svg><title>Chart</title></svg>");
  assertStringIncludes(html, '<meta charset="utf-8"/><title>Page</title></head>');
});

Deno.test("JSX that is kept between requests is rendered anew each time", async () => {
  const kept = (
    <html>
      <head>
        <style>{"p { color: red }"}</style>
      </head>
      <body>
        <Counter start={1} />
        <noscript>
          <p>Scripts are off</p>
        </noscript>
      </body>
    </html>
  );
  const pages = [await render(kept), await render(kept)];
  const [first, second] = await Promise.all(pages.map((page) => page.text()));
  const nonces = [first, second].map((html) => new Set(html?.match(/nonce="\w+"/g)));
  assertEquals(nonces.map((found) => found.size), [1, 1]);
  assertEquals(first?.replaceAll(/nonce="\w+"/g, ""), second?.replaceAll(/nonce="\w+"/g, ""));
  assertEquals(nonces[0]?.isDisjointFrom(nonces[1]!), true);
});

Deno.test("pictures get immutable URLs, unless they decline", async () => {
  const id = builder.config.buildId;
  const html = await body(
    <p>
      <img src="/a.png" srcset="/a.png 1x, /b.png 2x" />
      <img src="/a.png" data-fresh-disable-lock />
      <img src="data:image/png,x" />
    </p>,
  );
  assertEquals(
    html,
    `<p><img src="/a.png?__frsh_c=${id}" ` +
      `srcset="/a.png?__frsh_c=${id} 1x, /b.png?__frsh_c=${id} 2x"/>` +
      `<img src="/a.png" data-fresh-disable-lock="true"/>` +
      `<img src="data:image/png,x"/></p>`,
  );
});

Deno.test("Partial and f-client-nav throw when they are used", async () => {
  const on = true;
  const pages = [
    () => <Partial name="x">a</Partial>,
    () => <div f-client-nav>a</div>,
    () => <div f-client-nav={on}>a</div>,
    () => <body f-client-nav>a</body>,
    () => <a href="/" f-partial="/b">a</a>,
  ];
  for (const page of pages) {
    await assertRejects(() => render(page()), Error, "exists in Fresh 2.3.3");
  }
});
