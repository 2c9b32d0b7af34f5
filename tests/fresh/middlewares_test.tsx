import { assertEquals, assertThrows } from "deno-std/assert/mod.js";
import { App, csp, csrf, type Middleware } from "fresh";

const document = (
  <html>
    <head></head>
    <body></body>
  </html>
);

async function through(middleware: Middleware<unknown>, init: RequestInit = {}, path = "/"): Promise<Response> {
  const app = new App().use(middleware).all("*", () => new Response("ok")).get("/page", (ctx) => ctx.render(document));
  const response = await app.handler()(new Request(new URL(path, "http://localhost"), init));
  await response.body?.cancel();
  return response;
}

const policyOf = ({ headers }: Response) => headers.get("Content-Security-Policy") ?? "";

Deno.test("csp() sets the default policy", async () => {
  assertEquals(
    policyOf(await through(csp())),
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; font-src 'self'; " +
      "img-src 'self' data:; media-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self'; " +
      "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; upgrade-insecure-requests",
  );
});

Deno.test("csp() takes the place of default directives", async () => {
  const directives = policyOf(await through(csp({ csp: ["font-src 'none'"] }))).split("; ");
  assertEquals(directives.filter((directive) => directive.startsWith("font-src")), ["font-src 'none'"]);
});

Deno.test("csp() takes a page's nonce, a new one each time", async () => {
  const middleware = csp({ useNonce: true, csp: ["style-src-elem 'unsafe-inline'"] });
  const policies = await Promise.all([1, 2].map(async () => policyOf(await through(middleware, {}, "/page"))));
  const nonces = policies.map((policy) => policy.match(/'nonce-\w{32}'/g) ?? []);
  assertEquals(nonces.map((found) => found.length), [3, 3]);
  assertEquals(new Set(nonces.flat()).size, 2);
  assertEquals(policies.some((policy) => policy.includes("unsafe")), false);
});

Deno.test("csp() keeps 'unsafe-inline' where no page was rendered", async () => {
  const policy = policyOf(await through(csp({ useNonce: true })));
  assertEquals(policy.includes("script-src 'self' 'unsafe-inline'"), true);
});

Deno.test("csrf() refuses changes from other sites", async () => {
  const status = async (headers: Record<string, string>, method = "POST") =>
    (await through(csrf(), { method, headers })).status;
  const evil = { Origin: "http://evil.com" };
  assertEquals(await status({}), 200);
  assertEquals(await status({ Origin: "http://localhost" }), 200);
  assertEquals(await status(evil), 403);
  for (const method of ["GET", "HEAD", "OPTIONS"]) assertEquals(await status(evil, method), 200);
  assertEquals(await status({ "Sec-Fetch-Site": "same-origin" }), 200);
  assertEquals(await status({ "Sec-Fetch-Site": "none" }), 200);
  assertEquals(await status({ "Sec-Fetch-Site": "cross-site" }), 403);
  assertEquals(await status({ "Sec-Fetch-Site": "same-site", ...evil }), 403);
});

Deno.test("csp() and csrf() throw where options that they leave out are used", () => {
  for (const options of [{ reportOnly: true }, { reportTo: "/csp" }]) {
    assertThrows(() => csp(options as never), Error, "exists in Fresh 2.3.3");
  }
  assertThrows(() => csrf({ origin: "http://evil.com" } as never), Error, '"csrf() with origin"');
});
