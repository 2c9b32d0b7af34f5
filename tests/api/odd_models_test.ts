import { assert, assertEquals, assertStringIncludes } from "deno-std/assert/mod.js";
import { join } from "node:path";
import { openApp } from "../http/app.ts";

Deno.test("one odd model folder leaves every page and list standing, and is shown with its reason", async () => {
  await using app = await openApp();
  await Deno.rename(join(app.models, "tiny-colour"), join(app.models, "renamed"));
  for (const path of ["/", "/models", "/gallery", "/api/models", "/api/status", "/v2/health/ready"]) {
    const response = await app.get(path);
    assertEquals(response.status, 200, path);
    const text = await response.text();
    if (path === "/models" || path === "/api/status") assertStringIncludes(text, "renamed");
  }
  const { faulty } = await (await app.get("/api/status")).json();
  assertEquals(faulty.length, 1);
  assertStringIncludes(faulty[0].reason, "tiny-colour");
});

Deno.test("the board opens with the next model when the graphs of the first can't be opened", async () => {
  await using app = await openApp();
  const path = join(app.models, "tiny-colour", "decoder.onnx"); // of more latents, so the board's choice
  const bytes = await Deno.readFile(path);
  bytes[bytes.length >> 1]! ^= 1;
  await Deno.writeFile(path, bytes);
  const response = await app.get("/");
  assertEquals(response.status, 200);
  assert((await response.text()).includes("Tiny tiny ·"));
  assertEquals((await app.get("/?model=tiny-colour")).status, 422);
});
