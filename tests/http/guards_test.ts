import { assert, assertEquals, assertFalse, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { type HostRules, isAllowedHost, refuseCrossSite, refuseHost } from "../../lib/http/guards.ts";
import type { Problem } from "../../lib/protocol.ts";

const LOOPBACK: HostRules = { host: "127.0.0.1", allowedHosts: [] };

Deno.test("isAllowedHost() takes the loopback names with and without a port", () => {
  for (const name of ["localhost", "LOCALHOST", "localhost.", "127.0.0.1", "[::1]"]) {
    assert(isAllowedHost(name, LOOPBACK), name);
    assert(isAllowedHost(`${name}:8000`, LOOPBACK), name);
  }
});

Deno.test("isAllowedHost() refuses other names and what only looks like an allowed one", () => {
  const hostile = [
    "",
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "localhost:8000@evil.example",
    "evil.example#localhost",
    "localhost:8000:9000",
    "localhost ",
    "local host",
    "[::1",
    "::1",
    "[::2]",
    "127.0.0.2",
    "0.0.0.0",
    "192.168.0.4",
    "localhost,evil.example",
  ];
  for (const name of hostile) assertFalse(isAllowedHost(name, LOOPBACK), name);
});

Deno.test("isAllowedHost() takes names that were allowed, whole", () => {
  const rules = { host: "127.0.0.1", allowedHosts: ["board.local", "[fe80::1]"] };
  assert(isAllowedHost("board.local:80", rules));
  assert(isAllowedHost("[fe80::1]:8000", rules));
  assertFalse(isAllowedHost("x.board.local", rules));
  assertFalse(isAllowedHost("board.local.evil.example", rules));
});

Deno.test("isAllowedHost() takes the listening address, and any address when it listens on all", () => {
  assert(isAllowedHost("192.168.0.4:8000", { host: "192.168.0.4", allowedHosts: [] }));
  assertFalse(isAllowedHost("192.168.0.5:8000", { host: "192.168.0.4", allowedHosts: [] }));
  assert(isAllowedHost("[fe80::1]:8000", { host: "fe80::1", allowedHosts: [] }));
  for (const host of ["0.0.0.0", "::"]) {
    assert(isAllowedHost("192.168.0.4:8000", { host, allowedHosts: [] }));
    assert(isAllowedHost("[fe80::1]", { host, allowedHosts: [] }));
    assertFalse(isAllowedHost("evil.example", { host, allowedHosts: [] }), "a name can be rebound");
  }
});

Deno.test("refuseHost() answers 421 by the Host header or by the URL, and says how to allow the name", async () => {
  const ok = new Request("http://localhost:8000/", { headers: { host: "localhost:8000" } });
  assertEquals(refuseHost(ok, LOOPBACK), undefined);
  const byHeader = new Request("http://localhost:8000/", { headers: { host: "evil.example" } });
  const byUrl = new Request("http://evil.example/", { headers: { host: "localhost:8000" } });
  for (const request of [byHeader, byUrl, new Request("http://evil.example/")]) {
    const response = refuseHost(request, LOOPBACK)!;
    const problem = await response.json() as Problem;
    assertEquals([response.status, problem.status, problem.field], [421, 421, "host"]);
    assert(problem.detail.includes("--allow-host"));
  }
});

Deno.test("refuseCrossSite() refuses what another site's page loads, and lets links, our pages and programs pass", () => {
  const request = (headers: Record<string, string>) => new Request("http://localhost/api/stream", { headers });
  for (
    const headers of [
      {},
      { "sec-fetch-site": "same-origin" },
      { "sec-fetch-site": "none" },
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
    ]
  ) refuseCrossSite(request(headers as Record<string, string>));
  for (
    const headers of [
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" },
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
    ]
  ) {
    const error = assertThrows(() => refuseCrossSite(request(headers)), LatentboardError);
    assertEquals(error.kind, "forbidden");
  }
});
