/** Who is let in: by the settings, by a link, by a cookie, by a header; and what a guest may do. */
import { assert, assertEquals, assertNotEquals, assertStringIncludes, assertThrows } from "deno-std/assert/mod.js";
import { LatentboardError } from "../../lib/errors.ts";
import { Access, type AccessSettings } from "../../lib/http/access.ts";
import { openApiDocument } from "../../lib/http/openapi.ts";
import { configureLog } from "../../lib/log.ts";
import { readSettings } from "../../lib/settings.ts";
import { readProblem } from "../api/_responses.ts";
import { openApp } from "./app.ts";

const TOKENS = { owner: "owner-0123456789abcdef", guest: "guest-0123456789abcdef" };
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

function accessOf(settings: Partial<AccessSettings>): Access {
  configureLog({ level: "silent" });
  const access = Access.create({
    host: "127.0.0.1",
    token: undefined,
    guestToken: undefined,
    insecure: false,
    ...settings,
  });
  configureLog({ level: "info" });
  return access;
}

Deno.test("Access asks for a token beyond loopback, and where one is set; --insecure waives it", () => {
  for (const host of ["127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]"]) {
    assertEquals(accessOf({ host }).isGuarded, false, host);
  }
  for (const host of ["0.0.0.0", "::", "192.168.1.7", "board.lan", "127.0.0.1.evil.example"]) {
    assertEquals(accessOf({ host }).isGuarded, true, host);
    assertEquals(accessOf({ host, insecure: true }).isGuarded, false, host);
  }
  assertEquals(accessOf({ token: TOKENS.owner }).isGuarded, true);
});

Deno.test("Access makes tokens that nobody can guess, one per role and start, and puts them in links", () => {
  const [a, b] = [1, 2].map(() => accessOf({ host: "0.0.0.0" }).links("http://x"));
  const tokens = [a!, b!].flatMap((links) => [...links.values()]);
  assertEquals(new Set(tokens).size, 4);
  for (const link of tokens) assert(/^http:\/\/x\/\?token=[\w-]{32}$/.test(link), link);
  assertEquals(accessOf({ token: TOKENS.owner }).links("http://x").get("owner"), `http://x/?token=${TOKENS.owner}`);
});

Deno.test("readSettings() refuses tokens that could be guessed or break a link", () => {
  for (const token of ["short", "with space 0123456789", "semi;colon-0123456789", "x".repeat(257)]) {
    const read = () => readSettings({}, (name) => name === "LATENTBOARD_TOKEN" ? token : undefined);
    assertEquals(assertThrows(read, LatentboardError).field, "LATENTBOARD_TOKEN");
  }
});

Deno.test("without a token nothing is shown but whether the server lives", async () => {
  await using app = await openApp({ tokens: TOKENS });
  for (const path of ["/api/models", "/api/stream", "/openapi.json", "/v2", "/metrics", "/api/gallery"]) {
    const response = await app.get(path);
    assertEquals(response.headers.get("www-authenticate"), 'Bearer realm="Latentboard"');
    await readProblem(response, 401);
  }
  await readProblem(await app.send("/api/save", { model: "tiny", z: [0, 0] }), 401);
  await readProblem(await app.get("/api/models", bearer("wrong-0123456789abcdef")), 401);
  await readProblem(await app.get("/api/models", bearer(`${TOKENS.owner}x`)), 401);
  for (const path of ["/", "/gallery", "/css/board.css", "/?token=wrong"]) {
    const response = await app.get(path);
    assertEquals([response.status, response.headers.has("set-cookie")], [401, false], path);
    assertStringIncludes(await response.text(), "not open to everyone");
  }
  for (const path of ["/api/health", "/v2/health/live"]) assertEquals((await app.get(path)).status, 200);
});

Deno.test("a link with the token gives a cookie that lets in, and leaves the address without it", async () => {
  await using app = await openApp({ tokens: TOKENS });
  const response = await app.get(`/?model=tiny&token=${TOKENS.owner}`);
  assertEquals([response.status, response.headers.get("location")], [303, "/?model=tiny"]);
  const [cookie, ...rules] = response.headers.get("set-cookie")!.split("; ");
  assertEquals(cookie, `latentboard-8000=${TOKENS.owner}`);
  assert(rules.includes("HttpOnly") && rules.includes("SameSite=Lax"));
  assertEquals((await app.get("/?model=tiny", { cookie: `other=1; ${cookie}` })).status, 200);
  assertNotEquals((await app.get("/", { cookie: "latentboard-8000=x" })).status, 200);
  const saved = await app.send("/api/save", { model: "tiny", z: [0, 0] }, { headers: { cookie: cookie! } });
  assertEquals(saved.status, 201);
});

Deno.test("a guest may use what changes nothing, as /openapi.json says of each operation", async () => {
  await using app = await openApp({ tokens: TOKENS });
  const { paths } = openApiDocument("0") as { paths: Record<string, Record<string, { security: unknown[] }>> };
  let refused = 0;
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { security }] of Object.entries(methods)) {
      const address = path.replace(/\{(\w+)\}/g, (_, name) => name === "step" ? "1" : "none");
      const init = method === "get" ? {} : { body: "{}", headers: { "content-type": "application/json" } };
      const ask = (token?: string) =>
        app.handler(
          new Request(`http://127.0.0.1:8000${address}`, {
            method: method.toUpperCase(),
            ...init,
            headers: { ...init.headers, ...(token === undefined ? {} : bearer(token)) },
          }),
        );
      const statuses: number[] = [];
      for (const token of [undefined, TOKENS.guest]) {
        const response = await ask(token);
        statuses.push(response.status);
        await response.body?.cancel();
      }
      const [without, guest] = statuses;
      const role = JSON.stringify(security);
      const operation = `${method} ${path}`;
      if (role === "[]") assertEquals(without === 401 || guest === 401, false, operation);
      else assertEquals(without, 401, operation);
      assertEquals(guest === 403, role === '[{"token":["owner"]}]', operation);
      if (guest === 403) refused++;
    }
  }
  assert(refused > 15, `${refused} operations are the owner's`);
  const save = await readProblem(
    await app.send("/api/save", { model: "tiny", z: [0, 0] }, { headers: bearer(TOKENS.guest) }),
    403,
  );
  assertStringIncludes(save.detail, "Guests may look");
});
