import { assertEquals, assertFalse } from "deno-std/assert/mod.js";
import { isApiPath, secureHeaders } from "../../lib/http/headers.ts";

function policyOf(path: string, policy: string): Map<string, string> {
  const headers = new Headers({ "content-security-policy": policy });
  secureHeaders(path, headers);
  const directives = headers.get("content-security-policy")!.split("; ").map((directive) => {
    const [name, ...values] = directive.split(" ");
    return [name!, values.join(" ")] as const;
  });
  const byName = new Map(directives);
  assertEquals(byName.size, directives.length, "browsers take the first directive of a name");
  return byName;
}

Deno.test("secureHeaders() keeps the last directive of a name, since browsers take the first", () => {
  const policy = policyOf("/", "img-src 'self' data:; script-src 'self' 'nonce-abc'; img-src 'self' data: blob:");
  assertEquals(policy.get("img-src"), "'self' data: blob:");
  assertEquals(policy.get("script-src"), "'self' 'nonce-abc'");
  assertEquals(policy.size, 2);
});

Deno.test("secureHeaders() leaves no inline scripts and upgrades nothing to HTTPS", () => {
  const policy = policyOf(
    "/",
    "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; upgrade-insecure-requests",
  );
  assertEquals([...policy], [["script-src", "'self'"], ["style-src", "'self'"]]);
});

Deno.test("secureHeaders() lets responses of the API load nothing, and keeps them from caches", () => {
  assertEquals(policyOf("/api/decode", "default-src 'self'").get("default-src"), "'none'");
  const headers = new Headers();
  secureHeaders("/api/decode", headers);
  assertEquals(headers.get("cache-control"), "no-store");
  headers.set("cache-control", "no-cache");
  secureHeaders("/api/decode", headers);
  assertEquals(headers.get("cache-control"), "no-cache");
});

Deno.test("secureHeaders() lets a problem load nothing, whatever the path", () => {
  const headers = new Headers({ "content-type": "application/problem+json" });
  secureHeaders("/models/x", headers);
  assertEquals(headers.get("content-security-policy")!.split("; ")[0], "default-src 'none'");
});

Deno.test("isApiPath() distinguishes the API from pages", () => {
  for (const path of ["/api", "/api/x", "/v2", "/v2/health/live", "/openapi.json"]) assertEquals(isApiPath(path), true);
  for (const path of ["/", "/apis", "/v20", "/gallery", "/openapi.json.html"]) assertFalse(isApiPath(path));
});
