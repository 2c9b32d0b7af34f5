import { assert, assertEquals, assertFalse } from "deno-std/assert/mod.js";
import { closeServices, openServices } from "../../lib/http/state.ts";
import { openApp, type TestApp } from "./app.ts";

const ORIGIN = "http://127.0.0.1:8000";

function ask(app: TestApp, path: string, init: RequestInit = {}): Promise<Response> {
  return app.handler(new Request(path.startsWith("http") ? path : ORIGIN + path, init));
}

function checkHeaders(response: Response, what: string): void {
  const { headers } = response;
  const policy = headers.get("content-security-policy") ?? "";
  assert(policy.includes("frame-ancestors 'none'") && policy.includes("base-uri 'none'"), `${what}: ${policy}`);
  assertFalse(policy.includes("unsafe-inline"), `${what}: ${policy}`);
  assertFalse(policy.includes("upgrade-insecure-requests"), what);
  assertEquals(headers.get("x-content-type-options"), "nosniff", what);
  assertEquals(headers.get("referrer-policy"), "same-origin", what);
  assertEquals(headers.get("cross-origin-opener-policy"), "same-origin", what);
  assertEquals(headers.get("cross-origin-resource-policy"), "same-origin", what);
  assertFalse(headers.has("x-fresh-nonce"), what);
}

Deno.test("every response carries the security headers: pages, files, the API, streams and all their errors", async () => {
  await using app = await openApp();
  const cases: [string, RequestInit, number][] = [
    ["/", {}, 200],
    ["/nothing", {}, 404],
    ["/models/tiny", { method: "POST" }, 404],
    ["/models/%E0%A4%A", {}, 400],
    ["/api/models/%zz", {}, 400],
    ["/css/board.css", {}, 200],
    ["/api/health", {}, 200],
    ["/api/nothing", {}, 404],
    ["/api/decode", {}, 405],
    ["/api/stream", {}, 200],
    ["/api/decode", { method: "POST", body: "x", headers: { "content-type": "application/json" } }, 400],
    ["/api/decode", { method: "POST", body: "{}", headers: { origin: "http://evil.example" } }, 403],
    ["/", { method: "POST", headers: { origin: "http://evil.example" } }, 403],
    ["/openapi.json", {}, 200],
    ["/v2/models/nope", {}, 404],
    ["http://evil.example/", {}, 421],
  ];
  for (const [path, init, status] of cases) {
    const response = await ask(app, path, init);
    assertEquals(response.status, status, path);
    checkHeaders(response, `${status} ${path}`);
    await response.body?.cancel();
  }
});

Deno.test("a page's scripts carry the nonce that its policy names, a new one each time", async () => {
  await using app = await openApp();
  const nonces = new Set<string>();
  for (const path of ["/", "/", "/nothing"]) {
    const response = await ask(app, path);
    const policy = response.headers.get("content-security-policy")!;
    const nonce = /script-src 'self' 'nonce-([\w+/=-]+)'/.exec(policy)![1]!;
    nonces.add(nonce);
    const html = await response.text();
    for (const [script] of html.matchAll(/<script\b[^>]*>/g)) assert(script.includes(`nonce="${nonce}"`), script);
    assertFalse(/<[a-z]+\b[^>]*\sstyle=/.test(html), `${path} has no style attributes, which the policy would drop`);
  }
  assertEquals(nonces.size, 3);
});

Deno.test("a page that fails is a page with the status, and says nothing of the cause", async () => {
  await using app = await openApp();
  app.services.models.list = () => Promise.reject(new Error("secret /home/me"));
  const response = await ask(app, "/");
  assertEquals(response.status, 500);
  assertEquals(response.headers.get("content-type"), "text/html; charset=utf-8");
  const html = await response.text();
  assertFalse(html.includes("secret"));
  checkHeaders(response, "/");
});

Deno.test("the Host header must name this server", async () => {
  await using app = await openApp({ allowedHosts: ["board.local"] });
  for (const host of ["127.0.0.1:8000", "localhost:1234", "[::1]:8000", "board.local"]) {
    const response = await ask(app, `http://${host}/api/health`, { headers: { host } });
    assertEquals(response.status, 200, host);
    await response.body!.cancel();
  }
  for (const host of ["evil.example", "board.local.evil.example", "localhost.evil.example:8000"]) {
    const response = await ask(app, "/api/health", { headers: { host } });
    assertEquals(response.status, 421, host);
    assertEquals(response.headers.get("content-type"), "application/problem+json");
    await response.body!.cancel();
  }
});

Deno.test("a rebound name is refused although Origin and Host agree, which csrf alone would pass", async () => {
  await using app = await openApp();
  const response = await ask(app, "http://evil.example:8000/api/save", {
    method: "POST",
    body: "{}",
    headers: { host: "evil.example:8000", origin: "http://evil.example:8000", "content-type": "application/json" },
  });
  assertEquals(response.status, 421);
  await response.body!.cancel();
});

Deno.test("requests of other sites' pages change nothing and open no stream", async () => {
  await using app = await openApp();
  const save = (headers: Record<string, string>) =>
    ask(app, "/api/save", {
      method: "POST",
      body: JSON.stringify({ model: "tiny", z: [0, 0] }),
      headers: { "content-type": "application/json", ...headers },
    });
  for (
    const headers of [
      { origin: "http://evil.example" },
      { origin: "null" },
      { origin: "http://127.0.0.1:9000" },
      { "sec-fetch-site": "cross-site", origin: ORIGIN },
    ] as Record<string, string>[]
  ) {
    const response = await save(headers);
    assertEquals(response.status, 403, JSON.stringify(headers));
    assertEquals(response.headers.get("content-type"), "application/problem+json");
    await response.body!.cancel();
  }
  assertEquals(app.services.gallery.list().total, 0);
  for (const headers of [{ origin: ORIGIN }, { "sec-fetch-site": "same-origin" }, {}] as Record<string, string>[]) {
    const response = await save(headers);
    assertEquals(response.status, 201, JSON.stringify(headers));
    await response.body!.cancel();
  }

  const stream = await ask(app, "/api/stream", {
    headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" },
  });
  assertEquals(stream.status, 403);
  await stream.body!.cancel();
  assertEquals(app.services.streams.size, 0);
});

Deno.test("openServices() gives the same services until they are closed, and closing may be repeated", async () => {
  const app = await openApp({ models: false });
  const { settings } = app.services;
  assertEquals(await openServices(settings), app.services);
  await closeServices();
  await closeServices();
  const next = await openServices(settings);
  assert(next !== app.services);
  await app[Symbol.asyncDispose]();
});
