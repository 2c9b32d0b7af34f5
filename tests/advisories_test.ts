import { assertEquals, assertRejects } from "deno-std/assert/mod.js";
import { type Advisories, affectedPackages, fetchAdvisories, lockedPackages } from "./advisories.ts";

const LOCK = JSON.stringify({
  npm: { "zod@4.6.7": {}, "@img/sharp@0.35.5_zod@4.6.7": {}, "left@1.2.3": {}, "left@2.0.0": {} },
});
const PACKAGES = { zod: ["4.6.7"], "@img/sharp": ["0.35.5"], left: ["1.2.3", "2.0.0"] };
const ADVISORY = {
  title: "Reads too far",
  severity: "high",
  url: "https://x/1",
  vulnerable_versions: ">=1.0.0 <2.0.0",
};

Deno.test("lockedPackages() lists names and versions, scoped ones and such with peers too", async () => {
  assertEquals(lockedPackages(LOCK), PACKAGES);
  assertEquals(Object.keys(lockedPackages(await Deno.readTextFile("deno.lock"))).includes("onnxruntime-node"), true);
});

Deno.test("affectedPackages() names the versions that an advisory meets, and no others", () => {
  const known: Advisories = { savedAt: "2030-01-01", advisories: { left: [ADVISORY], other: [ADVISORY] } };
  assertEquals(affectedPackages(PACKAGES, known), ["left 1.2.3: high: Reads too far (https://x/1)"]);
});

Deno.test("fetchAdvisories() asks for the locked versions, and keeps what is needed of the answer", async () => {
  const asked: unknown[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    if (new URL(request.url).pathname !== "/-/npm/v1/security/advisories/bulk") {
      return new Response(null, { status: 405 });
    }
    asked.push(await request.json());
    return Response.json({ left: [{ ...ADVISORY, id: 7, cwe: [] }] });
  });
  const registry = `http://127.0.0.1:${server.addr.port}`;
  const { advisories, savedAt } = await fetchAdvisories(registry, PACKAGES);
  assertEquals([asked, advisories, typeof savedAt], [[PACKAGES], { left: [ADVISORY] }, "string"]);
  await assertRejects(() => fetchAdvisories(`${registry}/none`, PACKAGES), Error, "405");
  await server.shutdown();
  await assertRejects(() => fetchAdvisories(registry, PACKAGES));
});
