import { assert, assertEquals, assertMatch } from "deno-std/assert/mod.js";
import { App, staticFiles } from "fresh";
import { Builder } from "fresh/dev";
import { asset } from "fresh/runtime";
import { captured } from "./captured.ts";
import { FIXTURE } from "./fixture.ts";

const builder = new Builder({ root: FIXTURE });
const apply = await builder.build({ snapshot: "memory" });

function serve(mode: "development" | "production" = "production") {
  const app = new App().use(staticFiles()).post("/pixel.svg", () => new Response("route"));
  apply(app);
  app.config.mode = mode;
  const handler = app.handler();
  return async (path: string, init: RequestInit = {}) => {
    const url = new URL("http://localhost");
    // Set apart, since URL would resolve dots itself
    const request = new Request(url.origin + path, init);
    const response = await handler(request);
    return { response, text: await response.text(), status: response.status };
  };
}

Deno.test("asset() makes a path's URL immutable", () => {
  const id = builder.config.buildId;
  assertMatch(id, /^[0-9a-f]{16}$/);
  assertEquals(asset("/a.png?b#c"), `/a.png?b=&__frsh_c=${id}#c`);
  assertEquals(asset("//evil.com/a.png"), "//evil.com/a.png");
  assertEquals(asset("https://x.com/a.png"), "https://x.com/a.png");
  assertEquals(asset(asset("/a.png")), asset("/a.png"));
});

Deno.test("staticFiles() sends a file with its type and an ETag", async () => {
  const ask = serve();
  const { status, text, response: { headers } } = await ask("/pixel.svg");
  assertEquals(status, 200);
  assert(text.startsWith("<svg"));
  assertEquals(headers.get("Content-Type"), "image/svg+xml; charset=UTF-8");
  assertEquals(headers.get("Content-Length"), String(text.length));
  assertMatch(headers.get("Cache-Control") ?? "", /^no-cache/);
  const etag = headers.get("Etag") ?? "";
  assertMatch(etag, /^W\/"[0-9a-f]{64}"$/);

  const again = await ask("/pixel.svg", { headers: { "If-None-Match": etag } });
  assertEquals([again.status, again.text], [304, ""]);
});

Deno.test("staticFiles() lets locked URLs be cached for good", async () => {
  const ask = serve();
  const forGood = "public, max-age=31536000, immutable";
  const locked = await ask(asset("/pixel.svg"));
  assertEquals(locked.response.headers.get("Cache-Control"), forGood);
  const script = `/_fresh/js/${builder.config.buildId}/fresh-runtime.js`;
  const runtime = await ask(script);
  assertEquals(runtime.response.headers.get("Cache-Control"), forGood);

  const stale = await ask("/pixel.svg?a=1&__frsh_c=old");
  assertEquals(stale.status, 307);
  assertEquals(stale.response.headers.get("location"), "/pixel.svg?a=1");

  const developing = await serve("development")(asset("/pixel.svg"));
  assertMatch(developing.response.headers.get("Cache-Control") ?? "", /^no-c/);
});

Deno.test("staticFiles() locks the URLs in stylesheets", async () => {
  const { text } = await serve()("/style.css");
  assert(text.includes(`url("${asset("/pixel.svg")}")`), text);
});

Deno.test("staticFiles() answers 405 to other methods, HEAD without body", async () => {
  const ask = serve();
  assertEquals((await ask("/pixel.svg", { method: "POST" })).status, 405);
  const head = await ask("/pixel.svg", { method: "HEAD" });
  assertEquals([head.status, head.text], [200, ""]);
  assertMatch(head.response.headers.get("Content-Length") ?? "", /^\d+$/);
});

Deno.test("staticFiles() sends nothing outside the folder", async () => {
  const ask = serve();
  for (
    const path of [
      "/../main.ts",
      "/%2e%2e/main.ts",
      "/..%2fmain.ts",
      "/..%5cmain.ts",
      "/style.css/..%2f..%2fmain.ts",
      "/%00",
      "/.hidden",
      "/",
      "/favicon.ico",
    ]
  ) {
    assertEquals((await ask(path)).status, 404, path);
  }
});

Deno.test("staticFiles() fails on a path that can't be decoded, as Fresh does", async () => {
  const { result, errors } = await captured(() => serve()("/%E0%A4%A"));
  assertEquals([result.status, errors.map((error) => (error as Error).name)], [500, ["URIError"]]);
});
