import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { App, cors, csp, csrf, ipFilter, trailingSlashes } from "fresh";
import type { Middleware } from "fresh";

async function through(
  middleware: Middleware<unknown>,
  init: RequestInit = {},
  path = "/",
): Promise<Response> {
  const app = new App()
    .use(middleware)
    .all("*", () => new Response("ok", { headers: { Vary: "Accept" } }))
    .get("/page", (ctx) => ctx.render(null));
  const request = new Request(new URL(path, "http://localhost"), init);
  const response = await app.handler()(request);
  await response.body?.cancel();
  return response;
}

Deno.test("csp() sets the default policy", async () => {
  const { headers } = await through(csp());
  assertEquals(
    headers.get("Content-Security-Policy"),
    "default-src 'self'; script-src 'self' 'unsafe-inline'; " +
      "style-src 'self' 'unsafe-inline'; font-src 'self'; " +
      "img-src 'self' data:; media-src 'self' data: blob:; " +
      "worker-src 'self' blob:; connect-src 'self'; object-src 'none'; " +
      "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; " +
      "upgrade-insecure-requests",
  );
});

Deno.test("csp() takes the place of default directives and adds reporting", async () => {
  const { headers } = await through(
    csp({ reportOnly: true, reportTo: "/csp", csp: ["font-src 'none'"] }),
  );
  assertEquals(headers.get("Content-Security-Policy"), null);
  const policy = headers.get("Content-Security-Policy-Report-Only") ?? "";
  const directives = policy.split("; ");
  assertEquals(
    directives.filter((directive) => directive.startsWith("font-src")),
    ["font-src 'none'"],
  );
  assertEquals(directives.slice(-2), [
    "report-to csp-endpoint",
    "report-uri /csp",
  ]);
  assertEquals(headers.get("Reporting-Endpoints"), 'csp-endpoint="/csp"');
});

Deno.test("csp() takes a page's nonce, a new one each time", async () => {
  const middleware = csp({
    useNonce: true,
    csp: ["style-src-elem 'unsafe-inline'"],
  });
  const policies = await Promise.all([1, 2].map(async () => {
    const { headers } = await through(middleware, {}, "/page");
    return headers.get("Content-Security-Policy") ?? "";
  }));
  const nonces = policies.map((policy) => policy.match(/'nonce-\w{32}'/g) ?? []);
  assertEquals(nonces.map((found) => found.length), [3, 3]);
  assertEquals(new Set(nonces.flat()).size, 2);
  assertEquals(policies.some((policy) => policy.includes("unsafe")), false);
});

Deno.test("csp() keeps 'unsafe-inline' where no page was rendered", async () => {
  const { headers } = await through(csp({ useNonce: true }));
  const policy = headers.get("Content-Security-Policy") ?? "";
  assertEquals(policy.includes("script-src 'self' 'unsafe-inline'"), true);
});

Deno.test("csrf() refuses changes from other sites", async () => {
  const status = async (
    headers: Record<string, string>,
    method = "POST",
    middleware = csrf(),
  ) => (await through(middleware, { method, headers })).status;
  const evil = { Origin: "http://evil.com" };
  assertEquals(await status({}), 200);
  assertEquals(await status({ Origin: "http://localhost" }), 200);
  assertEquals(await status(evil), 403);
  assertEquals(await status(evil, "GET"), 200);
  assertEquals(await status({ "Sec-Fetch-Site": "same-origin" }), 200);
  assertEquals(await status({ "Sec-Fetch-Site": "none" }), 200);
  assertEquals(await status({ "Sec-Fetch-Site": "cross-site" }), 403);
  assertEquals(
    await status({ "Sec-Fetch-Site": "same-site", ...evil }),
    403,
  );
  for (
    const origin of ["http://evil.com", ["http://evil.com"], () => true]
  ) {
    assertEquals(await status(evil, "POST", csrf({ origin })), 200);
  }
  assertEquals(
    await status({ Origin: "http://localhost" }, "POST", csrf({ origin: "x" })),
    403,
  );
});

Deno.test("cors() lets everyone read by default", async () => {
  const { headers } = await through(cors());
  assertEquals(headers.get("Access-Control-Allow-Origin"), "*");
  assertEquals(headers.get("Vary"), "Accept");
});

Deno.test("cors() names the origin it allows", async () => {
  const init = { headers: { Origin: "http://a.com" } };
  for (
    const origin of ["http://a.com", ["http://a.com"], (text: string) => text]
  ) {
    const { headers } = await through(
      cors({ origin, credentials: true, exposeHeaders: ["X-A", "X-B"] }),
      init,
    );
    assertEquals(headers.get("Access-Control-Allow-Origin"), "http://a.com");
    assertEquals(headers.get("Access-Control-Allow-Credentials"), "true");
    assertEquals(headers.get("Access-Control-Expose-Headers"), "X-A,X-B");
    assertEquals(headers.get("Vary"), "Origin, Accept");
  }
  const refused = await through(cors({ origin: "http://b.com" }), init);
  assertEquals(refused.headers.get("Access-Control-Allow-Origin"), null);
});

Deno.test("cors() answers preflight requests", async () => {
  const { status, headers } = await through(cors({ origin: "*", maxAge: 60 }), {
    method: "OPTIONS",
    headers: { "Access-Control-Request-Headers": "X-A, X-B" },
  });
  assertEquals(status, 204);
  assertEquals(
    headers.get("Access-Control-Allow-Methods"),
    "GET,HEAD,PUT,POST,DELETE,PATCH",
  );
  assertEquals(headers.get("Access-Control-Allow-Headers"), "X-A,X-B");
  assertEquals(headers.get("Access-Control-Max-Age"), "60");
  assertEquals(headers.get("Vary"), "Access-Control-Request-Headers");
});

Deno.test("trailingSlashes() redirects to the one form", async () => {
  const location = async (mode: "always" | "never", path: string) =>
    (await through(trailingSlashes(mode), {}, path)).headers.get("location");
  assertEquals(await location("always", "/a?b=/"), "/a/?b=/");
  assertEquals(await location("always", "/a/"), null);
  assertEquals(await location("never", "/a/?b"), "/a?b");
  assertEquals(await location("never", "/a"), null);
  assertEquals(await location("never", "/"), null);
});

Deno.test("ipFilter() throws when it is used", () => {
  assertThrows(() => ipFilter({}), Error, '"ipFilter()" exists in Fresh 2.3.3');
});
